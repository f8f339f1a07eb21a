// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

/// The upper triangle of the leading `size` rows and columns of `rows`, with nothing on the diagonal that is 0.
final class Triangle {
    private final double[][] rows;
    private final int size;

    Triangle(double[][] rows, int size) {
        this.rows = rows;
        this.size = size;
    }

    int size() {
        return size;
    }

    /// The x of `R x = b`.
    double[] solve(double[] b) {
        double[] x = new double[size];
        for (int i = size - 1; i >= 0; i--) {
            double sum = b[i];
            for (int j = i + 1; j < size; j++) {
                sum -= rows[i][j] * x[j];
            }
            x[i] = sum / rows[i][i];
        }
        return x;
    }

    /// The x of `R^T x = b`.
    double[] solveTransposed(double[] b) {
        double[] x = new double[size];
        for (int i = 0; i < size; i++) {
            double sum = b[i];
            for (int j = 0; j < i; j++) {
                sum -= rows[j][i] * x[j];
            }
            x[i] = sum / rows[i][i];
        }
        return x;
    }

    /// The lengths of the rows of the inverse: the roots of the diagonal of `(R^T R)^-1`.
    double[] inverseRowNorms() {
        double[] squares = new double[size];
        for (int c = 0; c < size; c++) {
            double[] unit = new double[size];
            unit[c] = 1;
            double[] column = solve(unit);
            for (int i = 0; i <= c; i++) {
                squares[i] += column[i] * column[i];
            }
        }
        for (int i = 0; i < size; i++) {
            squares[i] = Math.sqrt(squares[i]);
        }
        return squares;
    }
}
