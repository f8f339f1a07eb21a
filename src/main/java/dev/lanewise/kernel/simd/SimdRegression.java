// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.RegressionKernels;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.MemorySegment;

/// Linear regression in lanes over the columns, or in floats if there are two at most.
final class SimdRegression implements RegressionKernels {
    @Override
    public double squaredError(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, MemorySegment scratch) {
        if (in <= RegressionPair.INPUTS) {
            return pair(y, yStride, losses, x, xStride, xIndex, xFrom, t, tStride, tIndex, tFrom, w, bias, g, gBias,
                    first, rows, in, factor, scale, Float.NaN, Float.NaN);
        }
        long yRowBytes = (long) yStride * Float.BYTES;
        long xRowBytes = (long) xStride * Float.BYTES;
        long tRowBytes = (long) tStride * Float.BYTES;
        if (in <= Lanes.BLOCK) {
            return RegressionBlock.run(y, yRowBytes, losses, x, xRowBytes, xIndex, xFrom, t, tRowBytes, tIndex, tFrom,
                    w, bias, g, gBias, first, first + rows, in, factor, scale);
        }
        return RegressionRows.run(y, yRowBytes, losses, x, xRowBytes, xIndex, xFrom, t, tRowBytes, tIndex, tFrom, w,
                bias, g, gBias, first, first + rows, in, factor, scale, scratch);
    }

    @Override
    public void errors(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, int first, int rows, int in, float factor, float scale,
            MemorySegment scratch) {
        RegressionRows.locate(scratch, (long) xStride * Float.BYTES, xIndex, xFrom, (long) tStride * Float.BYTES,
                tIndex, tFrom, first, rows);
        RegressionRows.outputs(scratch, rows, x, w, (int) Lanes.paddedBytes(in), bias, t);
        // sums that nobody needs, behind the records and begun from anything; a slice would be an object
        RegressionRows.losses(0, y, (long) yStride * Float.BYTES, losses, first, rows, scratch,
                (long) PIECE_ROWS * RegressionTiles.RECORD, factor, scale, scratch);
    }

    @Override
    public double addErrors(double before, MemorySegment losses, MemorySegment gBias, int first, int rows,
            MemorySegment scratch) {
        return RegressionRows.addErrors(before, losses, gBias, first, rows, scratch);
    }

    @Override
    public void addGradient(MemorySegment x, int xStride, MemorySegment xIndex, long xFrom, MemorySegment g, int first,
            int rows, int firstIn, int ins, MemorySegment scratch) {
        int begin = firstIn * Float.BYTES;
        int end = begin + (int) Lanes.paddedBytes(ins);
        if (first % WideKernels.BLOCK_ROWS == 0) {
            Lanes.clear(g, begin, end - begin);
        }
        RegressionRows.gradient(g, scratch, rows * RegressionTiles.RECORD, x, begin, end);
        Padding.clear(g, begin, 0, 0, 1, ins);
    }

    @Override
    public double squaredErrorDescent(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, MemorySegment scratch, float rate, float biasRate) {
        if (in <= RegressionPair.INPUTS) {
            return pair(y, yStride, losses, x, xStride, xIndex, xFrom, t, tStride, tIndex, tFrom, w, bias, g, gBias,
                    first, rows, in, factor, scale, rate, biasRate);
        }
        return RegressionKernels.super.squaredErrorDescent(y, yStride, losses, x, xStride, xIndex, xFrom, t, tStride,
                tIndex, tFrom, w, bias, g, gBias, first, rows, in, factor, scale, scratch, rate, biasRate);
    }

    private static double pair(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, float rate, float biasRate) {
        if (xIndex.byteSize() == 0 && tIndex.byteSize() == 0 && xStride == Lanes.BLOCK
                && tStride == 1 && yStride == Lanes.BLOCK) {
            return RegressionPair.inOrder(y, losses, x, xFrom, t, tFrom, w, bias, g, gBias, first, first + rows, in,
                    factor, scale, rate, biasRate);
        }
        return RegressionPair.byIndex(y, (long) yStride * Float.BYTES, losses, x, (long) xStride * Float.BYTES, xIndex,
                xFrom, t, (long) tStride * Float.BYTES, tIndex,
                tFrom, w, bias, g, gBias, first, first + rows, in, factor, scale, rate, biasRate);
    }

    @Override
    public void descend(MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int in, float rate,
            float biasRate) {
        if (in <= RegressionPair.INPUTS) {
            RegressionPair.descend(w, bias, g, gBias, in, rate, biasRate);
        } else {
            Kernels.ELEMENT.sgdStep(w, 0, g, 0, Lanes.padded(in), rate);
            Kernels.ELEMENT.sgdStep(bias, 0, gBias, 0, Lanes.BLOCK, biasRate);
        }
    }
}
