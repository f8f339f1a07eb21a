// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Errors of real-valued predictions, batch by batch: MAE, MSE, RMSE and R2.
///
/// **Numerics**: sums in double; the spread of the targets is gathered around their running mean, so that a large mean
/// costs no digits. With several outputs each value is the mean of the outputs' values, as in scikit-learn. Without rows
/// all are NaN.
public final class Regression {
    private static final RowReader READER = new RowReader("Regression.add");

    private final double[] absolute;
    private final double[] squared;
    private final double[] mean;
    private final double[] spread; // sum of w (y - mean)^2
    private double total;
    private long rows;

    /// No rows yet, of one output.
    public Regression() {
        this(1);
    }

    /// No rows yet, of `outputs` outputs.
    ///
    /// **Throws** `IllegalArgumentException` if there is no output.
    public Regression(int outputs) {
        if (outputs < 1) {
            throw new IllegalArgumentException("Regression: " + outputs + " outputs given, expected at least 1");
        }
        absolute = new double[outputs];
        squared = new double[outputs];
        mean = new double[outputs];
        spread = new double[outputs];
    }

    /// Adds rows of the same weight.
    ///
    /// **Throws** as [#add(Rows, Rows, Rows)].
    public void add(Rows predictions, Rows targets) {
        addRows(predictions, targets, null);
    }

    /// Adds the rows of `predictions` and `targets` (rows, outputs) with their `weights` (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, the targets are class labels, or a weight is
    /// impossible; rows before it have been added then.
    public void add(Rows predictions, Rows targets, Rows weights) {
        addRows(predictions, targets, weights);
    }

    private void addRows(Rows predictions, Rows targets, @Nullable Rows weights) {
        READER.requireRows(predictions, targets, weights);
        READER.requireCols(predictions, mean.length);
        if (targets.cols() != mean.length) {
            throw new IllegalArgumentException("Regression.add: targets are (" + targets.count() + ", "
                    + targets.cols() + "), expected (" + targets.count() + ", " + mean.length + ")");
        }
        for (int r = 0; r < predictions.count(); r++) {
            double weight = READER.weight(weights, r);
            rows++;
            if (weight > 0) {
                total += weight;
                addRow(predictions, targets, r, weight);
            }
        }
    }

    private void addRow(Rows predictions, Rows targets, int row, double weight) {
        for (int c = 0; c < mean.length; c++) {
            double target = targets.get(row, c);
            double error = target - predictions.get(row, c);
            absolute[c] += weight * Math.abs(error);
            squared[c] += weight * error * error;
            double distance = target - mean[c];
            mean[c] += distance * (weight / total);
            spread[c] += weight * distance * (target - mean[c]);
        }
    }

    /// Number of rows added.
    public long rows() {
        return rows;
    }

    /// MAE: the mean of |y - x|.
    public double meanAbsoluteError() {
        return Arrays.stream(absolute).sum() / total / mean.length;
    }

    /// MSE: the mean of (y - x)^2.
    public double meanSquaredError() {
        return Arrays.stream(squared).sum() / total / mean.length;
    }

    /// RMSE: the root of the MSE; of several outputs the mean of their roots.
    public double rootMeanSquaredError() {
        double sum = 0;
        for (double squares : squared) {
            sum += Math.sqrt(squares / total);
        }
        return sum / mean.length;
    }

    /// R2, the share of the targets' variance that the predictions explain: 1 is perfect, 0 is no better than the mean,
    /// and it may be negative.
    ///
    /// For targets that are all equal it is 1 if the predictions are perfect and otherwise 0; NaN for fewer than two
    /// rows.
    public double r2() {
        if (rows < 2) {
            return Double.NaN;
        }
        double sum = 0;
        for (int c = 0; c < mean.length; c++) {
            sum += squared[c] == 0 ? 1 : spread[c] == 0 ? 0 : 1 - squared[c] / spread[c];
        }
        return total == 0 ? Double.NaN : sum / mean.length;
    }

    /// Forgets all rows.
    public void reset() {
        for (double[] sums : new double[][]{absolute, squared, mean, spread}) {
            Arrays.fill(sums, 0);
        }
        total = 0;
        rows = 0;
    }

    @Override
    public String toString() {
        return "Regression of " + rows + " rows";
    }
}
