// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// The forward pass in dot form: tiles of rows and outputs leave their partial sums in scratch, where they are folded.
///
/// Rows are taken in chunks and, inside a chunk, outputs in groups of five: the weights of a group (16 KB for 784
/// inputs) stay in L1 while the rows of the chunk pass by.
final class NarrowForward {
    private static final int CHUNK_ROWS = 16;
    private static final int GROUP = 5;

    private NarrowForward() {
    }

    static void run(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int first, int last, int in, int out,
            MemorySegment sums) {
        int nBytes = (int) Lanes.paddedBytes(in);
        long xRowBytes = (long) xStride * Float.BYTES;
        long wRowBytes = (long) wStride * Float.BYTES;
        long yRowBytes = (long) yStride * Float.BYTES;
        // a single block is for the small tile: in a loop that never turns, C2 does not get rid of slices
        int rest = nBytes > BLOCK_BYTES ? out - out % GROUP : 0;
        Lanes.clear(y, first * yRowBytes, (last - first) * yRowBytes);
        for (int r = first; r < last; r += CHUNK_ROWS) {
            int end = Math.min(r + CHUNK_ROWS, last);
            for (int o = 0; o < rest; o += GROUP) {
                group(y, yRowBytes, x, xRowBytes, index, from, w, wRowBytes, bias, r, end, o, nBytes, sums);
            }
            for (int o = rest; o < out; o++) {
                single(y, yRowBytes, x, xRowBytes, index, from, w, wRowBytes, bias, r, end, o, nBytes, sums);
            }
        }
    }

    /// Five outputs from `o` for the rows `begin .. end - 1`.
    private static void group(MemorySegment y, long yRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment w, long wRowBytes, MemorySegment bias, int begin, int end, int o, int nBytes,
            MemorySegment sums) {
        long w0 = o * wRowBytes;
        long column = (long) o * Float.BYTES;
        int r = begin;
        for (; r < end - 1; r += 2) {
            long x0 = RowIndex.row(index, from, r) * xRowBytes;
            long x1 = RowIndex.row(index, from, r + 1) * xRowBytes;
            for (long p = 0; p < PARTS * BYTES; p += BYTES) {
                DotTiles.tile2x5(sums, p, x, x0 + p, x1 + p, w, w0 + p, wRowBytes, nBytes);
            }
            long y0 = r * yRowBytes + column;
            Fold.addBias5(y, y0, bias, column, sums, 0);
            Fold.addBias5(y, y0 + yRowBytes, bias, column, sums, GROUP * BLOCK_BYTES);
        }
        for (int last = o; r < end && last < o + GROUP; last++) {
            one(y, r * yRowBytes, x, RowIndex.row(index, from, r) * xRowBytes, w, wRowBytes, bias, last, nBytes,
                    sums);
        }
    }

    /// Output `o` for the rows `begin .. end - 1`.
    private static void single(MemorySegment y, long yRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment w, long wRowBytes, MemorySegment bias, int begin, int end, int o, int nBytes,
            MemorySegment sums) {
        long w0 = o * wRowBytes;
        long column = (long) o * Float.BYTES;
        int r = begin;
        for (; nBytes > BLOCK_BYTES && r <= end - 8; r += 8) {
            long x0 = RowIndex.row(index, from, r) * xRowBytes;
            long x1 = RowIndex.row(index, from, r + 1) * xRowBytes;
            long x2 = RowIndex.row(index, from, r + 2) * xRowBytes;
            long x3 = RowIndex.row(index, from, r + 3) * xRowBytes;
            long x4 = RowIndex.row(index, from, r + 4) * xRowBytes;
            long x5 = RowIndex.row(index, from, r + 5) * xRowBytes;
            long x6 = RowIndex.row(index, from, r + 6) * xRowBytes;
            long x7 = RowIndex.row(index, from, r + 7) * xRowBytes;
            for (long p = 0; p < PARTS * BYTES; p += BYTES) {
                DotTiles.tile8x1(sums, p, x, x0 + p, x1 + p, x2 + p, x3 + p, x4 + p, x5 + p, x6 + p, x7 + p, w, w0 + p,
                        nBytes);
            }
            for (int i = 0; i < 8; i++) {
                Fold.addBias(y, (r + i) * yRowBytes + column, bias, column, sums, i * BLOCK_BYTES);
            }
        }
        for (; r < end; r++) {
            one(y, r * yRowBytes, x, RowIndex.row(index, from, r) * xRowBytes, w, wRowBytes, bias, o, nBytes, sums);
        }
    }

    /// Output `o` for one row.
    private static void one(MemorySegment y, long y0, MemorySegment x, long x0, MemorySegment w, long wRowBytes,
            MemorySegment bias, int o, int nBytes, MemorySegment sums) {
        for (long p = 0; p < PARTS * BYTES; p += BYTES) {
            DotTiles.tile1x1(sums, p, x, x0 + p, w, o * wRowBytes + p, nBytes);
        }
        long column = (long) o * Float.BYTES;
        Fold.addBias(y, y0 + column, bias, column, sums, 0);
    }
}
