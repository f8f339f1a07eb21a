// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Linear regression in closed form: the coefficients that training with a squared error approaches, as a check or as a
/// start.
///
/// ```java
/// LinearFit fit = new LeastSquares().fit(features, targets);
/// fit.copyTo(layer);
/// ```
///
/// **Numerics**: in double. The columns are standardised, the matrix is reduced to a triangle by Householder reflections,
/// and the coefficients are mapped back. Features that do not determine the coefficients are told by
/// [LinearFit#warning], also logged, instead of confident wrong numbers: above [#CONDITION_LIMIT] the rounding of the
/// features to float alone changes the coefficients by several per cent. If features depend on each other exactly, the
/// solution is the one with the smallest standardised coefficients. The same bits on every machine.
///
/// Memory for three times the square of the number of columns, whatever the rows. Needs the optional library
/// `org.ejml:ejml-ddense`.
public final class LeastSquares {
    /// The condition number of the standardised features from which on the result carries a warning: 2^20.
    public static final double CONDITION_LIMIT = 0x1p20;

    private static final double EPSILON = 0x1p-52;
    private static final int MOST_COLUMNS = 20_000;
    private static final int NAMED_COLUMNS = 5;

    private double ridge;
    private boolean intercept = true;

    /// Least squares with an intercept and no penalty.
    public LeastSquares() {
    }

