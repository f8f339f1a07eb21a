// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Linear layers `y = x W^T + b` of many outputs, in the outer form: matrix products on packed panels.
///
/// Shapes: `x` (rows, in) by index, `bias` (out), `y` and `dY` (rows, out), `dX` (rows, in). The weights `w` (out, in)
/// lie in panel order: panels of 16 outputs, in each the inputs one after the other, in each of these the 16 outputs;
/// output `o`, input `i` at `((o / 16) * in + i) * 16 + o % 16`, so that a forward pass packs nothing. Outputs that
/// fill up the last panel have weights of +0.0.
///
/// A method takes the rows `first .. first + rows - 1` of a batch, so that a batch may be cut anywhere without changing
/// a bit: row `r` of `y`, `dY` and `dX`, and the row of `x` behind entry `from + r` ([RowIndex]).
public interface WideKernels {
    /// Outputs in a panel of weights.
    int PANEL = 16;

    /// Rows whose products are summed before the sums are added: the unit of parameter gradients and loss sums.
    int BLOCK_ROWS = 1024;

    /// Floats of scratch that any operation on a layer of this shape needs for a batch of `rows` rows, for each thread.
    static long scratchFloats(int rows, int in, int out) {
        long block = Math.min(rows, BLOCK_ROWS) + 3L;
        long tiles = 4L + Math.clamp(10_240 / block, 8, 36);
        long sum = rows > BLOCK_ROWS ? panelFloats(in, out) : 0;
        long gradient = PANEL + (block * tiles + 1) * 8 + 2 * tiles * 6 * PANEL + sum;
        return Math.max(gradient, (in + 15L) & -16L);
    }

    /// Floats of the weights of a layer in panel order, either way round.
    static long panelFloats(int in, int out) {
        return ((out + 15L) & -16L) * in;
    }

    /// Floats of `rows` rows of dY as [#packGradient] arranges them.
    static long packedFloats(int rows, int out) {
        return packedBlock(rows / BLOCK_ROWS, rows, out) + packedPanel(rows % BLOCK_ROWS) * ((out + 15L) / PANEL);
    }

    /// The float at which a block of rows begins in packed rows, `rows` in all.
    static long packedBlock(int block, int rows, int out) {
        return block * packedPanel(Math.min(rows, BLOCK_ROWS)) * ((out + 15L) / PANEL);
    }

    /// Floats from a panel to the next in packed rows, `rows` to a block: an odd number of lines, or else the panels'
    /// rows would share a set of L1.
    static long packedPanel(int rows) {
        return (rows | 1L) * PANEL;
    }

    /// Forward pass: `y[r][o] = bias[o]`, then `y[r][o] = fma(x[r][i], w[o][i], y[r][o])`, i ascending. Padding of `y`
    /// becomes +0.0.
    void forward(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, MemorySegment bias, int first, int rows, int in, int out, MemorySegment scratch);

    /// Writes the weights the other way round, for [#inputGradient]: input `i`, output `o` at
    /// `((i / 16) * out + o) * 16 + i % 16`; the panels `firstPanel .. firstPanel + panels - 1` of 16 inputs.
    void transpose(MemorySegment wT, MemorySegment w, int in, int out, int firstPanel, int panels);

    /// Activation gradient: `dX[r][i] = 0`, then `dX[r][i] = fma(dY[r][o], w[o][i], dX[r][i])`, o ascending; `wT` are
    /// the weights as [#transpose] writes them. Padding of `dX` becomes +0.0.
    void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment wT, int first,
            int rows, int in, int out, MemorySegment scratch);

    /// Arranges the rows `first .. first + n - 1` of `dY`, of `rows`, for [#weightGradient]: in blocks of [#BLOCK_ROWS]
    /// rows, each as panels of 16 outputs, in each of these the rows one after the other; the places are those of
    /// [#packedBlock] and [#packedPanel].
    void packGradient(MemorySegment packed, MemorySegment dY, int dYStride, int first, int n, int rows, int out);

    /// Parameter gradient of a whole batch of `rows` rows, for the inputs `firstIn .. firstIn + ins - 1`: in each block
    /// of [#BLOCK_ROWS] rows `g = 0`, then `g = fma(x[r][i], dY[r][o], g)`, r ascending; the first block's `g`, to
    /// which the later blocks' are added, ascending. `packed` is dY as [#packGradient] leaves it. The sink gets the
    /// gradient piece by piece, in panel order.
    void weightGradient(GradientSink sink, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment packed, int rows, int firstIn, int ins, int in, int out, MemorySegment scratch);
}
