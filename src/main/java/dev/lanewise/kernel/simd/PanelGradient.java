// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.RowIndex;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The parameter gradient in panel order: tiles of six inputs, lanes over the outputs.
///
/// Scratch holds a block of zeros, the rows of dY of a block of rows as panels, some columns of `x` as rows of six for
/// the tiles, and the gradient of these columns: of a panel, or of all if there are more blocks of rows to add.
final class PanelGradient {
    /// Inputs at a time.
    static final int INPUTS = 8 * WideTiles.ROWS;
    private static final long PACKED_BYTES = WideTiles.PACKED * Float.BYTES;
    private static final long G_BYTES = INPUTS * BLOCK_BYTES;

    private PanelGradient() {
    }

    static void run(GradientSink sink, MemorySegment x, int xStride, MemorySegment index, long from, MemorySegment dY,
            int dYStride, int rows, int i, int ins, int in, int out, MemorySegment scratch, boolean firstRun) {
        Lanes.clear(scratch, BLOCK_BYTES);
        int panels = Lanes.padded(out) / BLOCK;
        long dYAt = BLOCK_BYTES;
        long xAt = dYAt + Math.min(rows, WideKernels.BLOCK_ROWS) * Lanes.paddedBytes(out);
        long gAt = xAt + (Math.min(rows, WideKernels.BLOCK_ROWS) * (INPUTS / WideTiles.ROWS) + 1) * PACKED_BYTES;
        boolean one = rows <= WideKernels.BLOCK_ROWS;
        for (int block = 0; block < rows; block += WideKernels.BLOCK_ROWS) {
            int n = Math.min(WideKernels.BLOCK_ROWS, rows - block);
            if (firstRun || !one) {
                packOutputs(scratch, dYAt, dY, dYStride, block, n, panels);
            }
            packInputs(scratch, xAt, x, xStride, index, from + block, n, i, ins, in);
            boolean end = block + n == rows;
            for (int p = 0; p < panels; p += PanelProduct.PANELS) {
                int two = Math.min(PanelProduct.PANELS, panels - p);
                long sum = one ? gAt : gAt + (2 + p) * G_BYTES;
                long g = block == 0 ? sum : gAt;
                panel(scratch, g, xAt, dYAt + (long) p * n * BLOCK_BYTES, two, n, i, ins, in);
                if (block > 0) {
                    add(scratch, sum, g, two * G_BYTES);
                }
                if (end && p + two == panels) {
                    Padding.clear(scratch, sum + (two - 1) * G_BYTES, BLOCK_BYTES, 0, ins, out - (panels - 1) * BLOCK);
                }
                for (int q = 0; end && q < two; q++) {
                    sink.accept(scratch, (sum + q * G_BYTES) / Float.BYTES, ((long) (p + q) * in + i) * BLOCK,
                            ins * BLOCK);
                }
            }
        }
    }

    private static void add(MemorySegment scratch, long sum, long g, long nBytes) {
        if (!scratch.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = 0; at < nBytes; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, scratch, sum + at, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, scratch, g + at, ORDER))
                    .intoMemorySegment(scratch, sum + at, ORDER);
        }
    }

    /// Rows of dY as panels: in each the rows one after the other, padding +0.0.
    private static void packOutputs(MemorySegment to, long at, MemorySegment dY, int dYStride, int first, int rows,
            int panels) {
        if (!to.isNative() || !dY.isNative()) {
            throw NativeOnly.refused();
        }
        for (int r = 0; r < rows; r++) {
            long source = (long) (first + r) * dYStride * Float.BYTES;
            long target = at + r * BLOCK_BYTES;
            for (int p = 0; p < panels; p++) {
                for (long b = 0; b < BLOCK_BYTES; b += BYTES) {
                    FloatVector.fromMemorySegment(FLOATS, dY, source + p * BLOCK_BYTES + b, ORDER)
                            .intoMemorySegment(to, target + (long) p * rows * BLOCK_BYTES + b, ORDER);
                }
            }
        }
    }

    /// Columns `i .. i + ins - 1` of the rows of `x` for tiles: in each tile the rows one after the other.
    private static void packInputs(MemorySegment to, long at, MemorySegment x, int xStride, MemorySegment index,
            long from, int rows, int i, int ins, int in) {
        if (!to.isNative()) {
            throw NativeOnly.refused();
        }
        int end = Lanes.padded(in) - WideTiles.PACKED;
        for (int r = 0; r < rows; r++) {
            long source = RowIndex.row(index, from, r) * xStride;
            long target = at + r * PACKED_BYTES;
            for (int t = 0; t < ins; t += WideTiles.ROWS) {
                long column = (source + Math.min(i + t, end)) * Float.BYTES;
                for (long b = 0; b < PACKED_BYTES; b += Lanes.HALF.length() * 4L) {
                    FloatVector.fromMemorySegment(Lanes.HALF, x, column + b, ORDER).intoMemorySegment(to, target + b,
                            ORDER);
                }
                target += rows * PACKED_BYTES;
            }
        }
    }

    /// The gradient of a tile's panels for all inputs.
    private static void panel(MemorySegment scratch, long g, long xAt, long dYAt, int panels, int rows, int i,
            int ins, int in) {
        for (long part = 0; part < PanelProduct.PANELS * BLOCK_BYTES; part += 2 * BYTES) {
            long b0 = dYAt + part;
            long b1 = PanelProduct.PANELS == 1 ? b0 + BYTES : b0 + (long) (panels - 1) * rows * BLOCK_BYTES;
            long c0 = g + part;
            long c1 = PanelProduct.PANELS == 1 ? c0 + BYTES : c0 + (panels - 1) * G_BYTES;
            tiles(scratch, c0, c1, xAt, b0, b1, rows, i, ins, Lanes.padded(in) - WideTiles.PACKED);
        }
    }

    /// All inputs. The packed rows of tiles that would pass the column `end` begin there.
    private static void tiles(MemorySegment scratch, long c0, long c1, long xAt, long b0, long b1, int n, int i,
            int ins, int end) {
        for (int t = 0; t < ins; t += WideTiles.ROWS) {
            long to = t * BLOCK_BYTES;
            long x = xAt + (long) (t / WideTiles.ROWS) * n * PACKED_BYTES + Math.max(0, i + t - end) * 4L;
            for (int m = 0; n < WideTiles.FEW && m < WideTiles.ROWS; m++) {
                long row = to + m * BLOCK_BYTES;
                WideTiles.few(scratch, c0 + row, c1 + row, scratch, 0, 0, scratch, x + m * 4L, PACKED_BYTES, scratch,
                        b0, b1, n);
            }
            if (n >= WideTiles.FEW) {
                WideTiles.packedTile(scratch, c0 + to, c1 + to, scratch, x, scratch, b0, b1, n,
                        WideTiles.NEVER);
            }
        }
    }
}
