// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Element-wise functions with exponentials in them, `y = f(x)`, and their gradients, `dX = dY * f'(x)`, from the input.
///
/// Each value is widened to double, computed as [SmoothMath] says, and rounded once. All matrices are (rows, cols) with
/// the same stride; a call takes the rows `first .. first + rows - 1`, so that a batch may be cut anywhere. Padding is
/// +0.0 before and after; what lies beyond the padded columns is left alone. Outputs may be inputs: `y` may be `x`, `dX`
/// may be `dY` or `x`.
public interface SmoothActivationKernels {
    /// `y = x * sigmoid(x * (linear + cubic * x^2))`, both factors at least 0; see [SmoothMath#gate].
    void gate(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double linear,
            double cubic);

    /// The gradient of [#gate]; see [SmoothMath#gateSlope].
    void gateGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows, int cols,
            double linear, double cubic);

    /// `y = x * Phi(x)` with the distribution function of the normal distribution; see [SmoothMath#gelu].
    void gelu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);

    /// The gradient of [#gelu]; see [SmoothMath#geluSlope].
    void geluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows, int cols);

    /// `y = x >= 0 ? positive * x : negative * (e^x - 1)`; see [SmoothMath#elu].
    void elu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double positive,
            double negative);

    /// The gradient of [#elu]; see [SmoothMath#eluSlope].
    void eluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows, int cols,
            double positive, double negative);

    /// `y = beta * x > threshold ? x : log(1 + e^(beta * x)) / beta`; see [SmoothMath#softplus].
    void softplus(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double beta,
            double threshold);

    /// The gradient of [#softplus]; see [SmoothMath#softplusSlope].
    void softplusGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double beta, double threshold);

    /// `y = x * tanh(log(1 + e^x))`; see [SmoothMath#mish].
    void mish(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);

    /// The gradient of [#mish]; see [SmoothMath#mishSlope].
    void mishGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows, int cols);
}
