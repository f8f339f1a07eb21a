// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [ElementLossKernels].
final class ScalarElementLoss implements ElementLossKernels {
    private static final float LOWEST_LOG = -100f;
    private static final float LEAST_VARIANCE = 1e-12f;

    @Override
    public void absoluteError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float threshold,
            float divisor, float slope, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < cols; j++) {
                float d = x.getAtIndex(JAVA_FLOAT, row + j) - y.getAtIndex(JAVA_FLOAT, yRow + j);
                float a = Math.abs(d);
                boolean near = a < threshold;
                float gradient = d > 0f ? slope : d < 0f ? -slope : d;
                loss.setAtIndex(JAVA_FLOAT, row + j,
                        near ? 0.5f * a * a / divisor : slope * (a - 0.5f * threshold));
                dX.setAtIndex(JAVA_FLOAT, row + j, (near ? d / divisor : gradient) * scale);
            }
            clearPadding(loss, dX, row, cols, stride);
        }
    }

    @Override
    public void binaryCrossEntropyLogits(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int cols,
            MemorySegment posWeight, MemorySegment weight, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < cols; j++) {
                float logit = x.getAtIndex(JAVA_FLOAT, row + j);
                float target = y.getAtIndex(JAVA_FLOAT, yRow + j);
                float positive = posWeight.getAtIndex(JAVA_FLOAT, j);
                float w = weight.getAtIndex(JAVA_FLOAT, j);
                float q = 1f - target;
                float v = Math.fma(positive - 1f, target, 1f);
                float below = logit < 0f ? -logit : 0f;
                float l = ScalarMath.log1pUnit(ScalarMath.exp(-Math.abs(logit)));
                float t = positive * target;
                loss.setAtIndex(JAVA_FLOAT, row + j, Math.fma(v, l, Math.fma(v, below, q * logit)) * w);
                dX.setAtIndex(JAVA_FLOAT, row + j, Math.fma(t + q, ScalarMath.sigmoid(logit), -t) * w * scale);
            }
            clearPadding(loss, dX, row, cols, stride);
        }
    }

    @Override
    public void binaryCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, MemorySegment weight,
            float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < cols; j++) {
                float p = x.getAtIndex(JAVA_FLOAT, row + j);
                float target = y.getAtIndex(JAVA_FLOAT, yRow + j);
                float w = weight.getAtIndex(JAVA_FLOAT, j);
                float a = atLeast(LOWEST_LOG, ScalarMath.log(p));
                float b = atLeast(LOWEST_LOG, ScalarMath.logOfRest(p));
                float variance = atLeast(LEAST_VARIANCE, (1f - p) * p);
                loss.setAtIndex(JAVA_FLOAT, row + j, ((target - 1f) * b - target * a) * w);
                dX.setAtIndex(JAVA_FLOAT, row + j, (p - target) / variance * w * scale);
            }
            clearPadding(loss, dX, row, cols, stride);
        }
    }

    private static float atLeast(float least, float value) {
        return value < least ? least : value;
    }

    @Override
    public void hinge(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y, int yStride,
            MemorySegment index, long from, int first, int rows, int cols, float margin, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < cols; j++) {
                float minusY = -y.getAtIndex(JAVA_FLOAT, yRow + j);
                float z = Math.fma(minusY, x.getAtIndex(JAVA_FLOAT, row + j), margin);
                loss.setAtIndex(JAVA_FLOAT, row + j, z <= 0f ? 0f : z);
                dX.setAtIndex(JAVA_FLOAT, row + j, (z <= 0f ? 0f : minusY) * scale);
            }
            clearPadding(loss, dX, row, cols, stride);
        }
    }

    @Override
    public void hingeEmbedding(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float margin, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < cols; j++) {
                float distance = x.getAtIndex(JAVA_FLOAT, row + j);
                float target = y.getAtIndex(JAVA_FLOAT, yRow + j);
                float z = margin - distance;
                float near = target == -1f ? 0f : distance;
                float far = target == 1f || z < 0f ? 0f : z;
                float gradient = (target == -1f ? 0f : 1f) - (target != 1f && z >= 0f ? 1f : 0f);
                loss.setAtIndex(JAVA_FLOAT, row + j, near + far);
                dX.setAtIndex(JAVA_FLOAT, row + j, gradient * scale);
            }
            clearPadding(loss, dX, row, cols, stride);
        }
    }

    @Override
    public void weighRows(MemorySegment loss, int lossStride, MemorySegment dX, int stride, MemorySegment weights,
            int weightStride, MemorySegment index, long from, int first, int rows, float scale) {
        for (int r = first; r < first + rows; r++) {
            float w = weights.getAtIndex(JAVA_FLOAT, RowIndex.row(index, from, r) * weightStride);
            for (long at = (long) r * lossStride; at < (long) (r + 1) * lossStride; at++) {
                loss.setAtIndex(JAVA_FLOAT, at, loss.getAtIndex(JAVA_FLOAT, at) * w);
            }
            for (long at = (long) r * stride; at < (long) (r + 1) * stride; at++) {
                dX.setAtIndex(JAVA_FLOAT, at, dX.getAtIndex(JAVA_FLOAT, at) * w * scale);
            }
        }
    }

    @Override
    public void scaleRows(MemorySegment dX, int stride, int first, int rows, int cols, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            for (int j = 0; j < cols; j++) {
                dX.setAtIndex(JAVA_FLOAT, row + j, dX.getAtIndex(JAVA_FLOAT, row + j) * scale);
            }
            ScalarLoss.clearPadding(dX, row, cols, stride);
        }
    }

    @Override
    public void addPenalty(MemorySegment g, long gFrom, MemorySegment w, long wFrom, long n, float l1, float twoL2) {
        for (long i = 0; i < n; i++) {
            float value = w.getAtIndex(JAVA_FLOAT, wFrom + i);
            float sign = value > 0f ? l1 : value < 0f ? -l1 : value;
            g.setAtIndex(JAVA_FLOAT, gFrom + i,
                    Math.fma(twoL2, value, g.getAtIndex(JAVA_FLOAT, gFrom + i) + sign));
        }
    }

    private static void clearPadding(MemorySegment loss, MemorySegment dX, long row, int cols, int stride) {
        ScalarLoss.clearPadding(loss, row, cols, stride);
        ScalarLoss.clearPadding(dX, row, cols, stride);
    }
}
