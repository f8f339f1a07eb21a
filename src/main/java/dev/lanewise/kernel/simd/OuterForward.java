// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The forward pass in outer form, lanes over the outputs.
///
/// The weights are packed into scratch first, transposed: panels of two vectors of outputs, in each panel a row of
/// outputs for every input. Outputs beyond the last are zeros there.
final class OuterForward {
    private static final int TILE_ROWS = 5;
    private static final int PANEL = 2 * LANES;
    /// Inputs at a time: their part of a panel and five rows of x stay in L1.
    private static final int INPUTS = 256;

    private OuterForward() {
    }

    static void run(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out, MemorySegment packed) {
        int padded = Lanes.padded(out);
        pack(packed, w, wStride, in, out, padded);
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < padded; o += LANES) {
                FloatVector.fromMemorySegment(FLOATS, bias, (long) o * Float.BYTES, ORDER).intoMemorySegment(y,
                        ((long) r * yStride + o) * Float.BYTES, ORDER);
            }
        }
        for (int o = 0; o < padded; o += PANEL) {
            int width = Math.min(PANEL, padded - o);
            for (int i = 0; i < in; i += INPUTS) {
                long panel = ((long) o * in + (long) i * width) * Float.BYTES;
                panel(y, yStride, o, x, xStride, index, from, i, packed, panel, width, rows, Math.min(INPUTS, in - i));
            }
        }
        Padding.clear(y, 0, (long) yStride * Float.BYTES, 0, rows, out);
    }

    private static void pack(MemorySegment packed, MemorySegment w, int wStride, int in, int out, int padded) {
        for (int o = 0; o < padded; o += PANEL) {
            int width = Math.min(PANEL, padded - o);
            for (int lane = 0; lane < width; lane++) {
                long to = (long) o * in + lane;
                long source = (long) (o + lane) * wStride;
                for (int i = 0; i < in; i++) {
                    float value = o + lane < out ? w.get(JAVA_FLOAT_UNALIGNED, (source + i) * Float.BYTES) : 0f;
                    packed.set(JAVA_FLOAT_UNALIGNED, (to + (long) i * width) * Float.BYTES, value);
                }
            }
        }
    }

    private static void panel(MemorySegment y, int yStride, int o, MemorySegment x, int xStride, MemorySegment index,
            long from, int i, MemorySegment packed, long panel, int width, int rows, int n) {
        long yRowBytes = (long) yStride * Float.BYTES;
        long panelRowBytes = (long) width * Float.BYTES;
        int nBytes = n * Float.BYTES;
        int r = 0;
        // a single input is for the small tile: in a loop that never turns, C2 does not get rid of slices
        for (; n > 1 && r <= rows - TILE_ROWS; r += TILE_ROWS) {
            long y0 = r * yRowBytes + (long) o * Float.BYTES;
            long x0 = at(index, from, r, xStride, i);
            long x1 = at(index, from, r + 1, xStride, i);
            long x2 = at(index, from, r + 2, xStride, i);
            long x3 = at(index, from, r + 3, xStride, i);
            long x4 = at(index, from, r + 4, xStride, i);
            if (width == PANEL) {
                OuterTiles.tile5x2(y, y0, yRowBytes, x, x0, x1, x2, x3, x4, packed, panel, panelRowBytes, nBytes);
            } else {
                OuterTiles.tile5x1(y, y0, yRowBytes, x, x0, x1, x2, x3, x4, packed, panel, panelRowBytes, nBytes);
            }
        }
        for (; r < rows; r++) {
            for (long b = 0; b < panelRowBytes; b += BYTES) {
                long y0 = r * yRowBytes + (long) o * Float.BYTES + b;
                OuterTiles.tile1x1(y, y0, x, at(index, from, r, xStride, i), packed, panel + b, panelRowBytes, nBytes);
            }
        }
    }

    private static long at(MemorySegment index, long from, int r, int stride, int i) {
        return (RowIndex.row(index, from, r) * stride + i) * Float.BYTES;
    }
}
