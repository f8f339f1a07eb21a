// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Negative log-likelihood: the predictions are log-probabilities, the targets class indices. The loss of a row of class
/// `c` is `-w_c x_c`.
///
/// **Shape**: log-probabilities (rows, classes), such as those of a log-softmax; targets `ClassLabels` (rows).
/// **Numerics**: as [CrossEntropyLoss], weights, ignored rows and mean included.
public final class NLLLoss extends ClassLoss {
    private int ignoreIndex = ClassLabels.IGNORED;

    /// The mean over the rows.
    public NLLLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public NLLLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public NLLLoss weight(float... classWeights) {
        super.weight(classWeights);
        return this;
    }

    /// The label of rows that do not count; -100 for a new loss.
    public int ignoreIndex() {
        return ignoreIndex;
    }

    /// Sets the label of rows that do not count, a class or not: their loss and gradient are 0.
    public NLLLoss ignoreIndex(int label) {
        ignoreIndex = label;
        return this;
    }

    @Override
    double checkedDivisor(Rows prediction, Rows target) {
        return sumOfWeights(labels(target), target, prediction.cols(), ignoreIndex);
    }

    @Override
    String remedy() {
        return ", or " + ignoreIndex + " (ignoreIndex) for a row that does not count";
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        int classes = prediction.cols();
        Kernels.CLASS_LOSS.negativeLogLikelihood(losses.segment(), 1, gradient.segment(),
                prediction.matrix().segment(), gradient.stride(), target.table().segment(), target.index(),
                target.first(), first, rows, classes, weights(classes), ignoreIndex, scale);
    }

    @Override
    String settings() {
        return super.settings() + (ignoreIndex == ClassLabels.IGNORED ? "" : ", ignoreIndex=" + ignoreIndex);
    }
}
