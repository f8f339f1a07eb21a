// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Absolute error, squared near 0: `0.5 d^2 / beta` where `|d| < beta`, else `|d| - 0.5 beta`, with `d = x - y`.
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Numerics**: gradient `d / beta` or the sign
/// of `d`; a beta of 0 is [L1Loss]. [HuberLoss] is `beta` times this one.
public final class SmoothL1Loss extends ElementLoss {
    private float beta = 1;

    /// The mean over all elements.
    public SmoothL1Loss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public SmoothL1Loss(Reduction reduction) {
        super(reduction);
    }

    /// Below this error the loss is squared; 1 for a new loss.
    public float beta() {
        return beta;
    }

    /// Sets below which error the loss is squared.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public SmoothL1Loss beta(float newBeta) {
        beta = requireNotNegative("beta", newBeta);
        return this;
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Kernels.ELEMENT_LOSS.absoluteError(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), beta, beta, 1f, scale);
    }

    @Override
    String settings() {
        return beta == 1 ? "" : ", beta=" + beta;
    }
}
