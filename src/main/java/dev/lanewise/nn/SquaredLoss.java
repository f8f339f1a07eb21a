// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// A multiple of the squared difference, per element.
///
/// **Numerics**: `l = (factor * d) * d` with `d = x - y`, gradient `((2 * factor) * d) * scale`.
public abstract sealed class SquaredLoss extends ElementLoss permits MSELoss, HalfSquaredLoss {
    private final float factor;

    SquaredLoss(Reduction reduction, float factor) {
        super(reduction);
        this.factor = factor;
    }

    final float factor() {
        return factor;
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Kernels.LOSS.squaredError(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), factor, scale);
    }
}
