// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The leaky rectifier `y = x > 0 ? x : negativeSlope * x`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: one rounding; -0.0 stays with a positive slope; the gradient at 0 and
/// NaN is that of the negative part, as in PyTorch.
public final class LeakyReLU extends Elementwise {
    private final float negativeSlope;

    /// A layer with slope 0.01.
    public LeakyReLU() {
        this(0.01f);
    }

    /// A layer with the slope of the negative part.
    ///
    /// **Throws** `IllegalArgumentException` unless it is finite.
    public LeakyReLU(float negativeSlope) {
        this.negativeSlope = finite("LeakyReLU: negativeSlope", negativeSlope);
    }

    /// The slope of the negative part.
    public float negativeSlope() {
        return negativeSlope;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.ACTIVATION.leakyRelu(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(),
                negativeSlope);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.ACTIVATION.leakyReluGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows, dY.cols(),
                negativeSlope);
    }

    @Override
    public String toString() {
        return "LeakyReLU(negative_slope=" + negativeSlope + ")";
    }
}
