// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.NarrowKernels;

import java.lang.foreign.MemorySegment;

/// Linear layers of few outputs in lanes: each operation and the class that does it.
final class SimdNarrow implements NarrowKernels {
    @Override
    public void forward(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int first, int rows, int in, int out,
            MemorySegment scratch) {
        NarrowForward.run(y, yStride, x, xStride, index, from, w, wStride, bias, first, first + rows, in, out, scratch);
    }

    @Override
    public void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w,
            int wStride, int first, int rows, int in, int out) {
        NarrowInputGradient.run(dX, dXStride, dY, dYStride, w, wStride, first, first + rows, in, out);
    }

    @Override
    public void weightGradient(MemorySegment g, int gStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int first, int rows, int firstIn, int ins, int out,
            boolean more, MemorySegment scratch) {
        NarrowWeightGradient.run(g, gStride, x, xStride, index, from, dY, dYStride, first, first + rows, firstIn, ins,
                out, more, scratch);
    }
}
