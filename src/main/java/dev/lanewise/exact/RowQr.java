// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/// The triangular factor R of a tall matrix whose rows come one after the other, and its singular values. Together with
/// what calls it the only user of EJML.
///
/// The rows so far are kept as their R alone: it and the next block of rows, one above the other, have the R of all. So
/// the memory does not grow with the rows.
///
/// **Numerics**: Householder reflections, in double; the blocks depend on the number of columns alone.
final class RowQr {
    private static final int LEAST_BLOCK_ROWS = 256;

    private final int cols;
    private final int blockRows;
    private final DMatrixRMaj stacked; // R, (cols, cols), above a block, (blockRows, cols)
    private final QRDecomposition<DMatrixRMaj> qr;
    private int filled;

    /// **Throws** `ArithmeticException` if so many columns do not fit into an array.
    RowQr(int cols) {
        this.cols = cols;
        this.blockRows = Math.max(LEAST_BLOCK_ROWS, Math.multiplyExact(2, cols));
        Math.multiplyExact(cols + blockRows, cols);
        this.stacked = new DMatrixRMaj(cols + blockRows, cols);
        this.qr = DecompositionFactory_DDRM.qr(cols + blockRows, cols);
    }

    void add(double[] row) {
        System.arraycopy(row, 0, stacked.data, (cols + filled) * cols, cols);
        filled++;
        if (filled == blockRows) {
            reduce();
        }
    }

    private void reduce() {
        Arrays.fill(stacked.data, (cols + filled) * cols, stacked.data.length, 0);
        qr.decompose(stacked); // false only tells of a column of zeros below the diagonal: R is right all the same
        DMatrixRMaj r = qr.getR(null, true);
        System.arraycopy(r.data, 0, stacked.data, 0, cols * cols);
        filled = 0;
    }

    /// R of all rows so far, row by row.
    double[][] factor() {
        reduce();
        double[][] r = new double[cols][];
        for (int i = 0; i < cols; i++) {
            r[i] = Arrays.copyOfRange(stacked.data, i * cols, (i + 1) * cols);
        }
        return r;
    }

    /// A = U diag(values) V^T.
    static final class Singular {
        private final double[] values;
        private final double[][] left;
        private final double[][] right;

        private Singular(int size) {
            values = new double[size];
            left = new double[size][];
            right = new double[size][];
        }

        /// The singular values, descending.
        double[] values() {
            return values;
        }

        /// The columns of U.
        double[][] left() {
            return left;
        }

        /// The columns of V.
        double[][] right() {
            return right;
        }
    }

    /// The singular values and vectors of the leading `size` rows and columns of `matrix`.
    static Singular singular(double[][] matrix, int size) {
        DMatrixRMaj copy = new DMatrixRMaj(size, size);
        for (int i = 0; i < size; i++) {
            System.arraycopy(matrix[i], 0, copy.data, i * size, size);
        }
        SingularValueDecomposition_F64<DMatrixRMaj> svd = DecompositionFactory_DDRM.svd(size, size, true, true, true);
        if (!svd.decompose(copy)) {
            throw new AssertionError("singular values of finite numbers do not converge");
        }
        double[] unordered = svd.getSingularValues();
        DMatrixRMaj u = svd.getU(null, true);
        DMatrixRMaj v = svd.getV(null, true);
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(unordered[b], unordered[a]));
        Singular sorted = new Singular(size);
        for (int i = 0; i < size; i++) {
            sorted.values[i] = unordered[order[i]];
            sorted.left[i] = Arrays.copyOfRange(u.data, order[i] * size, (order[i] + 1) * size);
            sorted.right[i] = Arrays.copyOfRange(v.data, order[i] * size, (order[i] + 1) * size);
        }
        return sorted;
    }
}
