// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The function `y = x * tanh(log(1 + e^x))`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 0.51 ulp, subnormal results included; -0.0 stays; as in
/// PyTorch, `y` is NaN at -infinity (infinity times zero) and the gradient at both infinities.
public final class Mish extends Elementwise {
    /// A layer for any number of features.
    public Mish() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.mish(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.mishGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows,
                dY.cols());
    }

    @Override
    public String toString() {
        return "Mish()";
    }
}
