// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.NarrowGradientTiles.FIVE;
import static dev.lanewise.kernel.simd.NarrowGradientTiles.STEP;
import static dev.lanewise.kernel.simd.WideTiles.FEW;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// The parameter gradient of up to sixteen outputs, continued from what stands in `g`.
///
/// Rows are taken in chunks small enough that what the first outputs have read of them is still in cache for the
/// others; inside a chunk the sums of a tile stay in registers. Continuing from stored sums changes no bit.
final class NarrowWeightGradient {
    /// Rows of a chunk.
    private static final int ROWS = 64;
    /// Bytes of the offsets, and of the factors of a pair of outputs, of a chunk.
    private static final long CHUNK_BYTES = (long) ROWS * STEP;

    private NarrowWeightGradient() {
    }

    static void run(MemorySegment g, int gStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int first, int last, int firstIn, int ins, int out, boolean more,
            MemorySegment scratch) {
        long gRowBytes = (long) gStride * Float.BYTES;
        long xRowBytes = (long) xStride * Float.BYTES;
        long dYRowBytes = (long) dYStride * Float.BYTES;
        long column = (long) firstIn * Float.BYTES;
        long end = column + Lanes.paddedBytes(ins);
        if (!more) {
            for (int o = 0; o < out; o++) {
                Lanes.clear(g, o * gRowBytes + column, end - column);
            }
        }
        if (end == BLOCK_BYTES) {
            NarrowBlock.gradient(g, gRowBytes, x, xRowBytes, index, from, dY, dYRowBytes, first, last, out);
        } else {
            for (int r = first; r < last; r += ROWS) {
                int chunk = Math.min(ROWS, last - r);
                int fives = chunk >= FEW && dYRowBytes == BLOCK_BYTES ? out / FIVE * FIVE : 0;
                if (end - column < xRowBytes && index.byteSize() > 0) { // scattered, and in caches of other threads
                    RowFetch.run(x, xRowBytes, index, from, r, r + chunk, column, (int) (end - column));
                }
                long even = fives == 0 ? column : end - (end - column) % (2 * BYTES);
                if (fives > 0) {
                    offsets(scratch, xRowBytes, index, from, r, chunk);
                    fives(g, gRowBytes, scratch, chunk, dY, r * BLOCK_BYTES, x, column, even, fives);
                }
                if (fives < out) {
                    rest(g, gRowBytes, x, xRowBytes, index, from, dY, dYRowBytes, r, chunk, column, even, fives, out,
                            scratch);
                }
                if (even < end) {
                    rest(g, gRowBytes, x, xRowBytes, index, from, dY, dYRowBytes, r, chunk, even, end, 0, out, scratch);
                }
            }
        }
        Padding.clear(g, column, gRowBytes, 0, out, ins);
    }

    /// Lays out what the tiles need of the rows `r .. r + n - 1`: offsets, then the factors of each pair of outputs.
    private static void gather(MemorySegment rows, long xRowBytes, MemorySegment index, long from, MemorySegment dY,
            long dYRowBytes, int r, int n, int begin, int out) {
        if (!rows.isNative() || !dY.isNative()) {
            throw NativeOnly.refused();
        }
        for (int i = 0; i < n; i++) {
            rows.set(JAVA_LONG_UNALIGNED, (long) i * STEP, RowIndex.row(index, from, r + i) * xRowBytes);
        }
        for (int pair = begin; pair < out; pair += 2) {
            long at = dYRowBytes * r + (long) pair * Float.BYTES;
            long to = (1 + (pair - begin) / 2) * CHUNK_BYTES;
            for (int i = 0; i < n; i++) {
                if (pair + 1 < out) {
                    rows.set(JAVA_LONG_UNALIGNED, to + (long) i * STEP,
                            dY.get(JAVA_LONG_UNALIGNED, at + i * dYRowBytes));
                } else { // the sixteenth output has no neighbour
                    rows.set(JAVA_FLOAT_UNALIGNED, to + (long) i * STEP,
                            dY.get(JAVA_FLOAT_UNALIGNED, at + i * dYRowBytes));
                }
            }
        }
    }

