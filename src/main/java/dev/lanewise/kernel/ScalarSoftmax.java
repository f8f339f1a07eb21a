// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [SoftmaxKernels]; it needs no scratch.
final class ScalarSoftmax implements SoftmaxKernels {
    private static final int LANES = 16;

    @Override
    public void softmax(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            float s = ScalarLoss.exponentials(y, x, row, cols, ScalarLoss.max(x, row, cols));
            for (int j = 0; j < cols; j++) {
                y.setAtIndex(JAVA_FLOAT, row + j, y.getAtIndex(JAVA_FLOAT, row + j) / s);
            }
            ScalarLoss.clearPadding(y, row, cols, stride);
        }
    }

    @Override
    public void softmaxGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            float s = dot(dY, y, row, (cols + LANES - 1) & -LANES, 0, 1);
            for (int j = 0; j < cols; j++) {
                dX.setAtIndex(JAVA_FLOAT, row + j,
                        (dY.getAtIndex(JAVA_FLOAT, row + j) - s) * y.getAtIndex(JAVA_FLOAT, row + j));
            }
            ScalarLoss.clearPadding(dX, row, cols, stride);
        }
    }

    @Override
    public void logSoftmax(MemorySegment y, MemorySegment x, MemorySegment scratch, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            float m = ScalarLoss.max(x, row, cols);
            for (int j = 0; j < cols; j++) {
                y.setAtIndex(JAVA_FLOAT, row + j, x.getAtIndex(JAVA_FLOAT, row + j) - m);
            }
            float log = ScalarMath.log(exponentialSum(y, row, cols, 0, 1));
            for (int j = 0; j < cols; j++) {
                y.setAtIndex(JAVA_FLOAT, row + j, y.getAtIndex(JAVA_FLOAT, row + j) - log);
            }
            ScalarLoss.clearPadding(y, row, cols, stride);
        }
    }

    @Override
    public void logSoftmaxGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, MemorySegment scratch,
            int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            float s = ScalarLoss.partialSum(dY, row, cols, 0, 1);
            for (int j = 0; j < cols; j++) {
                float p = ScalarMath.exp(y.getAtIndex(JAVA_FLOAT, row + j));
                dX.setAtIndex(JAVA_FLOAT, row + j, Math.fma(-p, s, dY.getAtIndex(JAVA_FLOAT, row + j)));
            }
            ScalarLoss.clearPadding(dX, row, cols, stride);
        }
    }

    /// `sum_j e^a[j]` in the order of [ScalarLoss#partialSum].
    private static float exponentialSum(MemorySegment a, long row, int n, int lane, int step) {
        if (step < LANES) {
            return exponentialSum(a, row, n, lane, 2 * step) + exponentialSum(a, row, n, lane + step, 2 * step);
        }
        float sum = 0f;
        for (int j = lane; j < n; j += LANES) {
            sum += ScalarMath.exp(a.getAtIndex(JAVA_FLOAT, row + j));
        }
        return sum;
    }

    /// `sum_j a[j] * b[j]` in the order of [ScalarLoss#partialSum], the padding of zeros included: a zero added makes of a
    /// partial sum -0.0 the sum +0.0.
    private static float dot(MemorySegment a, MemorySegment b, long row, int n, int lane, int step) {
        if (step < LANES) {
            return dot(a, b, row, n, lane, 2 * step) + dot(a, b, row, n, lane + step, 2 * step);
        }
        float sum = 0f;
        for (int j = lane; j < n; j += LANES) {
            sum = Math.fma(a.getAtIndex(JAVA_FLOAT, row + j), b.getAtIndex(JAVA_FLOAT, row + j), sum);
        }
        return sum;
    }
}
