// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.RegressionKernels;
import java.lang.foreign.MemorySegment;

/// Linear regression in lanes over the columns, or in floats if there are two at most.
final class SimdRegression implements RegressionKernels {
    @Override
    public double squaredError(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, MemorySegment scratch) {
        long yRowBytes = (long) yStride * Float.BYTES;
        long xRowBytes = (long) xStride * Float.BYTES;
        long tRowBytes = (long) tStride * Float.BYTES;
        if (in <= RegressionPair.INPUTS) {
            return RegressionPair.run(y, yRowBytes, losses, x, xRowBytes, xIndex, xFrom, t, tRowBytes, tIndex, tFrom,
                    w, bias, g, gBias, first, first + rows, in, factor, scale);
        }
        if (in <= Lanes.BLOCK) {
            return RegressionBlock.run(y, yRowBytes, losses, x, xRowBytes, xIndex, xFrom, t, tRowBytes, tIndex, tFrom,
                    w, bias, g, gBias, first, first + rows, in, factor, scale);
        }
        return RegressionRows.run(y, yRowBytes, losses, x, xRowBytes, xIndex, xFrom, t, tRowBytes, tIndex, tFrom, w,
                bias, g, gBias, first, first + rows, in, factor, scale, scratch);
    }
}
