// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The rectifier `y = max(x, 0)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: -0.0 and NaN stay; the gradient is 0 where `y` is 0, and passes
/// where it is NaN: as in PyTorch.
public final class ReLU extends Elementwise {
    /// A layer for any number of features.
    public ReLU() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.ACTIVATION.relu(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.ACTIVATION.reluGradient(dX.segment(), dY.segment(), y.segment(), dY.stride(), first, rows, dY.cols());
    }

    @Override
    public String toString() {
        return "ReLU()";
    }
}
