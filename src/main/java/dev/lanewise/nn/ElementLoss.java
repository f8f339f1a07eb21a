// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// A loss of single outputs, each against a number; the mean is over all elements.
public abstract sealed class ElementLoss extends LossFunction
        permits BCELoss, BCEWithLogitsLoss, HingeEmbeddingLoss, HingeLoss, HuberLoss, L1Loss, SmoothL1Loss,
        SquaredLoss {
    ElementLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    double checkedDivisor(Rows prediction, Rows target) {
        if (target.table() instanceof ClassLabels) {
            throw new IllegalArgumentException(name() + ": targets are class labels, expected rows of floats"
                    + " (FloatMatrix); for classes use CrossEntropyLoss");
        }
        checkCols(prediction, target);
        checkTargets(prediction, target);
        return (double) target.count() * target.cols();
    }

    /// **Throws** `IllegalArgumentException` if targets or settings do not fit.
    void checkTargets(Rows prediction, Rows target) {
    }

    @Override
    int valuesPerRow(Rows prediction, Rows target) {
        return prediction.cols();
    }

    @Override
    int valuesStride(Rows prediction) {
        return FloatMatrix.stride(prediction.cols());
    }
}
