// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [RegressionKernels].
final class ScalarRegression implements RegressionKernels {
    private static final int LANES = 16;

    @Override
    public double squaredError(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int rows, int in,
            float factor, float scale, MemorySegment scratch) {
        double sum = 0;
        for (int r = first; r < first + rows; r += PIECE_ROWS) {
            int n = Math.min(PIECE_ROWS, first + rows - r);
            errors(y, yStride, losses, x, xStride, xIndex, xFrom, t, tStride, tIndex, tFrom, w, bias, r, n, in, factor,
                    scale, scratch);
            sum = addErrors(r == first, sum, losses, gBias, r, n, scratch);
            addGradient(r == first, x, xStride, xIndex, xFrom, g, r, n, 0, in, scratch);
        }
        return sum;
    }

    /// Leaves the factors of the rows in `scratch`.
    @Override
    public void errors(MemorySegment y, int yStride, MemorySegment losses, MemorySegment x, int xStride,
            MemorySegment xIndex, long xFrom, MemorySegment t, int tStride, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, int first, int rows, int in, float factor, float scale,
            MemorySegment scratch) {
        for (int r = first; r < first + rows; r++) {
            long row = RowIndex.row(xIndex, xFrom, r) * xStride;
            float output = ScalarNarrow.dot(x, row, w, 0, padded(in)) + bias.getAtIndex(JAVA_FLOAT, 0);
            float d = output - t.getAtIndex(JAVA_FLOAT, RowIndex.row(tIndex, tFrom, r) * tStride);
            y.setAtIndex(JAVA_FLOAT, (long) r * yStride, output);
            losses.setAtIndex(JAVA_FLOAT, r, factor * d * d);
            scratch.setAtIndex(JAVA_FLOAT, r - first, 2 * factor * d * scale);
        }
    }

    @Override
    public double addErrors(double before, MemorySegment losses, MemorySegment gBias, int first, int rows,
            MemorySegment scratch) {
        return addErrors(first % WideKernels.BLOCK_ROWS == 0, before, losses, gBias, first, rows, scratch);
    }

    private static double addErrors(boolean begin, double before, MemorySegment losses, MemorySegment gBias, int first,
            int rows, MemorySegment scratch) {
        double sum = begin ? 0 : before;
        float biasSum = begin ? 0f : gBias.getAtIndex(JAVA_FLOAT, 0);
        for (int r = first; r < first + rows; r++) {
            sum += losses.getAtIndex(JAVA_FLOAT, r);
            biasSum += scratch.getAtIndex(JAVA_FLOAT, r - first);
        }
        gBias.setAtIndex(JAVA_FLOAT, 0, biasSum);
        return sum;
    }

    @Override
    public void addGradient(MemorySegment x, int xStride, MemorySegment xIndex, long xFrom, MemorySegment g, int first,
            int rows, int firstIn, int ins, MemorySegment scratch) {
        addGradient(first % WideKernels.BLOCK_ROWS == 0, x, xStride, xIndex, xFrom, g, first, rows, firstIn, ins,
                scratch);
    }

    private static void addGradient(boolean begin, MemorySegment x, int xStride, MemorySegment xIndex, long xFrom,
            MemorySegment g, int first, int rows, int firstIn, int ins, MemorySegment scratch) {
        for (int i = firstIn; i < firstIn + padded(ins); i++) {
            g.setAtIndex(JAVA_FLOAT, i, begin || i >= firstIn + ins ? 0f : g.getAtIndex(JAVA_FLOAT, i));
        }
        for (int r = first; r < first + rows; r++) {
            long row = RowIndex.row(xIndex, xFrom, r) * xStride;
            float k = scratch.getAtIndex(JAVA_FLOAT, r - first);
            for (int i = firstIn; i < firstIn + ins; i++) {
                g.setAtIndex(JAVA_FLOAT, i,
                        Math.fma(k, x.getAtIndex(JAVA_FLOAT, row + i), g.getAtIndex(JAVA_FLOAT, i)));
            }
        }
    }

    private static int padded(int in) {
        return (in + LANES - 1) & -LANES;
    }

    @Override
    public void descend(MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int in, float rate,
            float biasRate) {
        for (int i = 0; i < in; i++) {
            w.setAtIndex(JAVA_FLOAT, i, Math.fma(-rate, g.getAtIndex(JAVA_FLOAT, i), w.getAtIndex(JAVA_FLOAT, i)));
        }
        bias.setAtIndex(JAVA_FLOAT, 0,
                Math.fma(-biasRate, gBias.getAtIndex(JAVA_FLOAT, 0), bias.getAtIndex(JAVA_FLOAT, 0)));
    }
}