    /// Lays out the offsets of the rows `r .. r + n - 1`.
    private static void offsets(MemorySegment rows, long xRowBytes, MemorySegment index, long from, int r, int n) {
        if (!rows.isNative()) {
            throw NativeOnly.refused();
        }
        for (int i = 0; i < n; i++) {
            rows.set(JAVA_LONG_UNALIGNED, (long) i * STEP, RowIndex.row(index, from, r + i) * xRowBytes);
        }
    }

    /// Adds the rows to the gradient of the first `out` outputs, fives, from the byte `column` of a row to `end`, pairs of
    /// vectors.
    private static void fives(MemorySegment g, long gRowBytes, MemorySegment rows, int n, MemorySegment dY, long d,
            MemorySegment x, long column, long end, int out) {
        for (long at = column; at < end; at += 2 * BYTES) {
            for (int o = 0; o < out; o += FIVE) {
                NarrowGradientTiles.tile5x2(g, o * gRowBytes + at, gRowBytes, rows, n, dY, d + (long) o * Float.BYTES,
                        x, at, WideTiles.NEVER);
            }
        }
    }

    /// Adds the rows to the gradient of the outputs `begin .. out - 1`, from the byte `column` of a row to `end`.
    private static void rest(MemorySegment g, long gRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment dY, long dYRowBytes, int r, int n, long column, long end, int begin, int out,
            MemorySegment rows) {
        gather(rows, xRowBytes, index, from, dY, dYRowBytes, r, n, begin, out);
        pairs(g, gRowBytes, rows, n * STEP, x, column, end, begin, out);
        if ((out - begin) % 2 == 1) {
            last(g, (out - 1) * gRowBytes, rows, (1 + (out - begin) / 2) * CHUNK_BYTES, n * STEP, x, column, end);
        }
    }

    /// Adds the rows to the gradient of pairs of outputs, from the byte `column` of a row to `end`.
    private static void pairs(MemorySegment g, long gRowBytes, MemorySegment rows, int nBytes, MemorySegment x,
            long column, long end, int first, int out) {
        // a single row is for the small tiles: in a loop that never turns, C2 does not get rid of slices
        int vectors = nBytes > STEP ? (int) ((end - column) / BYTES) : 0;
        int fours = Math.min((5 - vectors % 5) % 5, vectors / 4); // with these the rest comes in fives
        int fives = (vectors - 4 * fours) / 5;
        long at = column;
        for (int t = 0; t < fives; t++, at += 5 * BYTES) {
            for (int o = first; o < out - 1; o += 2) {
                NarrowGradientTiles.tile2x5(g, at + o * gRowBytes, gRowBytes, rows, (1 + (o - first) / 2) * CHUNK_BYTES,
                        nBytes,
                        x,
                        at);
            }
        }
        for (int t = 0; t < fours; t++, at += 4 * BYTES) {
            for (int o = first; o < out - 1; o += 2) {
                NarrowGradientTiles.tile2x4(g, at + o * gRowBytes, gRowBytes, rows, (1 + (o - first) / 2) * CHUNK_BYTES,
                        nBytes,
                        x,
                        at);
            }
        }
        for (; at < end; at += BYTES) {
            for (int o = first; o < out - 1; o += 2) {
                NarrowGradientTiles.tile2x1(g, at + o * gRowBytes, gRowBytes, rows, (1 + (o - first) / 2) * CHUNK_BYTES,
                        nBytes,
                        x,
                        at);
            }
        }
    }

    /// Adds the rows to the gradient of the last of an odd number of outputs, at the byte `row` of `g`.
    private static void last(MemorySegment g, long row, MemorySegment rows, long factors, int nBytes, MemorySegment x,
            long column, long end) {
        int vectors = nBytes > STEP ? (int) ((end - column) / BYTES) : 0;
        int sixes = Math.min((8 - vectors % 8) % 8 / 2, vectors / 6); // with these the rest comes in eights
        long at = column;
        for (; at <= end - 8 * BYTES && vectors - 6 * sixes >= 8; at += 8 * BYTES) {
            NarrowGradientTiles.tile1x8(g, row + at, rows, factors, nBytes, x, at);
            vectors -= 8;
        }
        for (; vectors >= 6; at += 6 * BYTES) {
            NarrowGradientTiles.tile1x6(g, row + at, rows, factors, nBytes, x, at);
            vectors -= 6;
        }
        for (; at < end; at += BYTES) {
            NarrowGradientTiles.tile1x1(g, row + at, rows, factors, nBytes, x, at);
        }
    }
}
