// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The scaled exponential linear unit `y = scale * (x > 0 ? x : alpha * (e^x - 1))` with `scale` 1.0507009873554805 and
/// `alpha` 1.6732632423543772: activations of mean 0 and variance 1 keep them.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 0.51 ulp of the formula with these constants in double; +0.0
/// for -0.0; the gradient at 0 is `scale * alpha`, as in PyTorch.
public final class SELU extends Elementwise {
    private static final double SCALE = 1.0507009873554805;
    private static final double ALPHA = 1.6732632423543772;

    /// A layer for any number of features.
    public SELU() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.elu(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(), SCALE,
                SCALE * ALPHA);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.eluGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows, dY.cols(),
                SCALE, SCALE * ALPHA);
    }

    @Override
    public String toString() {
        return "SELU()";
    }
}
