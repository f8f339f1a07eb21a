// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Softmax of rows and its logarithm, as layers, and their gradients from the output `y`.
///
/// All matrices are (rows, cols), their stride is `cols` padded; a call takes the rows `first .. first + rows - 1`.
/// Padding of gradients is +0.0 before, that of results is afterwards; that of `x` is not read. Outputs may be inputs:
/// `y` may be `x`, `dX` may be `dY`. Sums take the sixteen lanes of [LossKernels#softmax].
public interface SoftmaxKernels {
    /// Floats of scratch for a stride: a chunk of rows.
    static int scratchFloats(int stride) {
        return Math.max(stride, 2048);
    }

    /// `y[j] = e^(x[j] - m) / sum_k e^(x[k] - m)` with the maximum `m` of the row.
    void softmax(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);

    /// `dX[j] = (dY[j] - sum_k dY[k] y[k]) * y[j]`.
    void softmaxGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols);

    /// `y[j] = (x[j] - m) - log(sum_k e^(x[k] - m))`; `scratch` has [#scratchFloats].
    void logSoftmax(MemorySegment y, MemorySegment x, MemorySegment scratch, int stride, int first, int rows, int cols);

    /// `dX[j] = fma(-e^y[j], sum_k dY[k], dY[j])`; `scratch` has [#scratchFloats].
    void logSoftmaxGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, MemorySegment scratch, int stride,
            int first, int rows, int cols);
}
