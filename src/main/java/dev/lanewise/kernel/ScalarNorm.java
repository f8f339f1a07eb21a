// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static dev.lanewise.kernel.NormStatistics.getDouble;
import static dev.lanewise.kernel.NormStatistics.setDouble;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [NormKernels]; padding is never touched.
final class ScalarNorm implements NormKernels {
    private static final int LANES = 16;

    private static float get(MemorySegment a, int stride, long row, int c) {
        return a.getAtIndex(JAVA_FLOAT, row * stride + c);
    }

    /// The normalized value of column `c`, by the statistics of the columns.
    private static float byColumn(MemorySegment x, int xStride, long row, MemorySegment stats, int stride, int c) {
        return (get(x, xStride, row, c) - get(stats, stride, MEAN, c) - get(stats, stride, MEAN_LOW, c))
                * get(stats, stride, INVERSE, c);
    }

    /// The normalized value of row `r` of the batch, by the statistics of the rows.
    private static float byRow(MemorySegment x, int xStride, long row, MemorySegment stats, int r, int c) {
        return (get(x, xStride, row, c) - get(stats, ROW_STATISTICS, r, 0) - get(stats, ROW_STATISTICS, r, 1))
                * get(stats, ROW_STATISTICS, r, 2);
    }

    @Override
    public void columnSums(MemorySegment stats, int stride, MemorySegment x, int xStride, long from, int rows,
            int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double sum = 0;
            for (int r = 0; r < rows; r++) {
                sum += get(x, xStride, from + r, c);
            }
            setDouble(stats, SUMS, stride, c, sum);
        }
    }

    @Override
    public void columnSquares(MemorySegment stats, int stride, MemorySegment x, int xStride, long from, int rows,
            int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double mean = getDouble(stats, SUMS, stride, c);
            double sum = 0;
            for (int r = 0; r < rows; r++) {
                double d = get(x, xStride, from + r, c) - mean;
                sum = Math.fma(d, d, sum);
            }
            setDouble(stats, SQUARES, stride, c, sum);
        }
    }

    @Override
    public void normalizeColumns(MemorySegment y, int yStride, MemorySegment x, int xStride, long from,
            MemorySegment stats, int stride, MemorySegment weight, MemorySegment bias, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + c,
                        Math.fma(byColumn(x, xStride, from + r, stats, stride, c), weight.getAtIndex(JAVA_FLOAT, c),
                                bias.getAtIndex(JAVA_FLOAT, c)));
            }
        }
    }

    @Override
    public void columnGradientSums(MemorySegment stats, int stride, MemorySegment dY, int dYStride, MemorySegment x,
            int xStride, long from, int rows, int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double sum = 0;
            double products = 0;
            for (int r = 0; r < rows; r++) {
                double g = get(dY, dYStride, r, c);
                sum += g;
                products = Math.fma(g, (double) byColumn(x, xStride, from + r, stats, stride, c), products);
            }
            setDouble(stats, SUMS, stride, c, sum);
            setDouble(stats, SQUARES, stride, c, products);
        }
    }

    @Override
    public void columnsInputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment x,
            int xStride, long from, MemorySegment stats, int stride, MemorySegment weight, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                float factor = get(stats, stride, INVERSE, c) * weight.getAtIndex(JAVA_FLOAT, c);
                float g = get(dY, dYStride, r, c) - get(stats, stride, GRADIENT_MEAN, c)
                        - get(stats, stride, GRADIENT_MEAN_LOW, c);
                dX.setAtIndex(JAVA_FLOAT, (long) r * dXStride + c,
                        factor * Math.fma(-byColumn(x, xStride, from + r, stats, stride, c),
                                get(stats, stride, PRODUCT_MEAN, c), g));
            }
        }
    }

    @Override
    public void scaleColumns(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment stats,
            int stride, MemorySegment weight, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                dX.setAtIndex(JAVA_FLOAT, (long) r * dXStride + c, get(dY, dYStride, r, c)
                        * (get(stats, stride, INVERSE, c) * weight.getAtIndex(JAVA_FLOAT, c)));
            }
        }
    }

    @Override
    public void normalizeRows(MemorySegment y, int yStride, MemorySegment stats, MemorySegment x, int xStride,
            long from, MemorySegment weight, MemorySegment bias, int first, int rows, int cols, float eps,
            MemorySegment scratch) {
        for (int r = first; r < first + rows; r++) {
            clear(scratch);
            for (int c = 0; c < cols; c++) {
                add(scratch, c, 1, get(x, xStride, from + r, c));
            }
            NormStatistics.setRow(stats, r, NormStatistics.fold(scratch, 0) / cols);
            clear(scratch);
            for (int c = 0; c < cols; c++) {
                float d = get(x, xStride, from + r, c) - get(stats, ROW_STATISTICS, r, 0)
                        - get(stats, ROW_STATISTICS, r, 1);
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + c, d);
                add(scratch, c, d, d);
            }
            float inverse = NormStatistics.inverse(NormStatistics.fold(scratch, 0) / cols, eps);
            stats.setAtIndex(JAVA_FLOAT, (long) r * ROW_STATISTICS + 2, inverse);
            for (int c = 0; c < cols; c++) {
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + c, Math.fma(get(y, yStride, r, c) * inverse,
                        weight.getAtIndex(JAVA_FLOAT, c), bias.getAtIndex(JAVA_FLOAT, c)));
            }
        }
    }

    @Override
    public void rowsInputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment stats,
            MemorySegment x, int xStride, long from, MemorySegment weight, int first, int rows, int cols,
            MemorySegment scratch) {
        for (int r = first; r < first + rows; r++) {
            clear(scratch);
            for (int c = 0; c < cols; c++) {
                add(scratch, c, 1, get(dY, dYStride, r, c) * weight.getAtIndex(JAVA_FLOAT, c));
            }
            double mean = NormStatistics.fold(scratch, 0) / cols;
            clear(scratch);
            for (int c = 0; c < cols; c++) {
                add(scratch, c, get(dY, dYStride, r, c) * weight.getAtIndex(JAVA_FLOAT, c),
                        byRow(x, xStride, from + r, stats, r, c));
            }
            float product = (float) (NormStatistics.fold(scratch, 0) / cols);
            float high = (float) mean;
            float low = (float) (mean - high);
            for (int c = 0; c < cols; c++) {
                float g = get(dY, dYStride, r, c) * weight.getAtIndex(JAVA_FLOAT, c) - high - low;
                dX.setAtIndex(JAVA_FLOAT, (long) r * dXStride + c, get(stats, ROW_STATISTICS, r, 2)
                        * Math.fma(-byRow(x, xStride, from + r, stats, r, c), product, g));
            }
        }
    }

    private static void clear(MemorySegment sums) {
        for (int lane = 0; lane < LANES; lane++) {
            sums.setAtIndex(JAVA_DOUBLE, lane, 0);
        }
    }

    /// A product of floats is exact in double, so that a factor of 1 makes this a sum.
    private static void add(MemorySegment sums, int c, double a, double b) {
        sums.setAtIndex(JAVA_DOUBLE, c % LANES, Math.fma(a, b, sums.getAtIndex(JAVA_DOUBLE, c % LANES)));
    }

    @Override
    public void rowsGradientSums(MemorySegment sums, int stride, MemorySegment dY, int dYStride, MemorySegment stats,
            MemorySegment x, int xStride, long from, int rows, int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double sum = 0;
            double products = 0;
            for (int r = 0; r < rows; r++) {
                double g = get(dY, dYStride, r, c);
                sum += g;
                products = Math.fma(g, (double) byRow(x, xStride, from + r, stats, r, c), products);
            }
            setDouble(sums, SUMS, stride, c, sum);
            setDouble(sums, SQUARES, stride, c, products);
        }
    }
}
