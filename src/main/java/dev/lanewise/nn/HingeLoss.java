// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// The hinge of a linear classifier: `max(0, margin - y x)`, targets being -1 or 1.
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Numerics**: gradient `-y`, and 0 from a
/// margin that is just met on; a NaN gives a NaN loss. PyTorch has no such loss; for more than two classes there is
/// [MultiMarginLoss].
public final class HingeLoss extends ElementLoss {
    private float margin = 1;

    /// The mean over all elements.
    public HingeLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public HingeLoss(Reduction reduction) {
        super(reduction);
    }

    /// The margin; 1 for a new loss.
    public float margin() {
        return margin;
    }

    /// Sets the margin.
    ///
    /// **Throws** `IllegalArgumentException` if it is not finite.
    public HingeLoss margin(float newMargin) {
        margin = requireFinite("margin", newMargin);
        return this;
    }

    @Override
    void checkTargets(Rows prediction, Rows target) {
        for (int r = 0; r < target.count(); r++) {
            for (int c = 0; c < target.cols(); c++) {
                float y = target.get(r, c);
                if (y != 1 && y != -1) {
                    throw new IllegalArgumentException("HingeLoss: target " + c + " of row " + target.rowInTable(r)
                            + " is " + y + ", expected -1 or 1; for targets of 0 and 1 use BCEWithLogitsLoss");
                }
            }
        }
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Kernels.ELEMENT_LOSS.hinge(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), margin, scale);
    }

    @Override
    String settings() {
        return margin == 1 ? "" : ", margin=" + margin;
    }
}
