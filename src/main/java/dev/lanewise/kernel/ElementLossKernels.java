// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Losses of single outputs with their gradients in one pass, and what is done to losses and gradients afterwards.
///
/// Every method takes the rows `first .. first + rows - 1` of a batch, so that a batch may be cut anywhere. `loss`, `dX`
/// and `x` are (batch, cols) with the same stride; the targets `y` of row `r` stand at entry `from + r` of `index`.
/// Padding of the outputs becomes +0.0. Tables (`weight`, `posWeight`) have a float for each column and are padded with
/// +0.0 to whole blocks. The last operation of each gradient is the one with `scale`, so that scaling later gives the
/// same bits.
public interface ElementLossKernels {
    /// Absolute error, squared near 0: with `d = x - y`, `a = |d|`, where `a < threshold`
    /// `loss = ((0.5 * a) * a) / divisor` and `dX = (d / divisor) * scale`, elsewhere `loss = slope * (a - 0.5 * threshold)`
    /// and `dX = (d > 0 ? slope : d < 0 ? -slope : d) * scale`.
    void absoluteError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y, int yStride,
            MemorySegment index, long from, int first, int rows, int cols, float threshold, float divisor, float slope,
            float scale);

    /// Binary cross-entropy of logits: with `q = 1 - y`, `e = exp(-|x|)` and `v = fma(posWeight - 1, y, 1)`
    /// `loss = fma(v, log1p(e), fma(v, max(-x, 0), q * x)) * weight`; with `t = posWeight * y`
    /// `dX = (fma(t + q, sigmoid(x), -t) * weight) * scale`. The logarithm is that of [ScalarMath#log1pUnit].
    void binaryCrossEntropyLogits(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, MemorySegment posWeight,
            MemorySegment weight, float scale);

    /// Binary cross-entropy of probabilities: with `a = log(x)` and `b = log(1 - x)` ([ScalarMath#logOfRest]), each at
    /// least -100, `loss = ((y - 1) * b - y * a) * weight` and
    /// `dX = (((x - y) / max((1 - x) * x, 1e-12)) * weight) * scale`. A probability outside `[0, 1]` gives a NaN loss.
    void binaryCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, MemorySegment weight,
            float scale);

    /// Hinge of targets of -1 and 1: with `z = fma(-y, x, margin)`, `loss = z <= 0 ? 0 : z` and
    /// `dX = (z <= 0 ? 0 : -y) * scale`.
    void hinge(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y, int yStride,
            MemorySegment index, long from, int first, int rows, int cols, float margin, float scale);

    /// Hinge of distances: with `z = margin - x`, `loss = (y == -1 ? 0 : x) + (y == 1 ? 0 : z < 0 ? 0 : z)` and
    /// `dX = ((y == -1 ? 0 : 1) - (y == 1 ? 0 : z < 0 ? 0 : 1)) * scale`.
    void hingeEmbedding(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int cols, float margin, float scale);

    /// Multiplies the losses of each row by its weight, column 0 of `weights` picked by `index`, and the gradient by the
    /// weight and then by `scale`. Weights are finite and at least 0, so that padding stays +0.0. A row of losses has
    /// `lossStride` floats, one or whole blocks.
    void weighRows(MemorySegment loss, int lossStride, MemorySegment dX, int stride, MemorySegment weights,
            int weightStride, MemorySegment index, long from, int first, int rows, float scale);

    /// Multiplies a gradient by `scale` and sets its padding to +0.0, whatever it was.
    void scaleRows(MemorySegment dX, int stride, int first, int rows, int cols, float scale);

    /// Adds the gradient of `l1 |w| + l2 w^2` to `n` floats, whole blocks, of `g` from `gFrom` on; those of the parameter
    /// stand in `w` from `wFrom` on: `g = fma(twoL2, w, g + (w > 0 ? l1 : w < 0 ? -l1 : w))`.
    void addPenalty(MemorySegment g, long gFrom, MemorySegment w, long wFrom, long n, float l1, float twoL2);
}
