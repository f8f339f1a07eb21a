// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.lanewise.kernel.LossKernels;
import dev.lanewise.kernel.RowIndex;
import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;

/// Losses in lanes over the columns.
///
/// A softmax takes some passes over a chunk of rows that stays in L1: the maximum of a row, exponentials of the differences
/// from it, sums and results. Each pass is a small method: one that did it all would outgrow what the compiler inlines.
final class SimdLoss implements LossKernels {
    private static final int CHUNK_BYTES = 8192;

    private final SimdSoftmax softmax = new SimdSoftmax();

    @Override
    public void softmaxCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !labels.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        if (rowBytes == BLOCK_BYTES && classes < BLOCK) {
            for (int begin = first; begin < first + rows; begin += chunk) {
                int end = Math.min(begin + chunk, first + rows);
                SoftmaxBlock.shift(loss, dX, x, labels, index, from, begin, end, classes);
                SimdMath.expUpToZero(dX, begin * rowBytes, dX, begin * rowBytes, (end - begin) * rowBytes, 0f);
                SoftmaxBlock.gradient(loss, dX, labels, index, from, begin, end, classes, scale);
                SoftmaxBlock.losses(loss, dX, begin, end);
            }
            return;
        }
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            exponentials(dX, loss, x, rowBytes, begin, end, classes);
            for (int r = begin; r < end; r++) {
                long row = r * rowBytes;
                long at = (long) r * Float.BYTES;
                int label = labels.get(JAVA_INT_UNALIGNED, RowIndex.row(index, from, r) * Integer.BYTES);
                long target = row + (long) label * Float.BYTES;
                float s = SoftmaxRow.sum(dX, row, rowBytes);
                float targetGradient = (dX.get(JAVA_FLOAT_UNALIGNED, target) / s - 1f) * scale;
                SoftmaxRow.divide(dX, row, rowBytes, s, scale);
                dX.set(JAVA_FLOAT_UNALIGNED, target, targetGradient);
                float shifted = x.get(JAVA_FLOAT_UNALIGNED, target) - loss.get(JAVA_FLOAT_UNALIGNED, at);
                loss.set(JAVA_FLOAT_UNALIGNED, at, ScalarMath.log(s) - shifted);
            }
            Padding.clear(dX, 0, rowBytes, begin, end, classes);
        }
    }

    @Override
    public void softmaxCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int classes,
            float scale) {
        if (!loss.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            exponentials(dX, loss, x, rowBytes, begin, end, classes);
            for (int r = begin; r < end; r++) {
                long row = r * rowBytes;
                long at = (long) r * Float.BYTES;
                long yRow = RowIndex.row(index, from, r) * yStride * Float.BYTES;
                float s = SoftmaxRow.sum(dX, row, rowBytes);
                float t = SoftmaxRow.sum(y, yRow, rowBytes);
                SoftmaxRow.divideSubtract(dX, row, y, yRow, rowBytes, s, t, scale);
                float m = loss.get(JAVA_FLOAT_UNALIGNED, at);
                loss.set(JAVA_FLOAT_UNALIGNED, at,
                        SoftmaxRow.crossEntropy(x, row, y, yRow, rowBytes, m, ScalarMath.log(s)));
            }
            Padding.clear(dX, 0, rowBytes, begin, end, classes);
        }
    }

    @Override
    public void softmax(MemorySegment p, MemorySegment x, int stride, int rows, int classes) {
        softmax.softmax(p, x, stride, 0, rows, classes);
    }

    private static int chunkRows(long rowBytes) {
        return (int) Math.max(1, CHUNK_BYTES / rowBytes);
    }

    /// Writes `exp(x - m)` to `e` and the maxima `m` to `max`, for the rows `begin .. end - 1`.
    private static void exponentials(MemorySegment e, MemorySegment max, MemorySegment x, long rowBytes, int begin,
            int end, int classes) {
        if (!max.isNative()) {
            throw NativeOnly.refused();
        }
        for (int r = begin; r < end; r++) {
            long row = r * rowBytes;
            max.set(JAVA_FLOAT_UNALIGNED, (long) r * Float.BYTES,
                    SoftmaxRow.exponentials(e, row, x, row, rowBytes, classes));
        }
    }

    @Override
    public void squaredError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float factor, float scale) {
        long rowBytes = (long) stride * Float.BYTES;
        if (rowBytes == BLOCK_BYTES && cols <= LANES) {
            SquaredErrorRow.narrow(loss, dX, x, y, (long) yStride * Float.BYTES, index, from, first, first + rows, cols,
                    factor, scale);
            return;
        }
        for (int r = first; r < first + rows; r++) {
            long yRow = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            SquaredErrorRow.run(loss, dX, x, r * rowBytes, y, yRow, rowBytes, factor, scale);
        }
        Padding.clear(loss, 0, rowBytes, first, first + rows, cols);
        Padding.clear(dX, 0, rowBytes, first, first + rows, cols);
    }

    @Override
    public long countCorrect(MemorySegment x, int stride, MemorySegment labels, MemorySegment index, long from,
            int first, int rows, int classes) {
        if (!labels.isNative()) {
            throw NativeOnly.refused();
        }
        long right = 0;
        for (int r = first; r < first + rows; r++) {
            int label = labels.get(JAVA_INT_UNALIGNED, RowIndex.row(index, from, r) * Integer.BYTES);
            if (label >= 0 && label < classes && Argmax.is(label, x, (long) r * stride * Float.BYTES, classes)) {
                right++;
            }
        }
        return right;
    }
}
