// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// The forward pass of a narrow layer: tiles leave partial sums in scratch, where they are folded.
///
/// The weights of five outputs stay in L1 while the rows of a chunk pass by, two at a time; with fewer outputs five rows
/// stay and the outputs pass by. What does not fill a tile is covered by one that overlaps its neighbour: every sum is
/// the same whichever tile computes it.
final class NarrowForward {
    private static final int ROWS = 5;
    private static final long TILE_BYTES = 2 * ROWS * BLOCK_BYTES;
    private static final int PAIR = 2;
    /// Rows of a chunk: as many as fit into a quarter of L2, within these limits.
    private static final int MOST = 32;
    private static final int LEAST = 8;
    private static final int CHUNK_BYTES = 128 << 10;

    private NarrowForward() {
    }

    static void run(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int first, int last, int in, int out,
            MemorySegment sums) {
        int nBytes = (int) Lanes.paddedBytes(in);
        long xRowBytes = (long) xStride * Float.BYTES;
        long wRowBytes = (long) wStride * Float.BYTES;
        long yRowBytes = (long) yStride * Float.BYTES;
        if (out == 1 && nBytes == BLOCK_BYTES && yRowBytes == BLOCK_BYTES) {
            SingleOutput.forwardBlock(y, yRowBytes, x, xRowBytes, index, from, w, bias, first, last);
            return;
        }
        if (out == 1 && nBytes > BLOCK_BYTES) {
            SingleOutput.forward(y, yRowBytes, x, xRowBytes, index, from, w, bias, first, last, nBytes, sums);
            return;
        }
        Lanes.clear(y, first * yRowBytes, (last - first) * yRowBytes);
        if (nBytes == BLOCK_BYTES) {
            NarrowBlock.forward(y, yRowBytes, x, xRowBytes, index, from, w, wRowBytes, bias, first, last, out);
            return;
        }
        int chunk = Math.clamp(CHUNK_BYTES / nBytes & -PAIR, LEAST, MOST);
        int r = first;
        while (out >= ROWS && r <= last - PAIR) {
            int pairs = Math.min(chunk, last - r) / PAIR * PAIR;
            if (x.byteSize() > RowFetch.FAR_BYTES) {
                RowFetch.run(x, xRowBytes, index, from, r, r + pairs, 0, nBytes);
            }
            twos(y, yRowBytes, x, xRowBytes, index, from, r, r + pairs, w, wRowBytes, bias, nBytes, out, sums);
            r += pairs;
        }
        for (; r <= last - ROWS; r += ROWS) {
            five(y, r * yRowBytes, yRowBytes, x, xRowBytes, index, from, r, w, wRowBytes, bias, nBytes, out, sums);
        }
        for (; r < last; r++) {
            NarrowRow.forward(y, r * yRowBytes, x, RowIndex.row(index, from, r) * xRowBytes, w, wRowBytes, bias, nBytes,
                    out, sums);
        }
    }

    /// The rows `r .. r + 4`, all outputs, at least two; the last pair of an odd number overlaps.
    private static void five(MemorySegment y, long at, long yRowBytes, MemorySegment x, long xRowBytes,
            MemorySegment index, long from, int r, MemorySegment w, long wRowBytes, MemorySegment bias, int nBytes,
            int out, MemorySegment sums) {
        long x0 = RowIndex.row(index, from, r) * xRowBytes;
        long x1 = RowIndex.row(index, from, r + 1) * xRowBytes;
        long x2 = RowIndex.row(index, from, r + 2) * xRowBytes;
        long x3 = RowIndex.row(index, from, r + 3) * xRowBytes;
        long x4 = RowIndex.row(index, from, r + 4) * xRowBytes;
        for (int o = 0; o < out; o += PAIR) {
            long pair = Math.min(o, out - PAIR);
            long w0 = pair * wRowBytes;
            for (long p = 0; p < BLOCK_BYTES; p += BYTES) {
                NarrowDotTiles.tile5x2(sums, o / PAIR * TILE_BYTES + p, x, x0 + p, x1 + p, x2 + p, x3 + p, x4 + p, w,
                        w0 + p, w0 + wRowBytes + p, nBytes);
            }
        }
        for (int o = 0; o < out; o += PAIR) {
            long column = (long) Math.min(o, out - PAIR) * Float.BYTES;
            NarrowFold.addBias(y, at + column, yRowBytes, ROWS, PAIR, bias, column, sums, o / PAIR * TILE_BYTES,
                    PAIR * BLOCK_BYTES, BLOCK_BYTES);
        }
    }

    /// The rows `begin .. end - 1`, an even number, all outputs, at least five; the last five overlap.
    private static void twos(MemorySegment y, long yRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, int begin, int end, MemorySegment w, long wRowBytes, MemorySegment bias, int nBytes, int out,
            MemorySegment sums) {
        for (int o = 0; o < out; o += ROWS) {
            long group = Math.min(o, out - ROWS);
            long w0 = group * wRowBytes;
            long column = group * Float.BYTES;
            for (int r = begin; r < end; r += PAIR) {
                long x0 = RowIndex.row(index, from, r) * xRowBytes;
                long x1 = RowIndex.row(index, from, r + 1) * xRowBytes;
                for (long p = 0; p < BLOCK_BYTES; p += BYTES) {
                    DotTiles.tile2x5(sums, p, x, x0 + p, x1 + p, w, w0 + p, wRowBytes, nBytes);
                }
                long at = r * yRowBytes + column;
                Fold.addBias5(y, at, bias, column, sums, 0);
                Fold.addBias5(y, at + yRowBytes, bias, column, sums, ROWS * BLOCK_BYTES);
            }
        }
    }
}