    /// Adds `lambda` times the sum of the squared coefficients to the sum of squared errors; the intercept is never
    /// penalised. The same as scikit-learn's `Ridge(alpha=lambda)`; the weight decay of an optimizer with a mean squared
    /// error over N values corresponds to `lambda = N / 2 * weightDecay`.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public LeastSquares ridge(double lambda) {
        if (!(lambda >= 0 && lambda < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "LeastSquares.ridge: lambda is " + lambda + ", expected a finite number of 0 or more");
        }
        ridge = lambda;
        return this;
    }

    /// Without it the predictions for a row of zeros are 0.
    public LeastSquares intercept(boolean fitted) {
        intercept = fitted;
        return this;
    }

    /// [#fit(Rows, Rows)] for all rows.
    public LinearFit fit(Table features, Table targets) {
        return fit(features.all(), targets.all());
    }

    /// The solution for `features` (rows, inFeatures) and `targets` (rows, outFeatures).
    ///
    /// **Throws** `IllegalArgumentException` if the numbers of rows differ, there are none or more than 20,000 columns, or
    /// a value is not finite, `IllegalStateException` if the library is missing.
    public LinearFit fit(Rows features, Rows targets) {
        int rows = features.count();
        if (rows == 0 || rows != targets.count()) {
            throw new IllegalArgumentException("LeastSquares.fit: features have " + rows + " rows, targets have "
                    + targets.count() + "; expected the same number and at least one");
        }
        if ((long) features.cols() + targets.cols() > MOST_COLUMNS) {
            throw new IllegalArgumentException("LeastSquares.fit: " + features.cols() + " features and "
                    + targets.cols() + " targets, expected at most " + MOST_COLUMNS + " columns in all");
        }
        try {
            return solve(features, targets);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("LeastSquares: " + e.getMessage()
                    + " is missing; add the library org.ejml:ejml-ddense", e);
        }
    }

    private LinearFit solve(Rows features, Rows targets) {
        Columns x = Columns.of(features, intercept, "feature");
        Columns y = Columns.of(targets, intercept, "target");
        double[][] plain = factor(features, x, targets, y);
        double[][] solved = ridge == 0 ? plain : penalised(plain, x);
        int n = features.cols();
        RowQr.Singular singular = RowQr.singular(solved, n);
        int rank = rank(singular.values(), Math.max(n, features.count()));
        double condition = rank < n ? Double.POSITIVE_INFINITY : singular.values()[0] / singular.values()[n - 1];
        String warning = condition > CONDITION_LIMIT ? warning(condition, singular.right(), rank) : null;
        if (warning != null) {
            System.getLogger("dev.lanewise").log(Level.WARNING, warning);
        }
        LinearFit fit = new LinearFit(features.count(), n, targets.cols(), condition, rank, warning);
        Triangle triangle = rank == n ? new Triangle(solved, n) : null;
        for (int k = 0; k < targets.cols(); k++) {
            double[] right = column(solved, n, n + k);
            double[] w = triangle == null ? shortest(singular, rank, right) : triangle.solve(right);
            fit.setOutput(k, w, x, y, residualSquares(plain, n, k, w), total(targets, k, y));
        }
        if (triangle != null && ridge == 0) {
            fit.setStandardErrors(triangle, x, intercept);
        }
        return fit;
    }

    /// The triangle of the standardised features beside the centred targets.
    private static double[][] factor(Rows features, Columns x, Rows targets, Columns y) {
        int n = features.cols();
        double[] row = new double[n + targets.cols()];
        RowQr qr = new RowQr(row.length);
        for (int r = 0; r < features.count(); r++) {
            for (int c = 0; c < n; c++) {
                row[c] = x.standardised(features, r, c);
            }
            for (int k = 0; k < targets.cols(); k++) {
                row[n + k] = targets.get(r, k) - y.mean()[k];
            }
            qr.add(row);
        }
        return qr.factor();
    }

    /// The triangle with a row `sqrt(lambda) w = 0` more for each coefficient.
    private double[][] penalised(double[][] plain, Columns x) {
        RowQr qr = new RowQr(plain.length);
        for (double[] row : plain) {
            qr.add(row);
        }
        double[] penalty = new double[plain.length];
        for (int c = 0; c < x.scale().length; c++) {
            penalty[c] = Math.sqrt(ridge) / x.scale()[c];
            qr.add(penalty);
            penalty[c] = 0;
        }
        return qr.factor();
    }

    private static int rank(double[] values, int size) {
        int rank = 0;
        while (rank < values.length && values[rank] > values[0] * size * EPSILON) {
            rank++;
        }
        return rank;
    }

    /// The shortest of all solutions.
    private static double[] shortest(RowQr.Singular singular, int rank, double[] right) {
        double[] w = new double[right.length];
        for (int i = 0; i < rank; i++) {
            double part = 0;
            for (int j = 0; j < w.length; j++) {
                part += singular.left()[i][j] * right[j];
            }
            for (int j = 0; j < w.length; j++) {
                w[j] += singular.right()[i][j] * (part / singular.values()[i]);
            }
        }
        return w;
    }

    /// The columns with the largest parts in the direction that the data say least about.
    private static String warning(double condition, double[][] directions, int rank) {
        double[] direction = directions[Math.min(rank, directions.length - 1)];
        double largest = Arrays.stream(direction).map(Math::abs).max().orElse(0);
        List<Integer> columns = new ArrayList<>();
        for (int c = 0; c < direction.length; c++) {
            if (Math.abs(direction[c]) > largest / 10) {
                columns.add(c);
            }
        }
        String named = columns.size() > NAMED_COLUMNS
                ? columns.size() + " of the columns"
                : (columns.size() == 1 ? "column " : "columns ")
                        + String.join(", ", columns.stream().map(String::valueOf).toList());
        return "LeastSquares: the features do not determine the coefficients of " + named + ": condition number "
                + (condition == Double.POSITIVE_INFINITY ? "infinity" : (float) condition) + ", expected at most "
                + (long) CONDITION_LIMIT + "; leave out dependent or constant columns, or use ridge";
    }

    private static double[] column(double[][] matrix, int rows, int col) {
        double[] values = new double[rows];
        for (int i = 0; i < rows; i++) {
            values[i] = matrix[i][col];
        }
        return values;
    }

    /// What is left below the triangle of the features, and what the coefficients leave of the rest.
    private static double residualSquares(double[][] plain, int n, int k, double[] w) {
        double squares = 0;
        for (int i = n; i < plain.length; i++) {
            squares += plain[i][n + k] * plain[i][n + k];
        }
        for (int i = 0; i < n; i++) {
            double rest = plain[i][n + k];
            for (int j = i; j < n; j++) {
                rest -= plain[i][j] * w[j];
            }
            squares += rest * rest;
        }
        return squares;
    }

    /// The squared distances of the targets from their mean, whether there is an intercept or not.
    private double total(Rows targets, int k, Columns y) {
        return intercept ? y.squares()[k] : Columns.of(targets, true, "target").squares()[k];
    }
}
