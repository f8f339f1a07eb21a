// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Element-wise functions between layers, `y = f(x)`, and their gradients, `dX` from `dY` and the output `y`.
///
/// All matrices are (rows, cols) with the same stride; a call takes the rows `first .. first + rows - 1`, so that a
/// batch may be cut anywhere. Padding is +0.0 before and after; what lies beyond the padded columns is left alone.
/// Outputs may be inputs: `y` may be `x`, `dX` may be `dY` or `y`.
public interface ActivationKernels {
    /// `y = x < 0 ? 0 : x`: -0.0 and NaN stay, as in PyTorch.
    void relu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);

    /// `dX = y <= 0 ? +0.0 : dY`; where `y` is NaN the gradient passes, as in PyTorch.
    void reluGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows, int cols);

    /// `y = x > 0 ? x : x * slope`.
    void leakyRelu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, float slope);

    /// `dX = x > 0 ? dY : dY * slope`, from the input `x`; `dX` may be `x`.
    void leakyReluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, float slope);

    /// `y = x < min ? min : x > max ? max : x`: NaN stays, and -0.0 if `min` is 0.
    void hardtanh(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, float min, float max);

    /// `dX = y <= min || y >= max ? +0.0 : dY`; where `y` is NaN the gradient passes.
    void hardtanhGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols, float min, float max);

    /// `y = sigmoid(x)` by [ScalarMath#sigmoid].
    void sigmoid(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);

    /// `dX = (dY * (1 - y)) * y`.
    void sigmoidGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols);

    /// `y = tanh(x)` by [ScalarMath#tanh].
    void tanh(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);

    /// `dX = dY * fma(-y, y, 1)`.
    void tanhGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows, int cols);

    /// Dropout and its gradient: `y = keep ? x * scale : +0.0` with the mask and the scale of [DropoutMask]. What is
    /// dropped is +0.0 even if it was NaN or infinite.
    void dropout(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, long key, float p);
}
