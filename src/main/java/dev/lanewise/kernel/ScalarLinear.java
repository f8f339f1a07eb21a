// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [LinearKernels].
final class ScalarLinear implements LinearKernels {
    private static final int LANES = 16;

    @Override
    public void forwardDot(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out, MemorySegment scratch) {
        int padded = (in + LANES - 1) & -LANES;
        for (int r = 0; r < rows; r++) {
            long xRow = RowIndex.row(index, from, r) * xStride;
            for (int o = 0; o < out; o++) {
                float sum = partialSum(x, xRow, w, (long) o * wStride, padded, 0, 1);
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + o, sum + bias.getAtIndex(JAVA_FLOAT, o));
            }
        }
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
    public void forwardOuter(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out,
            MemorySegment scratch) {
        for (int r = 0; r < rows; r++) {
            long xRow = RowIndex.row(index, from, r) * xStride;
            for (int o = 0; o < out; o++) {
                float sum = bias.getAtIndex(JAVA_FLOAT, o);
                for (int i = 0; i < in; i++) {
                    sum = Math.fma(x.getAtIndex(JAVA_FLOAT, xRow + i),
                            w.getAtIndex(JAVA_FLOAT, (long) o * wStride + i), sum);
                }
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + o, sum);
            }
        }
    }

    @Override
    public void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w,
            int wStride, int rows, int in, int out) {
        for (int r = 0; r < rows; r++) {
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
    public void weightGradient(MemorySegment dW, int dWStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                dW.setAtIndex(JAVA_FLOAT, (long) o * dWStride + i,
                        weightGradient(x, xStride, index, from, dY, dYStride, rows, o, i));
            }
        }
    }

    @Override
    public void weightGradientAdd(MemorySegment dW, int dWStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                long at = (long) o * dWStride + i;
                float g = weightGradient(x, xStride, index, from, dY, dYStride, rows, o, i);
                dW.setAtIndex(JAVA_FLOAT, at, dW.getAtIndex(JAVA_FLOAT, at) + g);
            }
        }
    }

    @Override
    public void weightSgdStep(MemorySegment w, int wStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, float lr, MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                long at = (long) o * wStride + i;
                float g = weightGradient(x, xStride, index, from, dY, dYStride, rows, o, i);
                w.setAtIndex(JAVA_FLOAT, at, Math.fma(-lr, g, w.getAtIndex(JAVA_FLOAT, at)));
            }
        }
    }

    private static float weightGradient(MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment dY, int dYStride, int rows, int o, int i) {
        float sum = 0f;
        for (int block = 0; block < rows; block += BLOCK_ROWS) {
            float g = 0f;
            for (int r = block; r < Math.min(block + BLOCK_ROWS, rows); r++) {
                g = Math.fma(dY.getAtIndex(JAVA_FLOAT, (long) r * dYStride + o),
                        x.getAtIndex(JAVA_FLOAT, RowIndex.row(index, from, r) * xStride + i), g);
            }
            sum = block == 0 ? g : sum + g;
        }
        return sum;
    }

    @Override
    public void biasGradient(MemorySegment dBias, MemorySegment dY, int dYStride, int rows, int out,
            MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            dBias.setAtIndex(JAVA_FLOAT, o, biasGradient(dY, dYStride, rows, o));
        }
    }

    @Override
    public void biasGradientAdd(MemorySegment dBias, MemorySegment dY, int dYStride, int rows, int out,
            MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            dBias.setAtIndex(JAVA_FLOAT, o,
                    dBias.getAtIndex(JAVA_FLOAT, o) + biasGradient(dY, dYStride, rows, o));
        }
    }

    @Override
    public void biasSgdStep(MemorySegment bias, MemorySegment dY, int dYStride, int rows, int out, float lr,
            MemorySegment scratch) {
        for (int o = 0; o < out; o++) {
            bias.setAtIndex(JAVA_FLOAT, o,
                    Math.fma(-lr, biasGradient(dY, dYStride, rows, o), bias.getAtIndex(JAVA_FLOAT, o)));
        }
    }

    private static float biasGradient(MemorySegment dY, int dYStride, int rows, int o) {
        float sum = 0f;
        for (int block = 0; block < rows; block += BLOCK_ROWS) {
            float g = 0f;
            for (int r = block; r < Math.min(block + BLOCK_ROWS, rows); r++) {
                g += dY.getAtIndex(JAVA_FLOAT, (long) r * dYStride + o);
            }
            sum = block == 0 ? g : sum + g;
        }
        return sum;
    }
}
