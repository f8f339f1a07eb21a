// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.LANES;

import java.lang.foreign.MemorySegment;

/// The activation gradient in outer form, lanes over the inputs; rows of the weights are read as they are.
final class InputGradient {
    private static final int TILE_ROWS = 5;

    private InputGradient() {
    }

    static void run(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w, int wStride,
            int rows, int in, int out) {
        int padded = Lanes.padded(in);
        int wRowBytes = wStride * Float.BYTES;
        Lanes.clear(dX, (long) rows * dXStride * Float.BYTES);
        int i = 0;
        for (; i <= padded - 2 * LANES; i += 2 * LANES) {
            columns2(dX, dXStride, dY, dYStride, w, wRowBytes, rows, i, out);
        }
        for (; i < padded; i += LANES) {
            columns1(dX, dXStride, dY, dYStride, w, wRowBytes, rows, i, out);
        }
        Padding.clear(dX, (long) dXStride * Float.BYTES, 0, rows, in);
    }

    private static void columns2(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w,
            int wRowBytes, int rows, int i, int out) {
        int dYRowBytes = dYStride * Float.BYTES;
        int r = 0;
        for (; r <= rows - TILE_ROWS; r += TILE_ROWS) {
            long a = (long) r * dYRowBytes;
            OuterTiles.tile5x2(dX, ((long) r * dXStride + i) * Float.BYTES, dXStride * Float.BYTES, dY, a,
                    a + dYRowBytes, a + 2L * dYRowBytes, a + 3L * dYRowBytes, a + 4L * dYRowBytes, w,
                    (long) i * Float.BYTES, wRowBytes, out);
        }
        for (; r < rows; r++) {
            OuterTiles.tile1x2(dX, ((long) r * dXStride + i) * Float.BYTES, dY, (long) r * dYRowBytes, w,
                    (long) i * Float.BYTES, wRowBytes, out);
        }
    }

    private static void columns1(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w,
            int wRowBytes, int rows, int i, int out) {
        int dYRowBytes = dYStride * Float.BYTES;
        int r = 0;
        for (; r <= rows - TILE_ROWS; r += TILE_ROWS) {
            long a = (long) r * dYRowBytes;
            OuterTiles.tile5x1(dX, ((long) r * dXStride + i) * Float.BYTES, dXStride * Float.BYTES, dY, a,
                    a + dYRowBytes, a + 2L * dYRowBytes, a + 3L * dYRowBytes, a + 4L * dYRowBytes, w,
                    (long) i * Float.BYTES, wRowBytes, out);
        }
        for (; r < rows; r++) {
            OuterTiles.tile1x1(dX, ((long) r * dXStride + i) * Float.BYTES, dY, (long) r * dYRowBytes, w,
                    (long) i * Float.BYTES, wRowBytes, out);
        }
    }
}
