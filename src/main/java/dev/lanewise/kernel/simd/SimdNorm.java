// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.NormKernels;
import dev.lanewise.kernel.NormStatistics;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Normalization in lanes: columns side by side, rows in sixteen partial sums.
final class SimdNorm implements NormKernels {
    /// Where scratch has a row, behind sixteen doubles.
    private static final long ROW = (long) BLOCK * Double.BYTES;

    private static long bytes(long floats) {
        return floats * Float.BYTES;
    }

    @Override
    public void columnSums(MemorySegment stats, int stride, MemorySegment x, int xStride, long from, int rows,
            int firstCol, int cols) {
        long begin = bytes(from * xStride);
        long end = bytes((from + rows) * xStride);
        for (int c = firstCol; c < firstCol + cols; c += BLOCK) {
            ColumnSums.sums(stats, bytes((long) SUMS * stride + 2L * c), x, begin + bytes(c), end, bytes(xStride));
        }
    }

    @Override
    public void columnSquares(MemorySegment stats, int stride, MemorySegment x, int xStride, long from, int rows,
            int firstCol, int cols) {
        long begin = bytes(from * xStride);
        long end = bytes((from + rows) * xStride);
        for (int c = firstCol; c < firstCol + cols; c += BLOCK) {
            ColumnSums.squares(stats, bytes((long) SQUARES * stride + 2L * c), bytes((long) SUMS * stride + 2L * c), x,
                    begin + bytes(c), end, bytes(xStride));
        }
    }

    @Override
    public void normalizeColumns(MemorySegment y, int yStride, MemorySegment x, int xStride, long from,
            MemorySegment stats, int stride, MemorySegment weight, MemorySegment bias, int first, int rows, int cols) {
        if (!y.isNative() || !x.isNative() || !stats.isNative() || !weight.isNative() || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = Lanes.paddedBytes(cols);
        long lows = bytes((long) MEAN_LOW * stride);
        long inverses = bytes((long) INVERSE * stride);
        for (int r = first; r < first + rows; r++) {
            long xAt = bytes((from + r) * xStride);
            long yAt = bytes((long) r * yStride);
            for (long b = 0; b < rowBytes; b += BYTES) {
                FloatVector.fromMemorySegment(FLOATS, x, xAt + b, ORDER)
                        .sub(FloatVector.fromMemorySegment(FLOATS, stats, b, ORDER))
                        .sub(FloatVector.fromMemorySegment(FLOATS, stats, lows + b, ORDER))
                        .mul(FloatVector.fromMemorySegment(FLOATS, stats, inverses + b, ORDER))
                        .fma(FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER),
                                FloatVector.fromMemorySegment(FLOATS, bias, b, ORDER))
                        .intoMemorySegment(y, yAt + b, ORDER);
            }
        }
    }

