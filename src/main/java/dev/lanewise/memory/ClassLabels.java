// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Class indices of `rows` examples in native memory, one `int` each.
///
/// The labels are kept as integers because a float counts exactly only to 2^24. Whether they fit the classes of a model
/// is checked by the loss, which names the row.
///
/// **Ownership**: the caller closes it.
public final class ClassLabels implements Table {
    /// The label of a row that does not count: PyTorch's default `ignore_index`.
    public static final int IGNORED = -100;

    private final NativeBuffer owned;
    private final int rows;
    private final Rows all;

    private ClassLabels(NativeBuffer owned, int rows) {
        this.owned = owned;
        this.rows = rows;
        this.all = new Rows(this, rows);
    }

    /// `rows` labels, all 0.
    ///
    /// **Throws** `IllegalArgumentException` if `rows` is less than 1.
    public static ClassLabels allocate(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("ClassLabels: " + rows + " rows given, expected at least 1");
        }
        return new ClassLabels(NativeBuffer.allocate("ClassLabels (" + rows + ")", (long) rows * Integer.BYTES), rows);
    }

    /// A copy of `labels`.
    public static ClassLabels copyOf(int... labels) {
        ClassLabels copy = allocate(labels.length);
        MemorySegment.copy(labels, 0, copy.segment(), ValueLayout.JAVA_INT, 0, labels.length);
        return copy;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int cols() {
        return 1;
    }

    @Override
    public MemorySegment segment() {
        return owned.segment();
    }

    @Override
    public Rows all() {
        return all;
    }

    /// The class of `row`.
    public int get(int row) {
        return segment().getAtIndex(ValueLayout.JAVA_INT, Objects.checkIndex(row, rows));
    }

    /// Sets the class of `row`.
    public void set(int row, int label) {
        segment().setAtIndex(ValueLayout.JAVA_INT, Objects.checkIndex(row, rows), label);
    }

    /// Makes every label that is `label` [#IGNORED], such as 255 for pixels without a class.
    public ClassLabels ignore(int label) {
        for (int r = 0; r < rows; r++) {
            if (get(r) == label) {
                set(r, IGNORED);
            }
        }
        return this;
    }

    @Override
    public void close() {
        owned.close();
    }

    @Override
    public String toString() {
        return "ClassLabels (" + rows + ")";
    }
}
