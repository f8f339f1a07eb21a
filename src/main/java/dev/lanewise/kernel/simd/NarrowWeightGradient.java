// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.GradientTiles.OFFSET_AT;
import static dev.lanewise.kernel.simd.GradientTiles.RECORD_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The parameter gradient of up to sixteen outputs, continued from what stands in `g`.
///
/// Rows are taken in chunks small enough that what the first outputs have read of them is still in cache for the
/// others; inside a chunk the sums of a tile stay in registers. Continuing from stored sums changes no bit.
final class NarrowWeightGradient {
    private static final int CHUNK_ROWS = 64;

    private NarrowWeightGradient() {
    }

    static void run(MemorySegment g, int gStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int first, int last, int firstIn, int ins, int out, boolean more,
            MemorySegment scratch) {
        long gRowBytes = (long) gStride * Float.BYTES;
        long column = (long) firstIn * Float.BYTES;
        long end = column + Lanes.paddedBytes(ins);
        if (!more) {
            for (int o = 0; o < out; o++) {
                Lanes.clear(g, o * gRowBytes + column, end - column);
            }
        }
        for (int r = first; r < last; r += CHUNK_ROWS) {
            int chunk = Math.min(CHUNK_ROWS, last - r);
            record(scratch, (long) xStride * Float.BYTES, index, from, dY, (long) dYStride * Float.BYTES, r, chunk);
            chunk(g, gRowBytes, scratch, chunk * (int) RECORD_BYTES, x, column, end, out);
        }
        Padding.clear(g, column, gRowBytes, 0, out, ins);
    }

    /// Gathers what the tiles need of the rows `r .. r + n - 1`.
    private static void record(MemorySegment records, long xRowBytes, MemorySegment index, long from, MemorySegment dY,
            long dYRowBytes, int r, int n) {
        for (int i = 0; i < n; i++) {
            long record = i * RECORD_BYTES;
            long source = (r + i) * dYRowBytes;
            for (long b = 0; b < BLOCK_BYTES; b += BYTES) {
                FloatVector.fromMemorySegment(FLOATS, dY, source + b, ORDER).intoMemorySegment(records, record + b,
                        ORDER);
            }
            records.set(JAVA_LONG_UNALIGNED, record + OFFSET_AT, RowIndex.row(index, from, r + i) * xRowBytes);
        }
    }

    /// Adds the rows of the records to the gradient of the first `n` outputs, from the byte `column` of a row to `end`.
    private static void chunk(MemorySegment g, long gRowBytes, MemorySegment records, int recordsBytes,
            MemorySegment x, long column, long end, int n) {
        // a single row is for the small tiles: in a loop that never turns, C2 does not get rid of slices
        int vectors = recordsBytes > RECORD_BYTES ? (int) ((end - column) / BYTES) : 0;
        int fours = Math.min((5 - vectors % 5) % 5, vectors / 4); // with these the rest comes in fives
        int fives = (vectors - 4 * fours) / 5;
        long at = column;
        for (int t = 0; t < fives; t++, at += 5 * BYTES) {
            for (int o = 0; o < n - 1; o += 2) {
                GradientTiles.tile2x5(g, at + o * gRowBytes, gRowBytes, records, 0, recordsBytes,
                        (long) o * Float.BYTES, x, at);
            }
        }
        for (int t = 0; t < fours; t++, at += 4 * BYTES) {
            for (int o = 0; o < n - 1; o += 2) {
                GradientTiles.tile2x4(g, at + o * gRowBytes, gRowBytes, records, 0, recordsBytes,
                        (long) o * Float.BYTES, x, at);
            }
        }
        for (; at < end; at += BYTES) {
            for (int o = 0; o < n - 1; o += 2) {
                GradientTiles.tile2x1(g, at + o * gRowBytes, gRowBytes, records, 0, recordsBytes,
                        (long) o * Float.BYTES, x, at);
            }
        }
        if (n % 2 == 1) {
            last(g, (n - 1) * gRowBytes, records, recordsBytes, x, column, end, n - 1);
        }
    }

    /// Adds the rows of the records to the gradient of output `o`, at the byte `row` of `g`.
    private static void last(MemorySegment g, long row, MemorySegment records, int recordsBytes, MemorySegment x,
            long column, long end, int o) {
        long at = column;
        for (; recordsBytes > RECORD_BYTES && at <= end - 8 * BYTES; at += 8 * BYTES) {
            GradientTiles.tile1x8(g, row + at, records, 0, recordsBytes, (long) o * Float.BYTES, x, at);
        }
        for (; at < end; at += BYTES) {
            GradientTiles.tile1x1(g, row + at, records, 0, recordsBytes, (long) o * Float.BYTES, x, at);
        }
    }
}