    @Override
    public void columnGradientSums(MemorySegment stats, int stride, MemorySegment dY, int dYStride, MemorySegment x,
            int xStride, long from, int rows, int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c += LANES) {
            ColumnSums.gradients(stats, bytes(stride), bytes(c), dY, bytes(dYStride), x, bytes(from * xStride),
                    bytes(xStride), rows);
        }
    }

    @Override
    public void columnsInputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment x,
            int xStride, long from, MemorySegment stats, int stride, MemorySegment weight, int first, int rows,
            int cols) {
        if (!dX.isNative() || !dY.isNative() || !x.isNative() || !stats.isNative() || !weight.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = Lanes.paddedBytes(cols);
        long row = bytes(stride);
        for (int r = first; r < first + rows; r++) {
            long xAt = bytes((from + r) * xStride);
            long dXAt = bytes((long) r * dXStride);
            long dYAt = bytes((long) r * dYStride);
            for (long b = 0; b < rowBytes; b += BYTES) {
                FloatVector inverse = FloatVector.fromMemorySegment(FLOATS, stats, INVERSE * row + b, ORDER);
                FloatVector xhat = FloatVector.fromMemorySegment(FLOATS, x, xAt + b, ORDER)
                        .sub(FloatVector.fromMemorySegment(FLOATS, stats, MEAN * row + b, ORDER))
                        .sub(FloatVector.fromMemorySegment(FLOATS, stats, MEAN_LOW * row + b, ORDER)).mul(inverse);
                FloatVector g = FloatVector.fromMemorySegment(FLOATS, dY, dYAt + b, ORDER)
                        .sub(FloatVector.fromMemorySegment(FLOATS, stats, GRADIENT_MEAN * row + b, ORDER))
                        .sub(FloatVector.fromMemorySegment(FLOATS, stats, GRADIENT_MEAN_LOW * row + b, ORDER));
                g = xhat.neg().fma(FloatVector.fromMemorySegment(FLOATS, stats, PRODUCT_MEAN * row + b, ORDER), g);
                inverse.mul(FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER)).mul(g).intoMemorySegment(dX,
                        dXAt + b, ORDER);
            }
        }
    }

    @Override
    public void scaleColumns(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment stats,
            int stride, MemorySegment weight, int first, int rows, int cols) {
        if (!dX.isNative() || !dY.isNative() || !stats.isNative() || !weight.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = Lanes.paddedBytes(cols);
        long inverses = bytes((long) INVERSE * stride);
        for (int r = first; r < first + rows; r++) {
            long dXAt = bytes((long) r * dXStride);
            long dYAt = bytes((long) r * dYStride);
            for (long b = 0; b < rowBytes; b += BYTES) {
                FloatVector factor = FloatVector.fromMemorySegment(FLOATS, stats, inverses + b, ORDER)
                        .mul(FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER));
                FloatVector.fromMemorySegment(FLOATS, dY, dYAt + b, ORDER).mul(factor).intoMemorySegment(dX, dXAt + b,
                        ORDER);
            }
        }
    }

    @Override
    public void normalizeRows(MemorySegment y, int yStride, MemorySegment stats, MemorySegment x, int xStride,
            long from, MemorySegment weight, MemorySegment bias, int first, int rows, int cols, float eps,
            MemorySegment scratch) {
        if (!stats.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = Lanes.paddedBytes(cols);
        for (int r = first; r < first + rows; r++) {
            long xAt = bytes((from + r) * xStride);
            long yAt = bytes((long) r * yStride);
            RowNorm.sum(scratch, x, xAt, rowBytes);
            NormStatistics.setRow(stats, r, NormStatistics.fold(scratch, 0) / cols);
            long row = bytes((long) r * ROW_STATISTICS);
            RowNorm.center(y, yAt, x, xAt, rowBytes, stats.get(JAVA_FLOAT_UNALIGNED, row),
                    stats.get(JAVA_FLOAT_UNALIGNED, row + Float.BYTES));
            Padding.clear(y, yAt, rowBytes, 0, 1, cols);
            RowNorm.dot(scratch, y, yAt, y, yAt, rowBytes);
            float inverse = NormStatistics.inverse(NormStatistics.fold(scratch, 0) / cols, eps);
            stats.set(JAVA_FLOAT_UNALIGNED, row + 2 * Float.BYTES, inverse);
            RowNorm.scaleAndShift(y, yAt, weight, bias, rowBytes, inverse);
            Padding.clear(y, yAt, rowBytes, 0, 1, cols); // an inverse may be NaN
        }
    }

    @Override
    public void rowsInputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment stats,
            MemorySegment x, int xStride, long from, MemorySegment weight, int first, int rows, int cols,
            MemorySegment scratch) {
        if (!stats.isNative()) {
            throw NativeOnly.refused();
        }
        long rowBytes = Lanes.paddedBytes(cols);
        for (int r = first; r < first + rows; r++) {
            long row = bytes((long) r * ROW_STATISTICS);
            float inverse = stats.get(JAVA_FLOAT_UNALIGNED, row + 2 * Float.BYTES);
            RowNorm.normalize(scratch, ROW, x, bytes((from + r) * xStride), rowBytes,
                    stats.get(JAVA_FLOAT_UNALIGNED, row), stats.get(JAVA_FLOAT_UNALIGNED, row + Float.BYTES), inverse);
            Padding.clear(scratch, ROW, rowBytes, 0, 1, cols);
            long dXAt = bytes((long) r * dXStride);
            RowNorm.weigh(dX, dXAt, dY, bytes((long) r * dYStride), weight, rowBytes);
            RowNorm.sum(scratch, dX, dXAt, rowBytes);
            double mean = NormStatistics.fold(scratch, 0) / cols;
            RowNorm.dot(scratch, dX, dXAt, scratch, ROW, rowBytes);
            float product = (float) (NormStatistics.fold(scratch, 0) / cols);
            float high = (float) mean;
            RowNorm.project(dX, dXAt, scratch, ROW, rowBytes, inverse, product, high, (float) (mean - high));
            Padding.clear(dX, dXAt, rowBytes, 0, 1, cols);
        }
    }

    @Override
    public void rowsGradientSums(MemorySegment sums, int stride, MemorySegment dY, int dYStride, MemorySegment stats,
            MemorySegment x, int xStride, long from, int rows, int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c += LANES) {
            ColumnSums.rowGradients(sums, bytes(stride), bytes(c), dY, bytes(dYStride), stats, x,
                    bytes(from * xStride), bytes(xStride), rows);
        }
    }
}
