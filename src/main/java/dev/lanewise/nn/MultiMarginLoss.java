// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Hinge of many classes: the loss of a row of class `c` is `w_c / K sum_{j != c} max(0, margin - x_c + x_j)^p`.
///
/// **Shape**: predictions (rows, classes); targets `ClassLabels` (rows). **Numerics**: the gradient of a margin that is
/// just met is 0; a NaN gives a NaN loss (PyTorch: the margin counts as met). The mean divides by the number of rows,
/// with weights too.
public final class MultiMarginLoss extends ClassLoss {
    private int p = 1;
    private float margin = 1;

    /// The mean over the rows.
    public MultiMarginLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public MultiMarginLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public MultiMarginLoss weight(float... classWeights) {
        super.weight(classWeights);
        return this;
    }

    /// The power of what is missing to a margin; 1 for a new loss.
    public int p() {
        return p;
    }

    /// Sets the power of what is missing to a margin.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 1 or 2.
    public MultiMarginLoss p(int power) {
        if (power != 1 && power != 2) {
            throw new IllegalArgumentException("MultiMarginLoss: p is " + power + ", expected 1 or 2");
        }
        p = power;
        return this;
    }

    /// By how much the prediction of the class shall exceed the others; 1 for a new loss.
    public float margin() {
        return margin;
    }

    /// Sets by how much the prediction of the class shall exceed the others.
    ///
    /// **Throws** `IllegalArgumentException` if it is not finite.
    public MultiMarginLoss margin(float newMargin) {
        margin = requireFinite("margin", newMargin);
        return this;
    }

    @Override
    double checkedDivisor(Rows prediction, Rows target) {
        sumOfWeights(labels(target), target, prediction.cols(), 0); // 0 is a class in any case: nothing is ignored
        return target.count();
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        int classes = prediction.cols();
        Kernels.CLASS_LOSS.multiMargin(losses.segment(), 1, gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), target.table().segment(), target.index(), target.first(), first, rows, classes,
                weights(classes), margin, p == 2, scale);
    }

    @Override
    String settings() {
        return super.settings() + (p == 1 ? "" : ", p=" + p) + (margin == 1 ? "" : ", margin=" + margin);
    }
}
