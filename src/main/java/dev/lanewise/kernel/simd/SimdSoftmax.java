// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.ScalarMath;
import dev.lanewise.kernel.SoftmaxKernels;
import java.lang.foreign.MemorySegment;

/// Softmax of rows in lanes over the columns: passes over a chunk of rows that stays in L1, as in [SimdLoss].
final class SimdSoftmax implements SoftmaxKernels {
    private static final int CHUNK_BYTES = 8192;

    private static int chunkRows(long rowBytes) {
        return (int) Math.max(1, CHUNK_BYTES / rowBytes);
    }

    @Override
    public void softmax(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            shift(y, x, rowBytes, begin, end, cols);
            SimdMath.exp(y, begin * rowBytes, end * rowBytes);
            for (int r = begin; r < end; r++) {
                long row = r * rowBytes;
                SoftmaxRow.divide(y, row, rowBytes, SoftmaxRow.sum(y, row, rowBytes), 1f);
            }
            Padding.clear(y, 0, rowBytes, begin, end, cols);
        }
    }

    /// Writes `x - m` with the maximum `m` of each row; the padding becomes -infinity.
    private static void shift(MemorySegment y, MemorySegment x, long rowBytes, int begin, int end, int cols) {
        Padding.copyLowest(y, x, rowBytes, begin, end, cols);
        for (int r = begin; r < end; r++) {
            SoftmaxRow.subtractMax(y, r * rowBytes, rowBytes);
        }
    }

    @Override
    public void softmaxGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            SoftmaxSlope.ofProbabilities(dX, dY, y, row, rowBytes, SoftmaxSlope.dot(dY, y, row, rowBytes));
        }
        Padding.clear(dX, 0, rowBytes, first, first + rows, cols);
    }

    @Override
    public void logSoftmax(MemorySegment y, MemorySegment x, MemorySegment scratch, int stride, int first, int rows,
            int cols) {
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            long bytes = (end - begin) * rowBytes;
            shift(y, x, rowBytes, begin, end, cols);
            Lanes.copy(scratch, 0, y, begin * rowBytes, bytes);
            SimdMath.exp(scratch, 0, bytes);
            for (int r = begin; r < end; r++) {
                float log = ScalarMath.log(SoftmaxRow.sum(scratch, (r - begin) * rowBytes, rowBytes));
                SoftmaxSlope.subtract(y, r * rowBytes, rowBytes, log);
            }
            Padding.clear(y, 0, rowBytes, begin, end, cols);
        }
    }

    @Override
    public void logSoftmaxGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, MemorySegment scratch,
            int stride, int first, int rows, int cols) {
        long rowBytes = (long) stride * Float.BYTES;
        int chunk = chunkRows(rowBytes);
        for (int begin = first; begin < first + rows; begin += chunk) {
            int end = Math.min(begin + chunk, first + rows);
            long bytes = (end - begin) * rowBytes;
            Lanes.copy(scratch, 0, y, begin * rowBytes, bytes);
            SimdMath.exp(scratch, 0, bytes);
            for (int r = begin; r < end; r++) {
                long row = r * rowBytes;
                SoftmaxSlope.ofLogarithms(dX, dY, row, scratch, (r - begin) * rowBytes, rowBytes,
                        SoftmaxRow.sum(dY, row, rowBytes));
            }
            Padding.clear(dX, 0, rowBytes, begin, end, cols);
        }
    }
}
