// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lanewise.kernel.LinearKernels;
import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The parameter gradient of a few outputs at a time, summed in scratch.
///
/// Rows are taken in chunks small enough that what the first outputs have read of them is still in cache for the others;
/// inside a chunk the sums of a tile stay in registers. Continuing from stored sums changes no bit.
///
/// Scratch holds the gradient of the block of rows (outputs, in), the sum of the blocks before it (outputs, in), and the
/// byte offsets of the rows of a chunk.
final class WeightGradient {
    /// Outputs at a time: three tiles of five.
    static final int OUTPUTS = 15;
    private static final int TILE_OUTPUTS = 5;
    private static final int CHUNK_ROWS = 32;

    private WeightGradient() {
    }

    /// Computes the gradient of the outputs `o .. o + n - 1` and returns its byte offset in `scratch`.
    static long run(MemorySegment scratch, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int rows, int in, int o, int n) {
        int padded = Lanes.padded(in);
        long sizeBytes = (long) n * padded * Float.BYTES;
        long offsets = 2L * LinearKernels.MAX_DOT_OUTPUTS * padded * Float.BYTES;
        for (int block = 0; block < rows; block += LinearKernels.BLOCK_ROWS) {
            if (block == LinearKernels.BLOCK_ROWS) {
                copy(scratch, sizeBytes);
            } else if (block > 0) {
                add(scratch, sizeBytes);
            }
            Lanes.clear(scratch, (long) n * padded);
            int end = Math.min(block + LinearKernels.BLOCK_ROWS, rows);
            for (int r = block; r < end; r += CHUNK_ROWS) {
                int chunk = Math.min(CHUNK_ROWS, end - r);
                for (int i = 0; i < chunk; i++) {
                    scratch.set(JAVA_LONG_UNALIGNED, offsets + (long) i * Long.BYTES,
                            RowIndex.row(index, from, r + i) * xStride * Float.BYTES);
                }
                long dYAt = ((long) r * dYStride + o) * Float.BYTES;
                chunk(scratch, x, dY, dYAt, dYStride * Float.BYTES, offsets, chunk, padded, n);
            }
        }
        if (rows <= LinearKernels.BLOCK_ROWS) {
            return 0;
        }
        add(scratch, sizeBytes);
        return sizeBytes;
    }

    private static void chunk(MemorySegment g, MemorySegment x, MemorySegment dY, long dYAt, int dYRowBytes,
            long offsets, int rows, int padded, int n) {
        int gRowBytes = padded * Float.BYTES;
        int i = 0;
        for (; i <= padded - 2 * LANES; i += 2 * LANES) {
            long column = (long) i * Float.BYTES;
            for (int o = 0; o <= n - TILE_OUTPUTS; o += TILE_OUTPUTS) {
                GradientTiles.tile5x2(g, column + (long) o * gRowBytes, gRowBytes, dY, dYAt + (long) o * Float.BYTES,
                        dYRowBytes, x, column, g, offsets, rows);
            }
        }
        for (; i < padded; i += LANES) {
            long column = (long) i * Float.BYTES;
            for (int o = 0; o <= n - TILE_OUTPUTS; o += TILE_OUTPUTS) {
                GradientTiles.tile5x1(g, column + (long) o * gRowBytes, gRowBytes, dY, dYAt + (long) o * Float.BYTES,
                        dYRowBytes, x, column, g, offsets, rows);
            }
        }
        for (int o = n - n % TILE_OUTPUTS; o < n; o++) {
            single(g, (long) o * gRowBytes, x, dY, dYAt + (long) o * Float.BYTES, dYRowBytes, offsets, rows, padded);
        }
    }

    private static void single(MemorySegment g, long gAt, MemorySegment x, MemorySegment dY, long dYAt, int dYRowBytes,
            long offsets, int rows, int padded) {
        int i = 0;
        for (; i <= padded - 4 * LANES; i += 4 * LANES) {
            long column = (long) i * Float.BYTES;
            GradientTiles.tile1x4(g, gAt + column, dY, dYAt, dYRowBytes, x, column, g, offsets, rows);
        }
        for (; i < padded; i += LANES) {
            long column = (long) i * Float.BYTES;
            GradientTiles.tile1x1(g, gAt + column, dY, dYAt, dYRowBytes, x, column, g, offsets, rows);
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
