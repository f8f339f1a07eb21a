// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Which row of a table stands behind a row of a batch.
public final class RowIndex {
    private RowIndex() {
    }

    /// Row of the table behind row `r` of the batch that begins at `from`: entry `from + r` of `index`, or `from + r`
    /// itself if the index is empty.
    public static long row(MemorySegment index, long from, int r) {
        return index.byteSize() == 0 ? from + r : index.getAtIndex(ValueLayout.JAVA_INT, from + r);
    }
}
