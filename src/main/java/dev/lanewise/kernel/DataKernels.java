// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Rows of a data set, brought together as the floats that the other kernels work on: row `r` of a batch, the row of
/// the table behind entry `from + r` ([RowIndex]), becomes row `toFirst + r - first` of `to`.
///
/// A method takes the rows `first .. first + rows - 1` of a batch, `cols` values each, and also writes their padding up
/// to the next multiple of 16 floats, which is +0.0 as it is 0 in the table.
public interface DataKernels {
    /// Unsigned bytes to floats: `to[toFirst + r - first][c] = (float) bytes[row][c] * scale`. The rows of the table
    /// are `byteStride` bytes apart, a multiple of 64.
    void widen(MemorySegment to, int toStride, long toFirst, MemorySegment bytes, int byteStride, MemorySegment index,
            long from, int first, int rows, int cols, float scale);

    /// Copies floats: `to[toFirst + r - first][c] = x[row][c]`. Of rows without padding, `xStride` 1, only the one value is
    /// copied, and the padding of `to`, if there is any, left alone.
    void gather(MemorySegment to, int toStride, long toFirst, MemorySegment x, int xStride, MemorySegment index,
            long from, int first, int rows, int cols);
}
