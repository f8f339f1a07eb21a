// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

import dev.lanewise.memory.Rows;

/// What the columns of a table are shifted and divided by before the solution: mean 0 and root mean square 1 keep columns of
/// metres and of millimetres from looking dependent.
final class Columns {
    private final double[] mean;
    private final double[] scale;
    private final double[] squares;

    private Columns(double[] mean, double[] scale, double[] squares) {
        this.mean = mean;
        this.scale = scale;
        this.squares = squares;
    }

    /// Two passes over the rows, in double.
    ///
    /// **Throws** `IllegalArgumentException` if a value is not finite.
    static Columns of(Rows rows, boolean centred, String what) {
        int cols = rows.cols();
        double[] mean = new double[cols];
        boolean[] varies = new boolean[cols];
        for (int r = 0; r < rows.count(); r++) {
            for (int c = 0; c < cols; c++) {
                float value = rows.get(r, c);
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("LeastSquares.fit: " + what + " " + c + " of row " + r + " is "
                            + value + ", expected a finite number");
                }
                mean[c] += value;
                varies[c] |= value != rows.get(0, c);
            }
        }
        for (int c = 0; c < cols; c++) {
            mean[c] = !centred ? 0 : varies[c] ? mean[c] / rows.count() : rows.get(0, c);
        }
        double[] squares = new double[cols];
        for (int r = 0; r < rows.count(); r++) {
            for (int c = 0; c < cols; c++) {
                double distance = rows.get(r, c) - mean[c];
                squares[c] += distance * distance;
            }
        }
        double[] scale = new double[cols];
        for (int c = 0; c < cols; c++) {
            scale[c] = squares[c] == 0 ? 1 : Math.sqrt(squares[c] / rows.count());
        }
        return new Columns(mean, scale, squares);
    }

    /// The means, 0 where the columns are not centred.
    double[] mean() {
        return mean;
    }

    /// The root mean squares after centring; 1 for a column that is 0 then.
    double[] scale() {
        return scale;
    }

    /// The sums of squares after centring.
    double[] squares() {
        return squares;
    }

    /// The shifted and divided value.
    double standardised(Rows rows, int row, int col) {
        return (rows.get(row, col) - mean[col]) / scale[col];
    }
}
