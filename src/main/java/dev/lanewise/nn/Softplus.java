// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The smooth rectifier `y = log(1 + e^(beta x)) / beta`, and `y = x` where `beta x > threshold`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: within 0.51 ulp of the logarithm, subnormal results included; it
/// cannot overflow, whatever the threshold.
public final class Softplus extends Elementwise {
    private final float beta;
    private final float threshold;

    /// A layer with beta 1 and threshold 20.
    public Softplus() {
        this(1, 20);
    }

    /// A layer of sharpness `beta` that is the identity where `beta x > threshold`.
    ///
    /// **Throws** `IllegalArgumentException` unless both are finite and `beta` is not 0.
    public Softplus(float beta, float threshold) {
        this.beta = finite("Softplus: beta", beta);
        this.threshold = finite("Softplus: threshold", threshold);
        if (beta == 0) {
            throw new IllegalArgumentException("Softplus: beta is 0, expected any other number");
        }
    }

    /// The sharpness of the bend.
    public float beta() {
        return beta;
    }

    /// The largest `beta x` that is not returned as it is.
    public float threshold() {
        return threshold;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.softplus(y.segment(), input(x, y, first, rows), y.stride(), first, rows, y.cols(),
                beta, threshold);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SMOOTH_ACTIVATION.softplusGradient(dX.segment(), dY.segment(), given(x), dY.stride(), first, rows,
                dY.cols(), beta, threshold);
    }

    @Override
    public String toString() {
        return "Softplus(beta=" + beta + ", threshold=" + threshold + ")";
    }
}
