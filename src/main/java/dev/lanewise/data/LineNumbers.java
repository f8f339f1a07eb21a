// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/// The physical lines of data rows: kept only where a row is not simply one line below the one before.
final class LineNumbers {
    private final IntArrayList rows = new IntArrayList();
    private final LongArrayList lines = new LongArrayList();

    /// Rows are added in order, from 0.
    void add(int row, long line) {
        if (rows.isEmpty() || line != of(rows.size() - 1, row)) {
            rows.add(row);
            lines.add(line);
        }
    }

    /// The line of `row`.
    long get(int row) {
        int low = 0;
        int high = rows.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (rows.getInt(middle) <= row) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return of(low, row);
    }

    private long of(int run, int row) {
        return lines.getLong(run) + row - rows.getInt(run);
    }
}
