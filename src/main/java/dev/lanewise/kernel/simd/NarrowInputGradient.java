// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;

import java.lang.foreign.MemorySegment;

/// The activation gradient in outer form, lanes over the inputs; rows of the weights are read as they are.
final class NarrowInputGradient {
    private static final int TILE_ROWS = 5;

    private NarrowInputGradient() {
    }

    static void run(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w, int wStride,
            int first, int last, int in, int out) {
        long rowBytes = Lanes.paddedBytes(in);
        long dXRowBytes = (long) dXStride * Float.BYTES;
        long dYRowBytes = (long) dYStride * Float.BYTES;
        long wRowBytes = (long) wStride * Float.BYTES;
        int nBytes = out * Float.BYTES;
        Lanes.clear(dX, first * dXRowBytes, (last - first) * dXRowBytes);
        int r = first;
        // a single output is for the small tile: in a loop that never turns, C2 does not get rid of slices
        for (; out > 1 && r <= last - TILE_ROWS; r += TILE_ROWS) {
            long a = r * dYRowBytes;
            long to = r * dXRowBytes;
            long b = 0;
            for (; b <= rowBytes - 2 * BYTES; b += 2 * BYTES) {
                OuterTiles.tile5x2(dX, to + b, dXRowBytes, dY, a, a + dYRowBytes, a + 2 * dYRowBytes,
                        a + 3 * dYRowBytes, a + 4 * dYRowBytes, w, b, wRowBytes, nBytes);
            }
            if (b < rowBytes) {
                OuterTiles.tile5x1(dX, to + b, dXRowBytes, dY, a, a + dYRowBytes, a + 2 * dYRowBytes,
                        a + 3 * dYRowBytes, a + 4 * dYRowBytes, w, b, wRowBytes, nBytes);
            }
        }
        for (; r < last; r++) {
            for (long b = 0; b < rowBytes; b += BYTES) {
                OuterTiles.tile1x1(dX, r * dXRowBytes + b, dY, r * dYRowBytes, w, b, wRowBytes, nBytes);
            }
        }
        Padding.clear(dX, 0, dXRowBytes, first, last, in);
    }
}
