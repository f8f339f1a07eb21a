// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ElementLossKernels;
import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Losses of single outputs in lanes over the columns, padding included and cleared afterwards. Logarithms and
/// exponentials are passes over a chunk of rows that stays in L1, with `loss` and `dX` as their memory.
final class SimdElementLoss implements ElementLossKernels {
    private static final int CHUNK_BYTES = 8192;

    @Override
    public void absoluteError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float threshold,
            float divisor, float slope, float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long yAt = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            ElementLossRow.absoluteError(loss, dX, x, r * rowBytes, y, yAt, rowBytes, threshold, divisor, slope,
                    scale);
        }
        clearPadding(loss, dX, rowBytes, first, first + rows, cols);
    }

    @Override
    public void binaryCrossEntropyLogits(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int cols,
            MemorySegment posWeight, MemorySegment weight, float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            long at = begin * rowBytes;
            long last = end * rowBytes;
            ElementLossRow.minusMagnitude(loss, x, at, last);
            SimdMath.exp(loss, at, last);
            SimdLog.onePlus(dX, loss, at, last);
            SimdMath.logFromOne(dX, at, last);
            SimdLog.log1pUnit(loss, dX, at, last);
            SimdMath.sigmoid(dX, x, at, last);
            for (int r = begin; r < end; r++) {
                long yAt = RowIndex.row(index, from, r) * yStride * Float.BYTES;
                ElementLossRow.logits(loss, dX, x, r * rowBytes, y, yAt, Lanes.paddedBytes(cols), posWeight, weight,
                        scale);
            }
            clearPadding(loss, dX, rowBytes, begin, end, cols);
        }
    }

    @Override
    public void binaryCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, MemorySegment weight,
            float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            long at = begin * rowBytes;
            long last = end * rowBytes;
            Lanes.copy(loss, at, x, at, last - at);
            SimdLog.log(loss, at, last);
            SimdLog.rest(dX, x, at, last);
            SimdLog.log(dX, at, last);
            SimdLog.logOfRest(dX, x, at, last);
            for (int r = begin; r < end; r++) {
                long yAt = RowIndex.row(index, from, r) * yStride * Float.BYTES;
                ElementLossRow.probabilities(loss, dX, x, r * rowBytes, y, yAt, Lanes.paddedBytes(cols), weight,
                        scale);
            }
            clearPadding(loss, dX, rowBytes, begin, end, cols);
        }
    }

    @Override
    public void hinge(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y, int yStride,
            MemorySegment index, long from, int first, int rows, int cols, float margin, float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long yAt = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            ElementLossRow.hinge(loss, dX, x, r * rowBytes, y, yAt, rowBytes, margin, scale);
        }
        clearPadding(loss, dX, rowBytes, first, first + rows, cols);
    }

    @Override
    public void hingeEmbedding(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float margin, float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long yAt = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            ElementLossRow.hingeEmbedding(loss, dX, x, r * rowBytes, y, yAt, rowBytes, margin, scale);
        }
        clearPadding(loss, dX, rowBytes, first, first + rows, cols);
    }

    @Override
    public void weighRows(MemorySegment loss, int lossStride, MemorySegment dX, int stride, MemorySegment weights,
            int weightStride, MemorySegment index, long from, int first, int rows, float scale) {
        if (!loss.isNative() || !weights.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        long lossBytes = (long) lossStride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            float w = weights.get(JAVA_FLOAT_UNALIGNED,
                    RowIndex.row(index, from, r) * weightStride * Float.BYTES);
            if (lossStride == 1) {
                loss.set(JAVA_FLOAT_UNALIGNED, r * lossBytes, loss.get(JAVA_FLOAT_UNALIGNED, r * lossBytes) * w);
            } else {
                ElementLossRow.multiply(loss, r * lossBytes, lossBytes, w, 1f);
            }
            ElementLossRow.multiply(dX, r * rowBytes, rowBytes, w, scale);
        }
    }

    @Override
    public void scaleRows(MemorySegment dX, int stride, int first, int rows, int cols, float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        ElementLossRow.multiply(dX, first * rowBytes, rows * rowBytes, scale, 1f);
        Padding.clear(dX, 0, rowBytes, first, first + rows, cols);
    }

    @Override
    public void addPenalty(MemorySegment g, long gFrom, MemorySegment w, long wFrom, long n, float l1, float twoL2) {
        if (!g.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        long gAt = gFrom * Float.BYTES;
        long wAt = wFrom * Float.BYTES;
        FloatVector square = FloatVector.broadcast(FLOATS, twoL2);
        for (long at = 0; at < n * Float.BYTES; at += BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, w, wAt + at, ORDER);
            FloatVector sign = value.blend(l1, value.compare(VectorOperators.GT, 0f)).blend(-l1, value.lt(0f));
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, g, gAt + at, ORDER).add(sign);
            square.fma(value, sum).intoMemorySegment(g, gAt + at, ORDER);
        }
    }

    private static int chunkRows(long rowBytes) {
        return (int) Math.max(1, CHUNK_BYTES / rowBytes);
    }

    private static void clearPadding(MemorySegment loss, MemorySegment dX, long rowBytes, int begin, int end,
            int cols) {
        Padding.clear(loss, 0, rowBytes, begin, end, cols);
        Padding.clear(dX, 0, rowBytes, begin, end, cols);
    }
}
