// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.lanewise.kernel.ClassLossKernels;
import dev.lanewise.kernel.RowIndex;
import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;

/// Losses by class in lanes over the columns, row by row: what the plain cross-entropy gains from chunks of rows is
/// little beside the options that these have.
final class SimdClassLoss implements ClassLossKernels {
    @Override
    public void weightedCrossEntropy(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, MemorySegment smooth, float hard, int ignore, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !weights.isNative() || !smooth.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        float smoothSum = smooth.byteSize() == 0 ? 0f : SoftmaxRow.sum(smooth, 0, rowBytes);
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            long at = (long) r * lossStride * Float.BYTES;
            int label = label(labels, index, from, r);
            if (label == ignore) {
                loss.set(JAVA_FLOAT_UNALIGNED, at, 0f);
                Lanes.clear(dX, row, rowBytes);
                continue;
            }
            long target = row + (long) label * Float.BYTES;
            float w = weights.get(JAVA_FLOAT_UNALIGNED, (long) label * Float.BYTES);
            float m = SoftmaxRow.exponentials(dX, row, x, row, rowBytes, classes);
            float s = SoftmaxRow.sum(dX, row, rowBytes);
            float p = dX.get(JAVA_FLOAT_UNALIGNED, target) / s;
            float log = ScalarMath.log(s);
            float l = log - (x.get(JAVA_FLOAT_UNALIGNED, target) - m);
            if (smooth.byteSize() == 0) {
                loss.set(JAVA_FLOAT_UNALIGNED, at, w * l);
                ClassLossRow.divide(dX, row, rowBytes, s, w, scale);
                dX.set(JAVA_FLOAT_UNALIGNED, target, (p - 1f) * w * scale);
            } else {
                float h = hard * w;
                float t = h + smoothSum;
                float rest = SoftmaxRow.crossEntropy(x, row, smooth, 0, rowBytes, m, log);
                loss.set(JAVA_FLOAT_UNALIGNED, at, Math.fma(h, l, rest));
                SoftmaxRow.divideSubtract(dX, row, smooth, 0, rowBytes, s, t, scale);
                float mine = smooth.get(JAVA_FLOAT_UNALIGNED, (long) label * Float.BYTES) + h;
                dX.set(JAVA_FLOAT_UNALIGNED, target, Math.fma(p, t, -mine) * scale);
            }
            Padding.clear(dX, 0, rowBytes, r, r + 1, classes);
        }
    }

    @Override
    public void weightedCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment keep, MemorySegment smooth, float scale) {
        if (!loss.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            long yRow = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            ClassLossRow.targets(loss, row, y, yRow, keep, smooth, rowBytes);
            float m = SoftmaxRow.exponentials(dX, row, x, row, rowBytes, classes);
            float s = SoftmaxRow.sum(dX, row, rowBytes);
            float t = SoftmaxRow.sum(loss, row, rowBytes);
            SoftmaxRow.divideSubtract(dX, row, loss, row, rowBytes, s, t, scale);
            float sum = SoftmaxRow.crossEntropy(x, row, loss, row, rowBytes, m, ScalarMath.log(s));
            Lanes.clear(loss, row, rowBytes);
            loss.set(JAVA_FLOAT_UNALIGNED, row, sum);
            Padding.clear(dX, 0, rowBytes, r, r + 1, classes);
        }
    }

    @Override
    public void negativeLogLikelihood(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x,
            int stride, MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, int ignore, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !weights.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            int label = label(labels, index, from, r);
            Lanes.clear(dX, row, rowBytes);
            float l = 0f;
            if (label != ignore) {
                long target = row + (long) label * Float.BYTES;
                float w = weights.get(JAVA_FLOAT_UNALIGNED, (long) label * Float.BYTES);
                l = -x.get(JAVA_FLOAT_UNALIGNED, target) * w;
                dX.set(JAVA_FLOAT_UNALIGNED, target, -w * scale);
            }
            loss.set(JAVA_FLOAT_UNALIGNED, (long) r * lossStride * Float.BYTES, l);
        }
    }

    @Override
    public void multiMargin(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, float margin, boolean squared, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !weights.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            int label = label(labels, index, from, r);
            long target = row + (long) label * Float.BYTES;
            float base = margin - x.get(JAVA_FLOAT_UNALIGNED, target);
            float v = weights.get(JAVA_FLOAT_UNALIGNED, (long) label * Float.BYTES) / classes;
            ClassLossRow.margins(dX, x, row, rowBytes, base, squared);
            dX.set(JAVA_FLOAT_UNALIGNED, target, 0f);
            Padding.clear(dX, 0, rowBytes, r, r + 1, classes);
            loss.set(JAVA_FLOAT_UNALIGNED, (long) r * lossStride * Float.BYTES,
                    SoftmaxRow.sum(dX, row, rowBytes) * v);
            ClassLossRow.marginGradient(dX, x, row, rowBytes, base, squared ? 2f * v : v, squared);
            dX.set(JAVA_FLOAT_UNALIGNED, target, 0f);
            Padding.clear(dX, 0, rowBytes, r, r + 1, classes);
            float others = SoftmaxRow.sum(dX, row, rowBytes);
            ElementLossRow.multiply(dX, row, rowBytes, scale, 1f);
            dX.set(JAVA_FLOAT_UNALIGNED, target, -others * scale);
            Padding.clear(dX, 0, rowBytes, r, r + 1, classes);
        }
    }

    private static int label(MemorySegment labels, MemorySegment index, long from, int r) {
        if (!labels.isNative()) {
            throw NativeOnly.refused();
        }
        return labels.get(JAVA_INT_UNALIGNED, RowIndex.row(index, from, r) * Integer.BYTES);
    }
}
