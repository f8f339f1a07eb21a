// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The hyperbolic tangent.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 2 ulp for all `x`; see `numerics.md`.
public final class Tanh extends Elementwise {
    /// A layer for any number of features.
    public Tanh() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.ACTIVATION.tanh(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.ACTIVATION.tanhGradient(dX.segment(), dY.segment(), y.segment(), dY.stride(), first, rows, dY.cols());
    }

    @Override
    public String toString() {
        return "Tanh()";
    }
}
