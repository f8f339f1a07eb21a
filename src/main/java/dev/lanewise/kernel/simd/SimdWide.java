// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.MemorySegment;

/// Linear layers of many outputs with vectors.
final class SimdWide implements WideKernels {
    /// An index of no entries.
    private static final MemorySegment IN_ORDER = MemorySegment.NULL;

    @Override
    public void forward(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, MemorySegment bias, int first, int rows, int in, int out, MemorySegment scratch) {
        PanelProduct.run(y, yStride, bias, x, xStride, index, from, w, first, rows, in, out);
        clearPadding(y, yStride, first, rows, out);
    }

    @Override
    public void transpose(MemorySegment wT, MemorySegment w, int in, int out, int firstPanel, int panels) {
        for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
            Transposition.panel(wT, w, in, out, panel);
        }
    }

    @Override
    public void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment wT,
            int first, int rows, int in, int out, MemorySegment scratch) {
        Lanes.clear(scratch, Lanes.paddedBytes(in));
        PanelProduct.run(dX, dXStride, scratch, dY, dYStride, IN_ORDER, 0, wT, first, rows, out, in);
        clearPadding(dX, dXStride, first, rows, in);
    }

    /// Sets what stands behind `cols` floats of a row to +0.0: the product of padding with an infinity or NaN is NaN.
    private static void clearPadding(MemorySegment c, int stride, int first, int rows, int cols) {
        long rowBytes = (long) stride * Float.BYTES;
        Padding.clear(c, 0, rowBytes, first, first + rows, cols);
        long end = Lanes.paddedBytes(cols);
        for (int r = first; r < first + rows && end < rowBytes; r++) {
            c.asSlice(r * rowBytes + end, rowBytes - end).fill((byte) 0);
        }
    }

    @Override
    public void packGradient(MemorySegment packed, MemorySegment dY, int dYStride, int first, int n, int rows,
            int out) {
        PanelGradient.pack(packed, dY, dYStride, first, n, rows, out);
    }

    @Override
    public void weightGradient(GradientSink sink, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment packed, int rows, int firstIn, int ins, int in, int out, MemorySegment scratch) {
        PanelGradient.run(sink, x, xStride, index, from, packed, rows, firstIn, ins, in, out, scratch);
    }
}
