// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/// Rows of floats whose number is not known beforehand, collected in native memory that grows with them.
final class RowCollector implements AutoCloseable {
    private static final int FIRST_BYTES = 1 << 18;
    private static final int LAST_BYTES = 1 << 26;

    private final int cols;
    private final Deque<FloatMatrix> chunks = new ArrayDeque<>();
    private int rowsBefore; // in all chunks but the last
    private int rowsInLast;

    RowCollector(int cols) {
        this.cols = cols;
    }

    int rows() {
        return rowsBefore + rowsInLast;
    }

    /// Adds a row of `cols` values; at most `Integer.MAX_VALUE` rows.
    void add(float[] row) {
        FloatMatrix last = chunks.peekLast();
        if (last == null || rowsInLast == last.rows()) {
            long bytes = last == null ? FIRST_BYTES : Math.min(LAST_BYTES, 2 * FloatMatrix.bytes(last.rows(), cols));
            int room = Integer.MAX_VALUE - rows();
            rowsBefore += rowsInLast;
            rowsInLast = 0;
            last = FloatMatrix.allocate(Math.clamp(bytes / FloatMatrix.bytes(1, cols), 1, room), cols);
            chunks.add(last);
        }
        last.setRow(rowsInLast++, row);
    }

    /// All rows as one matrix that the caller owns; the collector is empty then.
    FloatMatrix toMatrix() {
        FloatMatrix first = chunks.peekFirst();
        if (first != null && first.rows() == rows()) {
            chunks.clear();
            return first;
        }
        FloatMatrix all = FloatMatrix.allocate(rows(), cols);
        int row = 0;
        while (!chunks.isEmpty()) {
            try (FloatMatrix chunk = chunks.removeFirst()) {
                int rows = chunks.isEmpty() ? rowsInLast : chunk.rows();
                MemorySegment.copy(chunk.segment(), 0, all.segment(), FloatMatrix.bytes(1, cols) * row,
                        FloatMatrix.bytes(rows, cols));
                row += rows;
            }
        }
        return all;
    }

    @Override
    public void close() {
        chunks.forEach(FloatMatrix::close);
        chunks.clear();
    }
}
