// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// Cuts off what is below `minVal` or above `maxVal`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: exact; NaN stays; the gradient is 0 at both borders, as in PyTorch,
/// and passes where `y` is NaN.
public final class Hardtanh extends Elementwise {
    private final float minVal;
    private final float maxVal;

    /// A layer that cuts at -1 and 1.
    public Hardtanh() {
        this(-1, 1);
    }

    /// A layer that cuts at `minVal` and `maxVal`.
    ///
    /// **Throws** `IllegalArgumentException` unless both are finite and the second is greater.
    public Hardtanh(float minVal, float maxVal) {
        this.minVal = finite("Hardtanh: minVal", minVal);
        this.maxVal = finite("Hardtanh: maxVal", maxVal);
        if (maxVal <= minVal) {
            throw new IllegalArgumentException(
                    "Hardtanh: minVal is " + minVal + " and maxVal is " + maxVal + ", expected a greater maxVal");
        }
    }

    /// The smallest result.
    public float minVal() {
        return minVal;
    }

    /// The largest result.
    public float maxVal() {
        return maxVal;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.ACTIVATION.hardtanh(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(), minVal,
                maxVal);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.ACTIVATION.hardtanhGradient(dX.segment(), dY.segment(), y.segment(), dY.stride(), first, rows,
                dY.cols(), minVal, maxVal);
    }

    @Override
    public String toString() {
        return "Hardtanh(min_val=" + minVal + ", max_val=" + maxVal + ")";
    }
}
