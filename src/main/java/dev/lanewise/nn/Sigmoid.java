// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The logistic function `y = 1 / (1 + e^-x)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 2 ulp for all `x`; see `numerics.md`.
public final class Sigmoid extends Elementwise {
    /// A layer for any number of features.
    public Sigmoid() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.ACTIVATION.sigmoid(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.ACTIVATION.sigmoidGradient(dX.segment(), dY.segment(), y.segment(), dY.stride(), first, rows,
                dY.cols());
    }

    @Override
    public String toString() {
        return "Sigmoid()";
    }
}
