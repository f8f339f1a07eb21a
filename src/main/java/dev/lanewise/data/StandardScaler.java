// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Shifts and scales each column so that the rows it was fitted on have mean 0 and standard deviation 1.
///
/// **Numerics**: mean and variance (divided by the rows) are sums of doubles, rows ascending, the second over squared
/// distances from the mean; `mean` and `scale = 1 / sqrt(variance)` are rounded to float, and
/// `x' = (x - mean) * scale` is computed in float. These two numbers per column are all there is: a scaler made from
/// saved ones gives the same bits. A column of equal values has scale 0 and becomes 0, whatever later rows hold.
public final class StandardScaler {
    private final float[] mean;
    private final float[] scale;

    private StandardScaler(float[] mean, float[] scale) {
        this.mean = mean;
        this.scale = scale;
    }

    /// The scaler with these saved numbers, one per column.
    ///
    /// **Throws** `IllegalArgumentException` if there is no column, the lengths differ, a number is not finite, or a
    /// scale is negative.
    public static StandardScaler of(float[] mean, float[] scale) {
        if (mean.length == 0 || mean.length != scale.length) {
            throw new IllegalArgumentException("StandardScaler.of: " + mean.length + " means and " + scale.length
                    + " scales given, expected one of each for every column");
        }
        for (int c = 0; c < mean.length; c++) {
            if (!Float.isFinite(mean[c]) || !Float.isFinite(scale[c]) || scale[c] < 0) {
                throw new IllegalArgumentException("StandardScaler.of: column " + c + " has mean " + mean[c]
                        + " and scale " + scale[c] + ", expected finite numbers and a scale of 0 or more");
            }
        }
        return new StandardScaler(mean.clone(), scale.clone());
    }

    /// The scaler for the columns of `features`.
    ///
    /// **Throws** `IllegalArgumentException` if these are class labels or bytes, or a column has a value that is not
    /// finite.
    public static StandardScaler fit(Table features) {
        FloatMatrix x = matrix(features, "fit");
        double[] means = new double[x.cols()];
        float[] first = x.row(0);
        boolean[] varies = new boolean[x.cols()];
        forEachRow(x, row -> {
            for (int c = 0; c < row.length; c++) {
                means[c] += row[c];
                varies[c] |= row[c] != first[c];
            }
        });
        divide(means, x.rows());
        double[] variances = new double[x.cols()];
        forEachRow(x, row -> {
            for (int c = 0; c < row.length; c++) {
                double distance = row[c] - means[c];
                variances[c] += distance * distance;
            }
        });
        divide(variances, x.rows());
        float[] mean = new float[means.length];
        float[] scale = new float[means.length];
        for (int c = 0; c < means.length; c++) {
            if (!Double.isFinite(variances[c])) {
                throw new IllegalArgumentException(
                        "StandardScaler.fit: column " + c + " has a value that is not finite");
            }
            mean[c] = (float) means[c];
            scale[c] = varies[c] ? (float) Math.min(1 / Math.sqrt(variances[c]), Float.MAX_VALUE) : 0;
        }
        return new StandardScaler(mean, scale);
    }

    /// Scales the rows of `features` in place.
    ///
    /// **Throws** `IllegalArgumentException` if these are class labels or bytes, or have another number of columns.
    public void transform(Table features) {
        FloatMatrix x = matrix(features, "transform");
        if (x.cols() != mean.length) {
            throw new IllegalArgumentException(
                    "StandardScaler.transform: " + x.cols() + " columns given, expected " + mean.length);
        }
        MemorySegment memory = x.segment();
        long rowBytes = (long) x.stride() * Float.BYTES;
        float[] row = new float[x.cols()];
        for (int r = 0; r < x.rows(); r++) {
            MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, r * rowBytes, row, 0, row.length);
            for (int c = 0; c < row.length; c++) {
                row[c] = (row[c] - mean[c]) * scale[c];
            }
            MemorySegment.copy(row, 0, memory, ValueLayout.JAVA_FLOAT, r * rowBytes, row.length);
        }
    }

    /// Number of columns.
    public int cols() {
        return mean.length;
    }

    /// What is subtracted from each column.
    public float[] mean() {
        return mean.clone();
    }

    /// What each column is then multiplied by; 0 for a constant column.
    public float[] scale() {
        return scale.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StandardScaler that && Arrays.equals(mean, that.mean)
                && Arrays.equals(scale, that.scale);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(scale);
    }

    @Override
    public String toString() {
        return "StandardScaler of " + mean.length + " columns";
    }

    private static FloatMatrix matrix(Table features, String operation) {
        if (features instanceof FloatMatrix matrix) {
            return matrix;
        }
        throw new IllegalArgumentException("StandardScaler." + operation + ": " + features + " given, expected "
                + (features instanceof ByteMatrix
                        ? "a FloatMatrix; ByteMatrix.toFloats() converts it"
                        : "a matrix of features"));
    }

    private interface RowConsumer {
        void accept(float[] row);
    }

    private static void forEachRow(FloatMatrix x, RowConsumer consumer) {
        MemorySegment memory = x.segment();
        long rowBytes = (long) x.stride() * Float.BYTES;
        float[] row = new float[x.cols()];
        for (int r = 0; r < x.rows(); r++) {
            MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, r * rowBytes, row, 0, row.length);
            consumer.accept(row);
        }
    }

    private static void divide(double[] sums, int rows) {
        for (int c = 0; c < sums.length; c++) {
            sums[c] /= rows;
        }
    }
}
