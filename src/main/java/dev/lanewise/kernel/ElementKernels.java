// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Element-wise operations on whole padded buffers: `n` floats, a multiple of 16, padding included.
public interface ElementKernels {
    /// Plain gradient descent: `w[wFrom + i] = fma(-lr, g[gFrom + i], w[wFrom + i])`.
    void sgdStep(MemorySegment w, long wFrom, MemorySegment g, long gFrom, long n, float lr);

    /// `a[aFrom + i] = a[aFrom + i] + b[bFrom + i]`.
    void add(MemorySegment a, long aFrom, MemorySegment b, long bFrom, long n);

    /// Column sums of rows of one block ([WideKernels#BLOCK_ROWS]): `s[c] = s[c] + a[r][c]` for the rows
    /// `first .. first + rows - 1`, ascending. Starts from 0, or, with `more`, from the `s` of the rows before.
    void columnSums(MemorySegment s, MemorySegment a, int stride, int first, int rows, int cols, boolean more);

    /// `a[i] = a[i] * factor`.
    void scale(MemorySegment a, long n, float factor);

    /// Sets the first `cols` floats of each of `rows` rows to `value`; padding is left alone.
    void fill(MemorySegment a, int stride, int rows, int cols, float value);
}
