// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.foreign.MemorySegment;

/// Rows of one kind in native memory: features, targets or class labels.
public sealed interface Table extends AutoCloseable permits FloatMatrix, ByteMatrix, ClassLabels {
    /// Number of rows.
    int rows();

    /// Number of values in a row, without padding.
    int cols();

    /// The memory of all rows, starting with row 0.
    ///
    /// **Throws** `IllegalStateException` after [#close].
    MemorySegment segment();

    /// All rows, in order: the same view each time, which cannot be moved.
    Rows all();

    /// Frees the memory if this table owns it; harmless a second time.
    @Override
    void close();
}
