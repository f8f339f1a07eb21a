// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// The linear layer `y = x W^T + b`: forward pass, activation gradient, parameter gradients and their fused SGD step.
///
/// Shapes: `x` (rows, in) by index, `w` (out, in), `bias` (out), `y` and `dY` (rows, out), `dX` (rows, in). `scratch`
/// has at least [#scratchFloats] floats and is overwritten.
public interface LinearKernels {
    /// The most outputs a layer may have for the dot form; wider layers take the outer form. A function of the shape
    /// alone, never of the machine, because the two forms round differently.
    int MAX_DOT_OUTPUTS = 16;

    /// Rows whose products are summed before the sums are added: the unit of parameter gradients and loss sums.
    int BLOCK_ROWS = 1024;

    /// Rows whose part of a parameter gradient is computed at one go. It decides what scratch holds, not a bit of the
    /// result.
    int GRADIENT_CHUNK_ROWS = 64;

    /// Floats of scratch that any operation on a layer of this shape needs.
    ///
    /// The outer form takes a copy of the weights; the dot form the partial sums of a tile; parameter gradients take
    /// sixteen outputs twice and, for each row of a chunk, 32 floats.
    static long scratchFloats(int in, int out) {
        long inStride = (in + 15L) & -16L;
        long outStride = (out + 15L) & -16L;
        return Math.max(out <= MAX_DOT_OUTPUTS ? 0 : inStride * outStride,
                2 * 16 * inStride + 32L * GRADIENT_CHUNK_ROWS);
    }

    /// Dot form: `p[i % 16] = fma(x[i], w[o][i], p[i % 16])`, i ascending over `in` rounded up to 16, the sixteen sums
    /// folded 8, 4, 2, 1 (`p[l] += p[l + 8]`, ...), then `y[r][o] = p[0] + bias[o]`.
    void forwardDot(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out, MemorySegment scratch);

    /// Outer form: `y[r][o] = bias[o]`, then `y[r][o] = fma(x[r][i], w[o][i], y[r][o])`, i ascending.
    void forwardOuter(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out, MemorySegment scratch);

    /// Activation gradient: `dX[r][i] = 0`, then `dX[r][i] = fma(dY[r][o], w[o][i], dX[r][i])`, o ascending.
    void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w, int wStride,
            int rows, int in, int out);

    /// Parameter gradient: in each block of [#BLOCK_ROWS] rows `g = 0`, then `g = fma(dY[r][o], x[r][i], g)`, r
    /// ascending; `dW[o][i]` becomes the first block's `g`, and the later blocks' are added, ascending.
    void weightGradient(MemorySegment dW, int dWStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int rows, int in, int out, MemorySegment scratch);

    /// As [#weightGradient], but the gradient `g` is added: `dW[o][i] = dW[o][i] + g`.
    void weightGradientAdd(MemorySegment dW, int dWStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, MemorySegment scratch);

    /// As [#weightGradient], but the gradient `g` is used at once and not stored: `w[o][i] = fma(-lr, g, w[o][i])`.
    void weightSgdStep(MemorySegment w, int wStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int rows, int in, int out, float lr, MemorySegment scratch);

    /// Bias gradient: in each block of [#BLOCK_ROWS] rows `g = 0`, then `g = g + dY[r][o]`, r ascending; `dBias[o]`
    /// becomes the first block's `g`, and the later blocks' are added, ascending.
    void biasGradient(MemorySegment dBias, MemorySegment dY, int dYStride, int rows, int out, MemorySegment scratch);

    /// As [#biasGradient], but the gradient `g` is added: `dBias[o] = dBias[o] + g`.
    void biasGradientAdd(MemorySegment dBias, MemorySegment dY, int dYStride, int rows, int out,
            MemorySegment scratch);

    /// As [#biasGradient], but the gradient `g` is used at once and not stored: `bias[o] = fma(-lr, g, bias[o])`.
    void biasSgdStep(MemorySegment bias, MemorySegment dY, int dYStride, int rows, int out, float lr,
            MemorySegment scratch);
}
