// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [NarrowKernels].
final class ScalarNarrow implements NarrowKernels {
    private static final int LANES = 16;

    @Override
    public void forward(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int first, int rows, int in, int out,
            MemorySegment scratch) {
        int padded = (in + LANES - 1) & -LANES;
        for (int r = first; r < first + rows; r++) {
            long xRow = RowIndex.row(index, from, r) * xStride;
            for (int o = 0; o < out; o++) {
                float sum = dot(x, xRow, w, (long) o * wStride, padded);
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + o, sum + bias.getAtIndex(JAVA_FLOAT, o));
            }
            for (int o = out; o < yStride; o++) {
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + o, 0f);
            }
        }
    }

    /// The dot form of `n` floats, whole blocks.
    static float dot(MemorySegment x, long x0, MemorySegment w, long w0, int n) {
        return partialSum(x, x0, w, w0, n, 0, 1);
    }

    /// The partial sums of the lanes `lane, lane + step, lane + 2 step, ...`, folded: the lanes 8 apart are added last
    /// in this recursion and so first in time, then those 4, 2, 1 apart.
    private static float partialSum(MemorySegment x, long x0, MemorySegment w, long w0, int n, int lane, int step) {
        if (step < LANES) {
            return partialSum(x, x0, w, w0, n, lane, 2 * step) + partialSum(x, x0, w, w0, n, lane + step, 2 * step);
        }
        float sum = 0f;
        for (int i = lane; i < n; i += LANES) {
            sum = Math.fma(x.getAtIndex(JAVA_FLOAT, x0 + i), w.getAtIndex(JAVA_FLOAT, w0 + i), sum);
        }
        return sum;
    }

    @Override
    public void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w,
            int wStride, int first, int rows, int in, int out) {
        for (int r = first; r < first + rows; r++) {
            for (int i = 0; i < in; i++) {
                float sum = 0f;
                for (int o = 0; o < out; o++) {
                    sum = Math.fma(dY.getAtIndex(JAVA_FLOAT, (long) r * dYStride + o),
                            w.getAtIndex(JAVA_FLOAT, (long) o * wStride + i), sum);
                }
                dX.setAtIndex(JAVA_FLOAT, (long) r * dXStride + i, sum);
            }
        }
    }

    @Override
    public void weightGradient(MemorySegment g, int gStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int first, int rows, int firstIn, int ins, int out,
            boolean more, MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            for (int i = firstIn; i < firstIn + ins; i++) {
                long at = (long) o * gStride + i;
                float sum = more ? g.getAtIndex(JAVA_FLOAT, at) : 0f;
                for (int r = first; r < first + rows; r++) {
                    sum = Math.fma(dY.getAtIndex(JAVA_FLOAT, (long) r * dYStride + o),
                            x.getAtIndex(JAVA_FLOAT, RowIndex.row(index, from, r) * xStride + i), sum);
                }
                g.setAtIndex(JAVA_FLOAT, at, sum);
            }
        }
    }
}
