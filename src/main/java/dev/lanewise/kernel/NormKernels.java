// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Normalization `y = (x - mean) / deviation * weight + bias`: by columns over the rows of a batch (batch norm), or of
/// each row by itself (layer norm); and its gradients.
///
/// Sums are doubles: the squares are those of the differences from the mean, a second pass. A mean goes on as two
/// floats, `mean` rounded and what is lost; `x - mean` is `(x - high) - low`, which loses nothing where it cancels.
/// `xhat = ((x - high) - low) * inverse` stands for the normalized value below.
///
/// Row `r` of `x` is `from + r`, and `xStride` floats long; the other matrices have the batch's rows. Padding is +0.0
/// before and after, that of `weight`, `bias` and statistics included. Rows may be cut anywhere, columns at multiples of
/// 16.
///
/// The columns' statistics are a matrix of [#STATISTICS] rows of `stride` floats, which [NormStatistics] turns from sums
/// into what the other methods take.
public interface NormKernels {
    /// Statistics: the means, rounded to float.
    int MEAN = 0;
    /// What that rounding has lost.
    int MEAN_LOW = 1;
    /// One by the standard deviations.
    int INVERSE = 2;
    /// Doubles, in two rows: sums, means; the sums of the gradients.
    int SUMS = 3;
    /// Doubles, in two rows: the sums of squares; the sums of the products of gradient and normalized value.
    int SQUARES = 5;
    /// The means of the gradients of the outputs, rounded to float.
    int GRADIENT_MEAN = 7;
    /// What that rounding has lost.
    int GRADIENT_MEAN_LOW = 8;
    /// The means of the products of gradient and normalized value.
    int PRODUCT_MEAN = 9;
    /// The gradient of the weight.
    int WEIGHT_GRADIENT = 10;
    /// The gradient of the bias.
    int BIAS_GRADIENT = 11;
    /// Rows of statistics.
    int STATISTICS = 12;

    /// Rows' statistics: floats from one row's to the next row's; mean high, mean low, inverse.
    int ROW_STATISTICS = 16;

    /// Floats of scratch that [#normalizeRows] and [#rowsInputGradient] need for `cols` columns: sixteen doubles and a
    /// row.
    static long scratchFloats(int cols) {
        return 2 * 16 + ((cols + 15L) & -16L);
    }

    /// `sums[c] = 0.0`, then `sums[c] + x[r][c]`, r ascending, for the columns `firstCol .. firstCol + cols - 1`.
    void columnSums(MemorySegment stats, int stride, MemorySegment x, int xStride, long from, int rows, int firstCol,
            int cols);

    /// `squares[c] = 0.0`, then `fma(d, d, squares[c])` with `d = x[r][c] - sums[c]`, which holds the mean; r ascending.
    void columnSquares(MemorySegment stats, int stride, MemorySegment x, int xStride, long from, int rows, int firstCol,
            int cols);

    /// `y[r][c] = fma(xhat, weight[c], bias[c])`.
    void normalizeColumns(MemorySegment y, int yStride, MemorySegment x, int xStride, long from, MemorySegment stats,
            int stride, MemorySegment weight, MemorySegment bias, int first, int rows, int cols);

    /// `sums[c] = 0.0`, then `sums[c] + dY[r][c]`; `squares[c] = 0.0`, then `fma(dY[r][c], xhat, squares[c])`;
    /// r ascending.
    void columnGradientSums(MemorySegment stats, int stride, MemorySegment dY, int dYStride, MemorySegment x,
            int xStride, long from, int rows, int firstCol, int cols);

    /// The gradient through the statistics of a batch: `dX = (inverse * weight) * fma(-xhat, m, (dY - high) - low)` with
    /// `m` of [#PRODUCT_MEAN], `high` and `low` of the gradient's mean.
    void columnsInputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment x,
            int xStride, long from, MemorySegment stats, int stride, MemorySegment weight, int first, int rows,
            int cols);

    /// The gradient where the statistics are constants: `dX = dY * (inverse * weight)`.
    void scaleColumns(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment stats, int stride,
            MemorySegment weight, int first, int rows, int cols);

    /// Row by row: the mean is that of the row in sixteen sums of doubles, `p[c % 16] + x[r][c]`, c ascending, folded 8,
    /// 4, 2, 1 apart; `d = (x - high) - low`; the squares likewise, `fma(d, d, p[c % 16])`;
    /// `y[r][c] = fma(d * inverse, weight[c], bias[c])`. `stats` gets the row's statistics.
    void normalizeRows(MemorySegment y, int yStride, MemorySegment stats, MemorySegment x, int xStride, long from,
            MemorySegment weight, MemorySegment bias, int first, int rows, int cols, float eps, MemorySegment scratch);

    /// Row by row, with `g = dY * weight`, its mean, and that of the double `g * xhat`, summed as in [#normalizeRows]:
    /// `dX = inverse * fma(-xhat, m, (g - high) - low)`.
    void rowsInputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment stats,
            MemorySegment x, int xStride, long from, MemorySegment weight, int first, int rows, int cols,
            MemorySegment scratch);

    /// As [#columnGradientSums] with the statistics of the rows, into sums of the columns' layout.
    void rowsGradientSums(MemorySegment sums, int stride, MemorySegment dY, int dYStride, MemorySegment stats,
            MemorySegment x, int xStride, long from, int rows, int firstCol, int cols);
}
