// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// The Gaussian error linear unit `y = x * Phi(x)`, where `Phi` is the distribution function of the normal distribution,
/// or its approximation `y = x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`.
///
/// **Shape**: (rows, any) to the same. **Numerics**: either within 0.51 ulp, subnormal results included; -0.0 stays; as in
/// PyTorch, `y` is NaN at -infinity (infinity times zero) and the gradient at both infinities.
public final class GELU extends Elementwise {
    /// How the distribution function is computed.
    public enum Approximate {
        /// By the error function: PyTorch's `approximate='none'`.
        NONE("none"),
        /// By a hyperbolic tangent: PyTorch's `approximate='tanh'`.
        TANH("tanh");

        private final String text;

        Approximate(String text) {
            this.text = text;
        }

        /// PyTorch's word for it.
        public String text() {
            return text;
        }
    }

    // 1/2 (1 + tanh(u)) = sigmoid(2 u)
    private static final double LINEAR = 1.5957691216057308; // 2 sqrt(2 / pi)
    private static final double CUBIC = LINEAR * 0.044715;

    private final Approximate approximate;

    /// A layer with the error function.
    public GELU() {
        this(Approximate.NONE);
    }

    /// A layer with the error function or its approximation.
    public GELU(Approximate approximate) {
        this.approximate = approximate;
    }

    /// How the distribution function is computed.
    public Approximate approximate() {
        return approximate;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        switch (approximate) {
            case NONE -> Kernels.SMOOTH_ACTIVATION.gelu(y.segment(), input(x, y, first, rows), y.stride(), first, rows,
                    y.cols());
            case TANH -> Kernels.SMOOTH_ACTIVATION.gate(y.segment(), input(x, y, first, rows), y.stride(), first, rows,
                    y.cols(), LINEAR, CUBIC);
        }
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        switch (approximate) {
            case NONE -> Kernels.SMOOTH_ACTIVATION.geluGradient(dX.segment(), dY.segment(), given(x), dY.stride(),
                    first, rows, dY.cols());
            case TANH -> Kernels.SMOOTH_ACTIVATION.gateGradient(dX.segment(), dY.segment(), given(x), dY.stride(),
                    first, rows, dY.cols(), LINEAR, CUBIC);
        }
    }

    @Override
    public String toString() {
        return "GELU(approximate='" + approximate.text + "')";
    }
}
