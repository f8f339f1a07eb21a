// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [LossKernels].
final class ScalarLoss implements LossKernels {
    private static final int LANES = 16;

    private final ScalarSoftmax softmax = new ScalarSoftmax();

    @Override
    public void softmaxCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            int label = labels.getAtIndex(JAVA_INT, RowIndex.row(index, from, r));
            float m = max(x, row, classes);
            float shiftedLabel = x.getAtIndex(JAVA_FLOAT, row + label) - m;
            float s = exponentials(dX, x, row, classes, m);
            loss.setAtIndex(JAVA_FLOAT, r, ScalarMath.log(s) - shiftedLabel);
            for (int j = 0; j < classes; j++) {
                float p = dX.getAtIndex(JAVA_FLOAT, row + j) / s;
                dX.setAtIndex(JAVA_FLOAT, row + j, (p - (j == label ? 1f : 0f)) * scale);
            }
            clearPadding(dX, row, classes, stride);
        }
    }

    @Override
    public void softmaxCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int classes,
            float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            float m = max(x, row, classes);
            float s = exponentials(dX, x, row, classes, m);
            float t = partialSum(y, yRow, classes, 0, 1);
            loss.setAtIndex(JAVA_FLOAT, r,
                    crossEntropy(x, row, y, yRow, padded(classes), m, ScalarMath.log(s), 0, 1));
            for (int j = 0; j < classes; j++) {
                float p = dX.getAtIndex(JAVA_FLOAT, row + j) / s;
                dX.setAtIndex(JAVA_FLOAT, row + j, Math.fma(p, t, -y.getAtIndex(JAVA_FLOAT, yRow + j)) * scale);
            }
            clearPadding(dX, row, classes, stride);
        }
    }

    @Override
    public void squaredError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float factor, float scale) {
        float slope = 2f * factor;
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < cols; j++) {
                float d = x.getAtIndex(JAVA_FLOAT, row + j) - y.getAtIndex(JAVA_FLOAT, yRow + j);
                loss.setAtIndex(JAVA_FLOAT, row + j, factor * d * d);
                dX.setAtIndex(JAVA_FLOAT, row + j, slope * d * scale);
            }
            clearPadding(loss, row, cols, stride);
            clearPadding(dX, row, cols, stride);
        }
    }

    @Override
    public void softmax(MemorySegment p, MemorySegment x, int stride, int rows, int classes) {
        softmax.softmax(p, x, stride, 0, rows, classes);
    }

    @Override
    public long countCorrect(MemorySegment x, int stride, MemorySegment labels, MemorySegment index, long from,
            int first, int rows, int classes) {
        long right = 0;
        for (int r = first; r < first + rows; r++) {
            if (argmax(x, (long) r * stride, classes) == labels.getAtIndex(JAVA_INT, RowIndex.row(index, from, r))) {
                right++;
            }
        }
        return right;
    }

    private static int argmax(MemorySegment x, long row, int n) {
        int best = 0;
        float largest = x.getAtIndex(JAVA_FLOAT, row);
        for (int j = 1; j < n; j++) {
            float value = x.getAtIndex(JAVA_FLOAT, row + j);
            if (value > largest || (Float.isNaN(value) && !Float.isNaN(largest))) {
                best = j;
                largest = value;
            }
        }
        return best;
    }

    static float max(MemorySegment x, long row, int n) {
        float m = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            m = Math.max(m, x.getAtIndex(JAVA_FLOAT, row + j));
        }
        return m;
    }

    /// Writes `e[j] = exp(x[j] - m)` and returns their sum.
    static float exponentials(MemorySegment e, MemorySegment x, long row, int n, float m) {
        for (int j = 0; j < n; j++) {
            e.setAtIndex(JAVA_FLOAT, row + j, ScalarMath.exp(x.getAtIndex(JAVA_FLOAT, row + j) - m));
        }
        return partialSum(e, row, n, 0, 1);
    }

    /// The sums of the lanes `lane, lane + step, ...`, folded: lanes 8 apart first, then 4, 2, 1.
    static float partialSum(MemorySegment a, long row, int n, int lane, int step) {
        if (step < LANES) {
            return partialSum(a, row, n, lane, 2 * step) + partialSum(a, row, n, lane + step, 2 * step);
        }
        float sum = 0f;
        for (int j = lane; j < n; j += LANES) {
            sum += a.getAtIndex(JAVA_FLOAT, row + j);
        }
        return sum;
    }

    /// `sum_j y[j] * (logS - (x[j] - m))` in the order of [#partialSum], the padding of zeros included: a zero added
    /// makes of a partial sum -0.0 the sum +0.0, and the vectors cannot help adding it.
    static float crossEntropy(MemorySegment x, long row, MemorySegment y, long yRow, int n, float m,
            float logS, int lane, int step) {
        if (step < LANES) {
            return crossEntropy(x, row, y, yRow, n, m, logS, lane, 2 * step)
                    + crossEntropy(x, row, y, yRow, n, m, logS, lane + step, 2 * step);
        }
        float sum = 0f;
        for (int j = lane; j < n; j += LANES) {
            float minusLogP = logS - (x.getAtIndex(JAVA_FLOAT, row + j) - m);
            sum = Math.fma(y.getAtIndex(JAVA_FLOAT, yRow + j), minusLogP, sum);
        }
        return sum;
    }

    /// `cols` rounded up to whole blocks.
    static int padded(int cols) {
        return (cols + LANES - 1) & -LANES;
    }

    static void clearPadding(MemorySegment a, long row, int cols, int stride) {
        for (int j = cols; j < stride; j++) {
            a.setAtIndex(JAVA_FLOAT, row + j, 0f);
        }
    }
}
