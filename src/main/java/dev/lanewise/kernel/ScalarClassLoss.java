// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [ClassLossKernels].
final class ScalarClassLoss implements ClassLossKernels {
    @Override
    public void weightedCrossEntropy(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, MemorySegment smooth, float hard, int ignore, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            int label = labels.getAtIndex(JAVA_INT, RowIndex.row(index, from, r));
            if (label == ignore) {
                loss.setAtIndex(JAVA_FLOAT, (long) r * lossStride, 0f);
                ScalarLoss.clearPadding(dX, row, 0, stride);
                continue;
            }
            float m = ScalarLoss.max(x, row, classes);
            float s = ScalarLoss.exponentials(dX, x, row, classes, m);
            float w = weights.getAtIndex(JAVA_FLOAT, label);
            float l = ScalarMath.log(s) - (x.getAtIndex(JAVA_FLOAT, row + label) - m);
            if (smooth.byteSize() == 0) {
                loss.setAtIndex(JAVA_FLOAT, (long) r * lossStride, w * l);
                for (int j = 0; j < classes; j++) {
                    float p = dX.getAtIndex(JAVA_FLOAT, row + j) / s;
                    dX.setAtIndex(JAVA_FLOAT, row + j, (p - (j == label ? 1f : 0f)) * w * scale);
                }
            } else {
                float h = hard * w;
                float t = h + ScalarLoss.partialSum(smooth, 0, classes, 0, 1);
                float rest = ScalarLoss.crossEntropy(x, row, smooth, 0, ScalarLoss.padded(classes), m,
                        ScalarMath.log(s), 0, 1);
                loss.setAtIndex(JAVA_FLOAT, (long) r * lossStride, Math.fma(h, l, rest));
                for (int j = 0; j < classes; j++) {
                    float p = dX.getAtIndex(JAVA_FLOAT, row + j) / s;
                    float target = smooth.getAtIndex(JAVA_FLOAT, j) + (j == label ? h : 0f);
                    dX.setAtIndex(JAVA_FLOAT, row + j, Math.fma(p, t, -target) * scale);
                }
            }
            ScalarLoss.clearPadding(dX, row, classes, stride);
        }
    }

    @Override
    public void weightedCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment keep, MemorySegment smooth, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < classes; j++) {
                loss.setAtIndex(JAVA_FLOAT, row + j, Math.fma(y.getAtIndex(JAVA_FLOAT, yRow + j),
                        keep.getAtIndex(JAVA_FLOAT, j), smooth.getAtIndex(JAVA_FLOAT, j)));
            }
            ScalarLoss.clearPadding(loss, row, classes, stride);
            float m = ScalarLoss.max(x, row, classes);
            float s = ScalarLoss.exponentials(dX, x, row, classes, m);
            float t = ScalarLoss.partialSum(loss, row, classes, 0, 1);
            for (int j = 0; j < classes; j++) {
                float p = dX.getAtIndex(JAVA_FLOAT, row + j) / s;
                dX.setAtIndex(JAVA_FLOAT, row + j, Math.fma(p, t, -loss.getAtIndex(JAVA_FLOAT, row + j)) * scale);
            }
            float sum = ScalarLoss.crossEntropy(x, row, loss, row, ScalarLoss.padded(classes), m, ScalarMath.log(s), 0,
                    1);
            ScalarLoss.clearPadding(loss, row, 0, stride);
            loss.setAtIndex(JAVA_FLOAT, row, sum);
            ScalarLoss.clearPadding(dX, row, classes, stride);
        }
    }

    @Override
    public void negativeLogLikelihood(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x,
            int stride, MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, int ignore, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            int label = labels.getAtIndex(JAVA_INT, RowIndex.row(index, from, r));
            ScalarLoss.clearPadding(dX, row, 0, stride);
            float l = 0f;
            if (label != ignore) {
                float w = weights.getAtIndex(JAVA_FLOAT, label);
                l = -x.getAtIndex(JAVA_FLOAT, row + label) * w;
                dX.setAtIndex(JAVA_FLOAT, row + label, -w * scale);
            }
            loss.setAtIndex(JAVA_FLOAT, (long) r * lossStride, l);
        }
    }

    @Override
    public void multiMargin(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, float margin, boolean squared, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            int label = labels.getAtIndex(JAVA_INT, RowIndex.row(index, from, r));
            float base = margin - x.getAtIndex(JAVA_FLOAT, row + label);
            float v = weights.getAtIndex(JAVA_FLOAT, label) / classes;
            for (int j = 0; j < classes; j++) {
                float z = base + x.getAtIndex(JAVA_FLOAT, row + j);
                float h = j == label || z <= 0f ? 0f : squared ? z * z : z;
                dX.setAtIndex(JAVA_FLOAT, row + j, h);
            }
            loss.setAtIndex(JAVA_FLOAT, (long) r * lossStride, ScalarLoss.partialSum(dX, row, classes, 0, 1) * v);
            for (int j = 0; j < classes; j++) {
                float z = base + x.getAtIndex(JAVA_FLOAT, row + j);
                dX.setAtIndex(JAVA_FLOAT, row + j, j == label || z <= 0f ? 0f : squared ? 2f * v * z : v);
            }
            float others = ScalarLoss.partialSum(dX, row, classes, 0, 1);
            for (int j = 0; j < classes; j++) {
                float g = j == label ? -others : dX.getAtIndex(JAVA_FLOAT, row + j);
                dX.setAtIndex(JAVA_FLOAT, row + j, g * scale);
            }
            ScalarLoss.clearPadding(dX, row, classes, stride);
        }
    }
}
