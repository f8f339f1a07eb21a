// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.ScalarMath;
import dev.lanewise.kernel.SoftmaxKernels;
import java.lang.foreign.MemorySegment;

/// Softmax of rows in lanes over the columns, in passes over what stays in L1, as in [SimdLoss].
final class SimdSoftmax implements SoftmaxKernels {
    private static final int CHUNK_BYTES = 8192;

    private static int chunkRows(long rowBytes) {
        return (int) Math.max(1, CHUNK_BYTES / rowBytes);
    }

    @Override
    public void softmax(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        long rowBytes = (long) stride * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            SoftmaxRow.exponentials(y, row, x, row, rowBytes, cols);
            SoftmaxRow.divide(y, row, rowBytes, SoftmaxRow.sum(y, row, rowBytes), 1f);
        }
        Padding.clear(y, 0, rowBytes, first, first + rows, cols);
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
        for (int r = first; r < first + rows; r++) {
            long row = r * rowBytes;
            float m = SoftmaxRow.exponentials(scratch, 0, x, row, rowBytes, cols);
            float log = ScalarMath.log(SoftmaxRow.sum(scratch, 0, rowBytes));
            SoftmaxSlope.subtract(y, x, row, rowBytes, m, log);
        }
        Padding.clear(y, 0, rowBytes, first, first + rows, cols);
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
