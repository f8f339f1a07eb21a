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
        int padded = (in + LANES - 1) & -LANES;
        for (int i = 0; i < padded; i++) {
            g.setAtIndex(JAVA_FLOAT, i, 0f);
        }
        double sum = 0;
        float biasSum = 0f;
        for (int r = first; r < first + rows; r++) {
            long row = RowIndex.row(xIndex, xFrom, r) * xStride;
            float output = ScalarNarrow.dot(x, row, w, 0, padded) + bias.getAtIndex(JAVA_FLOAT, 0);
            float d = output - t.getAtIndex(JAVA_FLOAT, RowIndex.row(tIndex, tFrom, r) * tStride);
            float loss = factor * d * d;
            float k = 2 * factor * d * scale;
            y.setAtIndex(JAVA_FLOAT, (long) r * yStride, output);
            losses.setAtIndex(JAVA_FLOAT, r, loss);
            sum += loss;
            biasSum += k;
            for (int i = 0; i < in; i++) {
                g.setAtIndex(JAVA_FLOAT, i,
                        Math.fma(k, x.getAtIndex(JAVA_FLOAT, row + i), g.getAtIndex(JAVA_FLOAT, i)));
            }
        }
        gBias.setAtIndex(JAVA_FLOAT, 0, biasSum);
        return sum;
    }
}
