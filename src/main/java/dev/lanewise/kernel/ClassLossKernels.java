// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Losses of rows with class weights, ignored rows and smoothed labels; the plain cross-entropy is in [LossKernels].
///
/// Every method takes the rows `first .. first + rows - 1` of a batch, so that a batch may be cut anywhere. The loss of
/// row `r` is float `r * lossStride` of `loss`. Tables have a float for each class and are padded with +0.0 to whole
/// blocks. A row labelled `ignore` has the loss +0.0 and the gradient +0.0, whatever its values; other labels are
/// classes. Row sums are those of [LossKernels], and the last operation of each gradient is the one with `scale`.
public interface ClassLossKernels {
    /// Softmax and cross-entropy of logits `x` (rows, classes) against class indices. With the names of
    /// [LossKernels#softmaxCrossEntropy], `p = e / s`, `w = weights[label]` and `l = log(s) - d[label]`:
    ///
    /// Without a table `smooth` (an empty segment) `loss = w * l` and `dX[j] = ((p[j] - (j == label ? 1 : 0)) * w) * scale`.
    /// With one, `h = hard * w` and `t = h + sum smooth`, `loss = fma(h, l, sum_j smooth[j] * (log(s) - d[j]))` and
    /// `dX[j] = fma(p[j], t, -(smooth[j] + (j == label ? h : 0))) * scale`. The padding of `x` is +0.0.
    void weightedCrossEntropy(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, MemorySegment smooth, float hard, int ignore, float scale);

    /// [LossKernels#softmaxCrossEntropyProbabilities] of `fma(y[j], keep[j], smooth[j])` instead of `y[j]`. The rows of
    /// `loss` are as long as those of `x`: what follows the loss is scratch and becomes +0.0.
    void weightedCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment keep, MemorySegment smooth, float scale);

    /// Negative log-likelihood of log-probabilities: `loss = -x[label] * w`, `dX[label] = -w * scale`, elsewhere +0.0.
    void negativeLogLikelihood(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, int ignore, float scale);

    /// Hinge of many classes: with `z[j] = (margin - x[label]) + x[j]`, `h[j] = z[j] <= 0 ? 0 : z[j]`, 0 for the label,
    /// and `v = w / classes`: `loss = (sum_j h[j]) * v` and `dX[j] = (z[j] <= 0 ? 0 : v) * scale`; `squared`, `h[j]^2`
    /// takes the place of `h[j]` and `(2 * v) * h[j]` that of `v`. `dX[label]` is minus the sum of the others, scaled.
    void multiMargin(MemorySegment loss, int lossStride, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int first, int rows, int classes,
            MemorySegment weights, float margin, boolean squared, float scale);
}
