// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// From sums to statistics, a column at a time: little work, and the same code beside any kernels.
///
/// All methods take the columns `firstCol .. firstCol + cols - 1` of statistics in the layout of [NormKernels].
public final class NormStatistics {
    private NormStatistics() {
    }

    /// Turns sums over `rows` rows into means.
    public static void means(MemorySegment stats, int stride, int rows, int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double mean = getDouble(stats, NormKernels.SUMS, stride, c) / rows;
            setDouble(stats, NormKernels.SUMS, stride, c, mean);
            setPair(stats, NormKernels.MEAN, stride, c, mean);
        }
    }

    /// Turns sums of squares over `rows` rows into the inverse of the deviations: `1 / sqrt(squares / rows + eps)`.
    public static void inverses(MemorySegment stats, int stride, int rows, int firstCol, int cols, float eps) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            set(stats, NormKernels.INVERSE, stride, c,
                    inverse(getDouble(stats, NormKernels.SQUARES, stride, c) / rows, eps));
        }
    }

    /// `1 / sqrt(variance + eps)`, in double and rounded once.
    public static float inverse(double variance, float eps) {
        return (float) (1 / Math.sqrt(variance + eps));
    }

    /// Moves running statistics towards those of a batch of `rows` rows: `running = factor * new + (1 - factor) * running`
    /// with the unbiased variance, in double and rounded once.
    public static void track(MemorySegment runningMean, MemorySegment runningVar, MemorySegment stats, int stride,
            int rows, int firstCol, int cols, double factor) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double mean = getDouble(stats, NormKernels.SUMS, stride, c);
            double variance = getDouble(stats, NormKernels.SQUARES, stride, c) / (rows - 1);
            runningMean.setAtIndex(JAVA_FLOAT, c,
                    (float) (factor * mean + (1 - factor) * runningMean.getAtIndex(JAVA_FLOAT, c)));
            runningVar.setAtIndex(JAVA_FLOAT, c,
                    (float) (factor * variance + (1 - factor) * runningVar.getAtIndex(JAVA_FLOAT, c)));
        }
    }

    /// Takes running statistics as they are.
    public static void fromRunning(MemorySegment stats, int stride, MemorySegment runningMean,
            MemorySegment runningVar, int cols, float eps) {
        for (int c = 0; c < cols; c++) {
            set(stats, NormKernels.MEAN, stride, c, runningMean.getAtIndex(JAVA_FLOAT, c));
            set(stats, NormKernels.MEAN_LOW, stride, c, 0f);
            set(stats, NormKernels.INVERSE, stride, c, inverse(runningVar.getAtIndex(JAVA_FLOAT, c), eps));
        }
    }

    /// Turns the sums of gradients over `rows` rows into their means and the gradients of weight and bias.
    public static void gradients(MemorySegment stats, int stride, int rows, int firstCol, int cols) {
        for (int c = firstCol; c < firstCol + cols; c++) {
            double sum = getDouble(stats, NormKernels.SUMS, stride, c);
            double products = getDouble(stats, NormKernels.SQUARES, stride, c);
            setPair(stats, NormKernels.GRADIENT_MEAN, stride, c, sum / rows);
            set(stats, NormKernels.PRODUCT_MEAN, stride, c, (float) (products / rows));
            set(stats, NormKernels.WEIGHT_GRADIENT, stride, c, (float) products);
            set(stats, NormKernels.BIAS_GRADIENT, stride, c, (float) sum);
        }
    }

    /// Folds the sixteen doubles at a byte offset: 8 apart, then 4, 2, 1.
    public static double fold(MemorySegment p, long at) {
        double p0 = pair(p, at) + pair(p, at + 4 * Double.BYTES);
        double p1 = pair(p, at + Double.BYTES) + pair(p, at + 5 * Double.BYTES);
        double p2 = pair(p, at + 2 * Double.BYTES) + pair(p, at + 6 * Double.BYTES);
        double p3 = pair(p, at + 3 * Double.BYTES) + pair(p, at + 7 * Double.BYTES);
        return (p0 + p2) + (p1 + p3);
    }

    private static double pair(MemorySegment p, long at) {
        return p.get(JAVA_DOUBLE, at) + p.get(JAVA_DOUBLE, at + 8 * Double.BYTES);
    }

    /// The statistics of row `r`: its mean and the inverse of its deviation.
    public static void setRow(MemorySegment stats, long r, double mean) {
        float high = (float) mean;
        stats.setAtIndex(JAVA_FLOAT, r * NormKernels.ROW_STATISTICS, high);
        stats.setAtIndex(JAVA_FLOAT, r * NormKernels.ROW_STATISTICS + 1, (float) (mean - high));
    }

    private static void setPair(MemorySegment stats, int row, int stride, int c, double value) {
        float high = (float) value;
        set(stats, row, stride, c, high);
        set(stats, row + 1, stride, c, (float) (value - high));
    }

    private static void set(MemorySegment stats, int row, int stride, int c, float value) {
        stats.setAtIndex(JAVA_FLOAT, (long) row * stride + c, value);
    }

    /// A double of a pair of rows that begins with `row`.
    static double getDouble(MemorySegment stats, int row, int stride, int c) {
        return stats.get(JAVA_DOUBLE, ((long) row * stride + 2L * c) * Float.BYTES);
    }

    /// Sets a double of a pair of rows that begins with `row`.
    static void setDouble(MemorySegment stats, int row, int stride, int c, double value) {
        stats.set(JAVA_DOUBLE, ((long) row * stride + 2L * c) * Float.BYTES, value);
    }
}
