// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.SoftmaxKernels;
import dev.lanewise.memory.FloatMatrix;

/// Logarithms of probabilities from the values of each row, `y[j] = x[j] - log(sum_k e^x[k])`: PyTorch's
/// `LogSoftmax(dim=1)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: never the logarithm of a small number; a row with NaN or +infinity, or
/// of -infinity alone, becomes NaN.
public final class LogSoftmax extends Rowwise {
    /// A layer for any number of features.
    public LogSoftmax() {
    }

    @Override
    long scratchFloats(int rows, int cols) {
        return SoftmaxKernels.scratchFloats(FloatMatrix.stride(cols));
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SOFTMAX.logSoftmax(y.segment(), Elementwise.input(x, y, first, rows), workspace.scratch(), y.stride(),
                first, rows, y.cols());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SOFTMAX.logSoftmaxGradient(dX.segment(), dY.segment(), y.segment(), workspace.scratch(), dY.stride(),
                first, rows, dY.cols());
    }

    @Override
    public String toString() {
        return "LogSoftmax(dim=1)";
    }
}
