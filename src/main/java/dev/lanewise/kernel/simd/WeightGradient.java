// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.GradientTiles.OFFSET_AT;
import static dev.lanewise.kernel.simd.GradientTiles.RECORD_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lanewise.kernel.LinearKernels;
import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The parameter gradient of up to sixteen outputs, summed in scratch.
///
/// Rows are taken in chunks small enough that what the first outputs have read of them is still in cache for the
/// others; inside a chunk the sums of a tile stay in registers. Continuing from stored sums changes no bit.
///
/// Scratch holds the gradient of the block of rows (outputs, in), the sum of the blocks before it (outputs, in), and
/// the records of a chunk.
final class WeightGradient {
    /// Outputs at a time: as many as a record holds.
    static final int OUTPUTS = BLOCK;
    private static final int CHUNK_ROWS = LinearKernels.GRADIENT_CHUNK_ROWS;

    private WeightGradient() {
    }

    /// Computes the gradient of the outputs `o .. o + n - 1` and returns its byte offset in `scratch`.
    static long run(MemorySegment scratch, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int rows, int in, int o, int n) {
        long rowBytes = Lanes.paddedBytes(in);
        long sizeBytes = n * rowBytes;
        long records = 2L * OUTPUTS * rowBytes;
        for (int block = 0; block < rows; block += LinearKernels.BLOCK_ROWS) {
            if (block == LinearKernels.BLOCK_ROWS) {
                copy(scratch, sizeBytes);
            } else if (block > 0) {
                add(scratch, sizeBytes);
            }
            Lanes.clear(scratch, sizeBytes);
            int end = Math.min(block + LinearKernels.BLOCK_ROWS, rows);
            for (int r = block; r < end; r += CHUNK_ROWS) {
                int chunk = Math.min(CHUNK_ROWS, end - r);
                record(scratch, records, (long) xStride * Float.BYTES, index, from, dY, dYStride, r, chunk, o);
                chunk(scratch, rowBytes, records, chunk * (int) RECORD_BYTES, x, n);
            }
        }
        long at = rows <= LinearKernels.BLOCK_ROWS ? 0 : sizeBytes;
        if (at > 0) {
            add(scratch, sizeBytes);
        }
        Padding.clear(scratch, at, rowBytes, 0, n, in);
        return at;
    }

    /// Gathers what the tiles need of the rows `r .. r + n - 1`.
    private static void record(MemorySegment records, long at, long xRowBytes, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int r, int n, int o) {
        for (int i = 0; i < n; i++) {
            long record = at + i * RECORD_BYTES;
            long source = ((long) (r + i) * dYStride + o) * Float.BYTES;
            for (long b = 0; b < BLOCK_BYTES; b += BYTES) {
                FloatVector.fromMemorySegment(FLOATS, dY, source + b, ORDER).intoMemorySegment(records, record + b,
                        ORDER);
            }
            records.set(JAVA_LONG_UNALIGNED, record + OFFSET_AT, RowIndex.row(index, from, r + i) * xRowBytes);
        }
    }

    /// Adds the rows of the records to the gradient of `n` outputs.
    private static void chunk(MemorySegment g, long rowBytes, long records, int recordsBytes, MemorySegment x, int n) {
        // a single row is for the small tiles: in a loop that never turns, C2 does not get rid of slices
        int vectors = recordsBytes > RECORD_BYTES ? (int) (rowBytes / BYTES) : 0;
        int fours = Math.min((5 - vectors % 5) % 5, vectors / 4); // with these the rest comes in fives
        int fives = (vectors - 4 * fours) / 5;
        long column = 0;
        for (int t = 0; t < fives; t++, column += 5 * BYTES) {
            for (int o = 0; o < n - 1; o += 2) {
                GradientTiles.tile2x5(g, column + o * rowBytes, rowBytes, g, records, recordsBytes,
                        (long) o * Float.BYTES, x, column);
            }
        }
        for (int t = 0; t < fours; t++, column += 4 * BYTES) {
            for (int o = 0; o < n - 1; o += 2) {
                GradientTiles.tile2x4(g, column + o * rowBytes, rowBytes, g, records, recordsBytes,
                        (long) o * Float.BYTES, x, column);
            }
        }
        for (; column < rowBytes; column += BYTES) {
            for (int o = 0; o < n - 1; o += 2) {
                GradientTiles.tile2x1(g, column + o * rowBytes, rowBytes, g, records, recordsBytes,
                        (long) o * Float.BYTES, x, column);
            }
        }
        if (n % 2 == 1) {
            last(g, rowBytes, records, recordsBytes, x, n - 1);
        }
    }

    /// Adds the rows of the records to the gradient of output `o`.
    private static void last(MemorySegment g, long rowBytes, long records, int recordsBytes, MemorySegment x, int o) {
        long at = o * rowBytes;
        long column = 0;
        for (; recordsBytes > RECORD_BYTES && column <= rowBytes - 8 * BYTES; column += 8 * BYTES) {
            GradientTiles.tile1x8(g, at + column, g, records, recordsBytes, (long) o * Float.BYTES, x, column);
        }
        for (; column < rowBytes; column += BYTES) {
            GradientTiles.tile1x1(g, at + column, g, records, recordsBytes, (long) o * Float.BYTES, x, column);
        }
    }

    /// Makes the first block's gradient the sum of blocks.
    private static void copy(MemorySegment g, long sizeBytes) {
        for (long at = 0; at < sizeBytes; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, g, at, ORDER).intoMemorySegment(g, sizeBytes + at, ORDER);
        }
    }

    /// Adds a later block's gradient to the sum of blocks.
    private static void add(MemorySegment g, long sizeBytes) {
        for (long at = 0; at < sizeBytes; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, g, sizeBytes + at, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, g, at, ORDER))
                    .intoMemorySegment(g, sizeBytes + at, ORDER);
        }
    }
}
