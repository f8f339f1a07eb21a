// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Linear layers `y = x W^T + b` of few outputs, in the dot form: each weight row meets each input row.
///
/// Shapes: `x` (rows, in) by index, `w` (out, in) and `g` alike, `bias` (out), `y` and `dY` (rows, out), `dX` (rows,
/// in). A method takes the rows `first .. first + rows - 1` of a batch, so that a batch may be cut anywhere without
/// changing a bit: row `r` of `y`, `dY` and `dX`, and the row of `x` behind entry `from + r` ([RowIndex]).
public interface NarrowKernels {
    /// The most outputs that a layer may have for the dot form; more take [WideKernels]. A function of the shape alone,
    /// never of the machine, because the two forms round differently.
    int MAX_OUTPUTS = 16;

    /// Floats of scratch that any operation on a layer of this shape needs, for each thread.
    static long scratchFloats(int in, int out) {
        return 32L * 64;
    }

    /// Forward pass: `p[i % 16] = fma(x[i], w[o][i], p[i % 16])`, i ascending over `in` rounded up to 16, the sixteen
    /// sums folded 8, 4, 2, 1 (`p[l] += p[l + 8]`, ...), then `y[r][o] = p[0] + bias[o]`. Padding of `y` becomes +0.0.
    void forward(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int first, int rows, int in, int out,
            MemorySegment scratch);

    /// Activation gradient: `dX[r][i] = 0`, then `dX[r][i] = fma(dY[r][o], w[o][i], dX[r][i])`, o ascending.
    void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w, int wStride,
            int first, int rows, int in, int out);

    /// Parameter gradient of rows of one block ([WideKernels#BLOCK_ROWS]): `g[o][i] = fma(dY[r][o], x[r][i], g[o][i])`,
    /// r ascending, for the inputs `firstIn .. firstIn + ins - 1`, where `firstIn` is a multiple of 16, `ins` too or
    /// the rest of the row. Starts from 0, or, with `more`, from the `g` of the rows before.
    void weightGradient(MemorySegment g, int gStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int first, int rows, int firstIn, int ins, int out, boolean more,
            MemorySegment scratch);
}
