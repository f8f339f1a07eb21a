// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The exponential linear unit `y = x > 0 ? x : alpha * (e^x - 1)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 0.51 ulp; +0.0 for -0.0, `-alpha` at -infinity; the gradient at
/// 0 is `alpha`, as in PyTorch.
public final class ELU extends Elementwise {
    private final float alpha;

    /// A layer with alpha 1.
    public ELU() {
        this(1);
    }

    /// A layer that approaches `-alpha` for very negative values.
    ///
    /// **Throws** `IllegalArgumentException` unless it is finite.
    public ELU(float alpha) {
        this.alpha = finite("ELU: alpha", alpha);
    }

    /// What the negative part is multiplied by.
    public float alpha() {
        return alpha;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.elu(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(), 1,
                alpha);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.eluGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows, dY.cols(),
                1, alpha);
    }

    @Override
    public String toString() {
        return "ELU(alpha=" + alpha + ")";
    }
}
