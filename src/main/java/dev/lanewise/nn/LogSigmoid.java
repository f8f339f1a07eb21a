// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The logarithm of the sigmoid, `y = -log(1 + e^-x)`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 0.51 ulp, subnormal results included; +0.0 at +infinity,
/// -infinity at -infinity.
public final class LogSigmoid extends Elementwise {
    /// A layer for any number of features.
    public LogSigmoid() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.softplus(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(), -1,
                Float.POSITIVE_INFINITY);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.softplusGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows,
                dY.cols(), -1, Float.POSITIVE_INFINITY);
    }

    @Override
    public String toString() {
        return "LogSigmoid()";
    }
}
