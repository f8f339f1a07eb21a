// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Squared error, absolute far from 0: `0.5 d^2` where `|d| <= delta`, else `delta (|d| - 0.5 delta)`, with `d = x - y`.
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Numerics**: gradient `d` or `delta` times
/// the sign of `d`. [SmoothL1Loss] is this one divided by `delta`.
public final class HuberLoss extends ElementLoss {
    private float delta = 1;

    /// The mean over all elements.
    public HuberLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public HuberLoss(Reduction reduction) {
        super(reduction);
    }

    /// Above this error the loss is absolute; 1 for a new loss.
    public float delta() {
        return delta;
    }

    /// Sets above which error the loss is absolute.
    ///
    /// **Throws** `IllegalArgumentException` if it is not above 0 or not finite.
    public HuberLoss delta(float newDelta) {
        delta = requirePositive("delta", newDelta);
        return this;
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Kernels.ELEMENT_LOSS.absoluteError(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), delta, 1f, delta, scale);
    }

    @Override
    String settings() {
        return delta == 1 ? "" : ", delta=" + delta;
    }
}
