// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A loss of rows whose targets are classes, with a weight for each class.
public abstract sealed class ClassLoss extends LossFunction permits CrossEntropyLoss, MultiMarginLoss, NLLLoss {
    private float @Nullable [] weight;
    private volatile @Nullable Factors factors;

    /// The weights of `classes` classes, in native memory.
    private record Factors(int classes, MemorySegment weights) {
    }

    ClassLoss(Reduction reduction) {
        super(reduction);
    }

    /// Sets a weight for each class, which multiplies the losses of its rows.
    ///
    /// **Throws** `IllegalArgumentException` if one is negative or not finite, or there is none.
    public ClassLoss weight(float... classWeights) {
        if (classWeights.length == 0) {
            throw new IllegalArgumentException(name() + ": no weight given, expected one for each output");
        }
        weight = requireWeights("weight of class", classWeights);
        factors = null;
        return this;
    }

    final boolean isWeighted() {
        return weight != null;
    }

    final MemorySegment weights(int classes) {
        Factors current = factors;
        if (current == null || current.classes != classes) {
            if (weight != null && weight.length != classes) {
                throw new IllegalArgumentException(name() + ": weight has " + weight.length + " values, expected "
                        + classes + ", one for each output");
            }
            current = new Factors(classes, OutputFactors.of(name(), weight, classes));
            factors = current;
        }
        return current.weights;
    }

    final ClassLabels labels(Rows target) {
        if (target.table() instanceof ClassLabels labels) {
            return labels;
        }
        throw new IllegalArgumentException(
                name() + ": targets are rows of floats (FloatMatrix), expected class labels (ClassLabels)");
    }

    /// The weights of the rows, added up in their order; only those of labels other than `ignored`.
    ///
    /// **Throws** `IllegalArgumentException` if another label is none of `classes` classes.
    final double sumOfWeights(ClassLabels labels, Rows target, int classes, int ignored) {
        MemorySegment weights = weight == null ? MemorySegment.NULL : weights(classes);
        double sum = 0;
        int counted = 0;
        for (int r = 0; r < target.count(); r++) {
            int row = target.rowInTable(r);
            int label = labels.get(row);
            if (label == ignored) {
                continue;
            }
            if (label < 0 || label >= classes) {
                throw outOfRange(row, label, classes);
            }
            if (weight != null) {
                sum += weights.getAtIndex(ValueLayout.JAVA_FLOAT, label);
            }
            counted++;
        }
        return weight != null ? sum : counted;
    }

    final IllegalArgumentException outOfRange(int row, int label, int classes) {
        return new IllegalArgumentException(name() + ": label of row " + row + " is " + label + ", expected 0 to "
                + (classes - 1) + " because there are " + classes + " outputs" + remedy());
    }

    /// What else a label may be.
    String remedy() {
        return "";
    }

    @Override
    int valuesPerRow(Rows prediction, Rows target) {
        return 1;
    }

    @Override
    int valuesStride(Rows prediction) {
        return 1;
    }

    @Override
    String settings() {
        return weight == null ? "" : ", weight=" + Arrays.toString(weight);
    }
}
