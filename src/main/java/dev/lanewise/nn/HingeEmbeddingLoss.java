// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Hinge of distances: `x` where the target is 1, `max(0, margin - x)` where it is -1 (and both for any other, as in
/// PyTorch).
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Numerics**: where the target is -1, the
/// gradient of a margin that is just met is -1, and that of NaN 0, as in PyTorch.
public final class HingeEmbeddingLoss extends ElementLoss {
    private float margin = 1;

    /// The mean over all elements.
    public HingeEmbeddingLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public HingeEmbeddingLoss(Reduction reduction) {
        super(reduction);
    }

    /// The margin; 1 for a new loss.
    public float margin() {
        return margin;
    }

    /// Sets the margin.
    ///
    /// **Throws** `IllegalArgumentException` if it is not finite.
    public HingeEmbeddingLoss margin(float newMargin) {
        margin = requireFinite("margin", newMargin);
        return this;
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Kernels.ELEMENT_LOSS.hingeEmbedding(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), margin, scale);
    }

    @Override
    String settings() {
        return margin == 1 ? "" : ", margin=" + margin;
    }
}
