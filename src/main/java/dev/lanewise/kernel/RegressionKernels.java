// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Linear regression with one output and squared error in one walk over the rows: each is read once, and nothing that
/// only the next operation needs goes through memory.
///
/// It does what [NarrowKernels#forward], [LossKernels#squaredError], [NarrowKernels#weightGradient],
/// [ElementKernels#columnSums] and [LossSum] do one after the other, in their order, and so gives their bits.
public interface RegressionKernels {
    /// The most inputs: of longer rows fewer fit into the caches, and the single operations are as fast.
    int MAX_INPUTS = 1024;

    /// The most rows of a piece that [#errors] takes.
    int PIECE_ROWS = 512;

    /// Floats of scratch that each operation needs.
    static long scratchFloats() {
        return PIECE_ROWS * 8L + 16;
    }

    /// Rows `first .. first + rows - 1` of a batch, all in one block ([WideKernels#BLOCK_ROWS]).
    ///
    /// With the dot form `y[r] = x[r] w + bias` and `d = y[r] - t[r]`: `losses[r] = (factor * d) * d` (one float a row),
    /// `k = ((2 * factor) * d) * scale`, and, rows ascending from 0, `g[i] = fma(k, x[r][i], g[i])` and
    /// `gBias[0] += k`. Returns the sum of the losses in double, rows ascending. Row `r` of `x` is the one behind entry
    /// `xFrom + r` of `xIndex` ([RowIndex]), that of `t` alike. Padding of `g` becomes +0.0, padding of `y` is left
    /// alone.
    double squaredError(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, MemorySegment scratch);

    /// The part of [#squaredError] that depends on no other row, for at most [#PIECE_ROWS] rows of one block: `y`,
    /// `losses`, and in `scratch` what [#addErrors] and [#addGradient] of the same rows need.
    void errors(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride, MemorySegment xIndex,
            long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom, MemorySegment w,
            MemorySegment bias, int first, int rows, int in, float factor, float scale, MemorySegment scratch);

    /// The sums over rows that [#squaredError] makes, for these rows: those of `losses`, on from `before`, are returned,
    /// those of the factors are added to `gBias`. Both begin from 0 if the rows begin a block.
    double addErrors(double before, MemorySegment losses, MemorySegment gBias, int first, int rows,
            MemorySegment scratch);

    /// The columns `firstIn .. firstIn + ins - 1` of `g` likewise; `firstIn` is a multiple of 16, and `ins` is another,
    /// or the rest of the row.
    void addGradient(MemorySegment x, int xStride, MemorySegment xIndex, long xFrom, MemorySegment g, int first,
            int rows, int firstIn, int ins, MemorySegment scratch);

    /// Plain descent of both parameters: `w[i] = fma(-rate, g[i], w[i])` for `in` inputs, and
    /// `bias[0] = fma(-biasRate, gBias[0], bias[0])`. Padding is +0.0, and stays so.
    void descend(MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int in, float rate,
            float biasRate);

    /// [#squaredError] of a whole batch in one block, then [#descend], for whoever needs no gradient: what `g` and `gBias`
    /// are afterwards is not said. No rate is NaN.
    default double squaredErrorDescent(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, MemorySegment scratch, float rate, float biasRate) {
        double sum = squaredError(y, yStride, losses, x, xStride, xIndex, xFrom, t, tStride, tIndex, tFrom, w, bias, g,
                gBias, first, rows, in, factor, scale, scratch);
        descend(w, bias, g, gBias, in, rate, biasRate);
        return sum;
    }
}
