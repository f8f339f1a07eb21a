// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Losses with their gradients in one pass, and softmax.
///
/// Every method takes the rows `first .. first + rows - 1` of a batch, so that a batch may be cut anywhere: row `r` of
/// the outputs stands at row `r` of `x`, and its target at entry `from + r` of `index`. [LossSum] adds up the losses.
/// Row sums use 16 partial sums (`p[j % 16]`, j
/// ascending) folded 8, 4, 2, 1. Padding of the outputs becomes +0.0. NaN: a row with a NaN or +infinity, or with
/// -infinity only, gives NaN in that row alone.
public interface LossKernels {
    /// Cross-entropy of logits `x` (rows, classes) against class indices `labels`, picked by `index`.
    ///
    /// With `m = max x`, `d = x - m`, `e = exp(d)`, `s = sum e`: `loss[r] = log(s) - d[label]` and
    /// `dX[r][j] = (e[j] / s - (j == label ? 1 : 0)) * scale`. `loss` has one float per row.
    void softmaxCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes, float scale);

    /// Cross-entropy against probabilities `y` (rows, classes), picked by `index`.
    ///
    /// As above, but `loss[r] = sum_j y[j] * (log(s) - d[j])` by fma into the partial sums, and with `t = sum y`
    /// `dX[r][j] = fma(e[j] / s, t, -y[j]) * scale`. Both sums run over the padding of `x` and `y` too, which is +0.0.
    void softmaxCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int classes,
            float scale);

    /// Squared error of `x` (rows, cols) against `y`, picked by `index`: with `d = x[j] - y[j]`,
    /// `loss[r][j] = (factor * d) * d` and `dX[r][j] = ((2 * factor) * d) * scale`. `loss` has the shape of `x`.
    void squaredError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y, int yStride,
            MemorySegment index, long from, int first, int rows, int cols, float factor, float scale);

    /// Softmax of each row: `p[r][j] = e[j] / s`, as in the cross-entropy. `p` may be `x`.
    void softmax(MemorySegment p, MemorySegment x, int stride, int rows, int classes);

    /// How many rows have their largest value in the column that `labels`, picked by `index`, says; of equal ones the
    /// first counts, and NaN counts as the largest. Padding does not count; a label of
    /// no column is never right.
    long countCorrect(MemorySegment x, int stride, MemorySegment labels, MemorySegment index, long from, int first,
            int rows, int classes);
}
