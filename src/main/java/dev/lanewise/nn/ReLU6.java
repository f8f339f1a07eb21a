// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The rectifier that ends at 6, `y = min(max(x, 0), 6)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: exact; -0.0 and NaN stay; the gradient is 0 where `y` is 0 or 6, and
/// passes where it is NaN.
public final class ReLU6 extends Elementwise {
    /// A layer for any number of features.
    public ReLU6() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.ACTIVATION.hardtanh(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(), 0, 6);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.ACTIVATION.hardtanhGradient(dX.segment(), dY.segment(), y.segment(), dY.stride(), first, rows,
                dY.cols(), 0, 6);
    }

    @Override
    public String toString() {
        return "ReLU6()";
    }
}
