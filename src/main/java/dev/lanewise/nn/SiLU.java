// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The sigmoid linear unit, or swish, `y = x * sigmoid(x)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 0.51 ulp, subnormal results included; -0.0 stays; as in
/// PyTorch, `y` is NaN at -infinity (infinity times zero) and the gradient at both infinities.
public final class SiLU extends Elementwise {
    /// A layer for any number of features.
    public SiLU() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.gate(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(), 1, 0);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.gateGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows,
                dY.cols(), 1, 0);
    }

    @Override
    public String toString() {
        return "SiLU()";
    }
}
