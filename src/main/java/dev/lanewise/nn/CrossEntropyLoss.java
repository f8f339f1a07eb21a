// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;

/// Softmax and cross-entropy in one: the predictions are logits, the targets class indices or probabilities.
///
/// **Shape**: logits (rows, classes); targets [ClassLabels] (rows) or a [FloatMatrix] (rows, classes) of probabilities.
/// **Numerics**: log-sum-exp minus the target's logit, never the log of a probability; a row with a NaN or +infinity,
/// or with -infinity only, gives NaN in that row alone. The mean divides by the number of rows.
public final class CrossEntropyLoss extends LossFunction {
    /// The mean over the rows.
    public CrossEntropyLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public CrossEntropyLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    void check(Rows prediction, Rows target) {
        super.check(prediction, target);
        if (target.table() instanceof ClassLabels labels) {
            checkLabels(labels, target, prediction.cols());
        } else {
            checkCols(prediction, target);
        }
    }

    private static void checkLabels(ClassLabels labels, Rows target, int classes) {
        for (int r = 0; r < target.count(); r++) {
            int row = target.rowInTable(r);
            int label = labels.get(row);
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("CrossEntropyLoss: label of row " + row + " is " + label
                        + ", expected 0 to " + (classes - 1) + " because there are " + classes + " outputs");
            }
        }
    }

    @Override
    int valuesPerRow(int cols) {
        return 1;
    }

    @Override
    int valuesStride(int cols) {
        return 1;
    }

    @Override
    void compute(MemorySegment losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            float scale) {
        MemorySegment x = prediction.matrix().segment();
        int classes = prediction.cols();
        if (target.table() instanceof FloatMatrix y) {
            Kernels.LOSS.softmaxCrossEntropyProbabilities(losses, gradient.segment(), x, gradient.stride(),
                    y.segment(), y.stride(), target.index(), target.first(), first, rows, classes, scale);
        } else {
            Kernels.LOSS.softmaxCrossEntropy(losses, gradient.segment(), x, gradient.stride(),
                    target.table().segment(), target.index(), target.first(), first, rows, classes, scale);
        }
    }
}
