// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// The forward pass in dot form: tiles of rows and outputs leave their partial sums in scratch, where they are folded.
///
/// Four rows at a time: two tiles of 2 rows x 5 outputs for each five outputs, a tile of 4 rows for each of the rest.
final class DotForward {
    private static final int ROWS = 4;
    private static final int TILE_ROWS = 2;
    private static final int TILE_OUTPUTS = 5;

    private DotForward() {
    }

    static void run(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out, MemorySegment sums) {
        int n = Lanes.padded(in);
        int xRowBytes = xStride * Float.BYTES;
        int wRowBytes = wStride * Float.BYTES;
        int yRowBytes = yStride * Float.BYTES;
        int r = 0;
        for (; r <= rows - ROWS; r += ROWS) {
            long x0 = RowIndex.row(index, from, r) * xRowBytes;
            long x1 = RowIndex.row(index, from, r + 1) * xRowBytes;
            long x2 = RowIndex.row(index, from, r + 2) * xRowBytes;
            long x3 = RowIndex.row(index, from, r + 3) * xRowBytes;
            long y0 = (long) r * yRowBytes;
            pair(y, y0, yRowBytes, x, x0, x1, w, wRowBytes, bias, n, out, sums);
            pair(y, y0 + (long) TILE_ROWS * yRowBytes, yRowBytes, x, x2, x3, w, wRowBytes, bias, n, out, sums);
            for (int o = out - out % TILE_OUTPUTS; o < out; o++) {
                long column = (long) o * Float.BYTES;
                for (int p = 0; p < PARTS * BYTES; p += BYTES) {
                    DotTiles.tile4x1(sums, p, x, x0 + p, x1 + p, x2 + p, x3 + p, w, (long) o * wRowBytes + p, n);
                }
                for (int i = 0; i < ROWS; i++) {
                    Fold.addBias(y, y0 + (long) i * yRowBytes + column, bias, column, sums, (long) i * BLOCK_BYTES, 1);
                }
            }
        }
        for (; r < rows; r++) {
            long x0 = RowIndex.row(index, from, r) * xRowBytes;
            single(y, (long) r * yRowBytes, x, x0, w, wRowBytes, bias, n, out, sums);
        }
    }

    private static void pair(MemorySegment y, long y0, int yRowBytes, MemorySegment x, long x0, long x1,
            MemorySegment w, int wRowBytes, MemorySegment bias, int n, int out, MemorySegment sums) {
        for (int o = 0; o <= out - TILE_OUTPUTS; o += TILE_OUTPUTS) {
            long column = (long) o * Float.BYTES;
            for (int p = 0; p < PARTS * BYTES; p += BYTES) {
                DotTiles.tile2x5(sums, p, x, x0 + p, x1 + p, w, (long) o * wRowBytes + p, wRowBytes, n);
            }
            Fold.addBias(y, y0 + column, bias, column, sums, 0, TILE_OUTPUTS);
            Fold.addBias(y, y0 + yRowBytes + column, bias, column, sums, TILE_OUTPUTS * BLOCK_BYTES, TILE_OUTPUTS);
        }
    }

    private static void single(MemorySegment y, long y0, MemorySegment x, long x0, MemorySegment w, int wRowBytes,
            MemorySegment bias, int n, int out, MemorySegment sums) {
        for (int o = 0; o < out; o++) {
            for (int p = 0; p < PARTS * BYTES; p += BYTES) {
                DotTiles.tile1x1(sums, p + (long) o * BLOCK_BYTES, x, x0 + p, w, (long) o * wRowBytes + p, n);
            }
        }
        Fold.addBias(y, y0, bias, 0, sums, 0, out);
    }
}
