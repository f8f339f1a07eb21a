// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Absolute error `|x - y|`.
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Numerics**: the gradient is the sign of
/// `x - y`, 0 at 0, NaN where the loss is.
public final class L1Loss extends ElementLoss {
    /// The mean over all elements.
    public L1Loss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public L1Loss(Reduction reduction) {
        super(reduction);
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Kernels.ELEMENT_LOSS.absoluteError(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), 0f, 1f, 1f, scale);
    }
}
