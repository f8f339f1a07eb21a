// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A view of some rows of a [Table]: `count` consecutive rows from `first`, or the rows that `count` entries of an
/// index of row numbers name.
///
/// Batches are such views: rows are read where they are, never copied. The view owns nothing, and a loader moves its
/// own view from batch to batch instead of making new ones.
///
/// **Threads**: one at a time.
public class Rows {
    private Table table;
    private MemorySegment index = MemorySegment.NULL;
    private long first;
    private int count;
    private @Nullable FloatMatrix weights;
    private final boolean shared;

    /// The consecutive rows `first .. first + count - 1` of `table`.
    public Rows(Table table, int first, int count) {
        this.table = table;
        this.shared = false;
        moveTo(first, count);
    }

    /// All `rows` of `table`, a view that stays where it is because everybody gets the same.
    Rows(Table table, int rows) {
        this.table = table;
        this.count = rows;
        this.shared = true;
    }

    /// Moves the view to consecutive rows.
    ///
    /// **Throws** `IndexOutOfBoundsException` if they are not all in the table, `IllegalStateException` if this is the
    /// table's own view of [Table#all] rows.
    public final void moveTo(int newFirst, int newCount) {
        requireOwn();
        Objects.checkFromIndexSize(newFirst, newCount, table.rows());
        setIndex(MemorySegment.NULL);
        first = newFirst;
        count = newCount;
    }

    /// Moves the view to the rows named by the entries `from .. from + newCount - 1` of `rowNumbers`, native memory of
    /// `int`, whose values must be row numbers of the table: they are not checked one by one.
    ///
    /// **Throws** `IndexOutOfBoundsException` if the index has no such entries, `IllegalArgumentException` if it is on
    /// the heap.
    public final void moveTo(MemorySegment rowNumbers, long from, int newCount) {
        requireOwn();
        if (!rowNumbers.isNative()) { // kernels that have seen both kinds of memory are many times slower for good
            throw new IllegalArgumentException("Rows.moveTo: the index is heap memory, expected native memory of int;"
                    + " copy it to a NativeBuffer");
        }
        Objects.checkFromIndexSize(from, newCount, rowNumbers.byteSize() / Integer.BYTES);
        setIndex(rowNumbers);
        first = from;
        count = newCount;
    }

    /// Moves the view to the rows that `other` shows now; it does not follow when `other` moves on.
    public final void moveTo(Rows other) {
        requireOwn();
        if (table != other.table) { // a reference costs a barrier of the garbage collector, and is mostly the same
            table = other.table;
        }
        setIndex(other.index);
        first = other.first;
        count = other.count;
        if (weights != other.weights) {
            weights = other.weights;
        }
    }

    @SuppressWarnings({"ReferenceEquality", "MemorySegmentReferenceEquality"})
    private void setIndex(MemorySegment newIndex) {
        if (index != newIndex) {
            index = newIndex;
        }
    }

    /// The weights of all rows of the table, (rows, 1), or null if each counts once.
    public final @Nullable FloatMatrix weights() {
        return weights;
    }

    /// Gives each row of the table a weight, (rows, 1), that multiplies the loss of that row wherever this view moves;
    /// null takes the weights away. Weights are finite and at least 0, which losses check.
    ///
    /// **Throws** `IllegalArgumentException` if these are not as many weights as the table has rows,
    /// `IllegalStateException` if this is the table's own view of [Table#all] rows.
    public final Rows weights(@Nullable FloatMatrix rowWeights) {
        requireOwn();
        if (rowWeights != null && (rowWeights.rows() != table.rows() || rowWeights.cols() != 1)) {
            throw new IllegalArgumentException("Rows.weights: " + rowWeights + " given, expected (" + table.rows()
                    + ", 1), a weight for each row of " + table);
        }
        weights = rowWeights;
        return this;
    }

    private void requireOwn() {
        if (shared) {
            throw new IllegalStateException(
                    "Rows.moveTo: these are all rows of " + table + ", shared by everybody; make a new Rows");
        }
    }

    /// The table whose rows these are.
    public final Table table() {
        return table;
    }

    /// The table as features or real-valued targets.
    ///
    /// **Throws** `IllegalArgumentException` if these are bytes or class labels.
    public final FloatMatrix matrix() {
        if (table instanceof FloatMatrix matrix) {
            return matrix;
        }
        throw new IllegalArgumentException(table instanceof ByteMatrix
                ? "rows of bytes given, expected rows of floats (FloatMatrix); ByteMatrix.toFloats() converts them"
                : "class labels given, expected rows of floats (FloatMatrix)");
    }

    /// The index of row numbers, or `MemorySegment.NULL` for consecutive rows.
    public final MemorySegment index() {
        return index;
    }

    /// First row, or first entry of the index.
    public final long first() {
        return first;
    }

    /// Number of rows in this view.
    public final int count() {
        return count;
    }

    /// Number of values in a row.
    public final int cols() {
        return table.cols();
    }

    /// Row of the table behind row `row` of this view.
    public final int rowInTable(int row) {
        Objects.checkIndex(row, count);
        return index.byteSize() == 0 ? (int) (first + row) : index.getAtIndex(ValueLayout.JAVA_INT, first + row);
    }

    /// The value at `(row, col)` of this view.
    ///
    /// **Throws** `IllegalArgumentException` if these are class labels.
    public final float get(int row, int col) {
        return table instanceof ByteMatrix bytes
                ? bytes.get(rowInTable(row), col)
                : matrix().get(rowInTable(row), col);
    }

    /// The class of `row` of this view.
    ///
    /// **Throws** `IllegalArgumentException` if the table has no class labels.
    public final int label(int row) {
        if (table instanceof ClassLabels labels) {
            return labels.get(rowInTable(row));
        }
        throw new IllegalArgumentException("rows of " + (table instanceof ByteMatrix ? "bytes" : "floats")
                + " given, expected class labels (ClassLabels)");
    }

    @Override
    public String toString() {
        return count + " rows of " + table;
    }
}
