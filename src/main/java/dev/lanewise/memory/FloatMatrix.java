// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// A `(rows, cols)` matrix of floats in native memory, ready for vectors of any width.
///
/// **Shape**: row-major; each row but that of a [#column] is padded with +0.0 to [#stride] floats, a multiple of [#LANES], and starts on 64
/// bytes. Padding is +0.0 and stays +0.0: kernels rely on it, and only they may see it. The weights of a layer with
/// many outputs lie in panel order instead ([#isPanels]), and a [#column] has no padding ([#isPacked]); the element
/// accessors know.
///
/// **Ownership**: [#allocate], [#column] and [#copyOf] make an owner that must be closed; [#wrap] and [#view] share memory owned
/// by somebody else, and closing them frees nothing.
///
/// **Throws** `IndexOutOfBoundsException` from the element accessors, `IllegalStateException` after close.
public final class FloatMatrix implements Table {
    /// Rows are padded to a multiple of this many floats.
    public static final int LANES = 16;

    private final @Nullable NativeBuffer backing;
    private final boolean owner;
    private final MemorySegment segment;
    private final int rows;
    private final int cols;
    private final int stride;
    private final boolean panels;
    private final Rows all;

    private FloatMatrix(@Nullable NativeBuffer backing, boolean owner, MemorySegment segment, int rows, int cols,
            int stride, boolean panels) {
        this.backing = backing;
        this.owner = owner;
        this.segment = segment;
        this.rows = rows;
        this.cols = cols;
        this.stride = stride;
        this.panels = panels;
        this.all = new Rows(this, rows);
    }

    /// `cols` rounded up to a multiple of [#LANES].
    ///
    /// **Throws** `IllegalArgumentException` if that does not fit an `int`.
    public static int stride(int cols) {
        if (cols > Integer.MAX_VALUE - LANES + 1) {
            throw new IllegalArgumentException("FloatMatrix: " + cols + " columns are too many");
        }
        return (cols + LANES - 1) & -LANES;
    }

    /// Bytes that a `(rows, cols)` matrix takes, padding included; a [#column] has none.
    ///
    /// **Throws** `IllegalArgumentException` unless both are at least 1 and a `long` can count the bytes.
    public static long bytes(int rows, int cols) {
        if (rows < 1 || cols < 1) {
            throw new IllegalArgumentException(
                    "FloatMatrix: shape is (" + rows + ", " + cols + "), expected at least one row and one column");
        }
        long floats = (long) rows * stride(cols);
        if (floats > Long.MAX_VALUE / Float.BYTES) {
            throw new IllegalArgumentException("FloatMatrix: shape is (" + rows + ", " + cols
                    + "), which takes more bytes than a long can count");
        }
        return floats * Float.BYTES;
    }

    /// A new matrix of zeros that the caller owns.
    ///
    /// **Throws** `IllegalArgumentException` unless both sizes are at least 1, [OffHeapMemoryException] if memory is
    /// refused.
    public static FloatMatrix allocate(int rows, int cols) {
        long bytes = bytes(rows, cols);
        NativeBuffer buffer = NativeBuffer.allocate("FloatMatrix (" + rows + ", " + cols + ")", bytes);
        return new FloatMatrix(buffer, true, buffer.segment(), rows, cols, stride(cols), false);
    }

    /// A new column of zeros, (rows, 1), that the caller owns: one float behind the other.
    ///
    /// **Throws** as [#allocate(int, int)].
    public static FloatMatrix allocateColumn(int rows) {
        bytes(rows, 1);
        NativeBuffer buffer = NativeBuffer.allocate("FloatMatrix (" + rows + ", 1)", (long) rows * Float.BYTES);
        return new FloatMatrix(buffer, true, buffer.segment(), rows, 1, 1, false);
    }

    /// A copy of `values` (rows, cols) that the caller owns.
    ///
    /// **Throws** `IllegalArgumentException` if there is no row or column, or a row has another length than the first.
    public static FloatMatrix copyOf(float[][] values) {
        int cols = values.length == 0 ? 0 : values[0].length;
        for (int r = 0; r < values.length; r++) {
            if (values[r].length != cols) {
                throw new IllegalArgumentException("FloatMatrix.copyOf: row " + r + " has " + values[r].length
                        + " values, expected " + cols + " as in row 0");
            }
        }
        FloatMatrix matrix = allocate(values.length, cols);
        for (int r = 0; r < values.length; r++) {
            matrix.setRow(r, values[r]);
        }
        return matrix;
    }

    /// A copy of `values` as a column, (length, 1), that the caller owns: what PyTorch's vectors are here, as targets of
    /// predictions (rows, 1) and as weights of rows. They lie one behind the other, so that a step reads 4 bytes a row and
    /// not the 64 of a padded one.
    ///
    /// **Throws** `IllegalArgumentException` if there is no value.
    public static FloatMatrix column(float... values) {
        FloatMatrix column = allocateColumn(values.length);
        MemorySegment.copy(values, 0, column.segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return column;
    }

    /// A copy of the row-major `values` (rows * cols, without padding) that the caller owns.
    ///
    /// **Throws** `IllegalArgumentException` unless both sizes are at least 1 and the length is `rows * cols`.
    public static FloatMatrix copyOf(float[] values, int rows, int cols) {
        return copyOf(MemorySegment.ofArray(values), rows, cols);
    }

    /// A copy of the row-major native-endian floats in `values` (rows * cols, without padding), which may be heap,
    /// native or mapped memory; the caller owns the copy.
    ///
    /// **Throws** `IllegalArgumentException` unless both sizes are at least 1 and `values` has `rows * cols` floats.
    public static FloatMatrix copyOf(MemorySegment values, int rows, int cols) {
        bytes(rows, cols);
        long expected = (long) rows * cols * Float.BYTES;
        if (values.byteSize() != expected) {
            throw new IllegalArgumentException("FloatMatrix.copyOf: " + values.byteSize() + " bytes given, expected "
                    + expected + " for (" + rows + ", " + cols + ") floats");
        }
        FloatMatrix matrix = allocate(rows, cols);
        long rowBytes = (long) cols * Float.BYTES;
        try {
            for (int r = 0; r < rows; r++) {
                MemorySegment.copy(values, r * rowBytes, matrix.segment, matrix.offset(r, 0), rowBytes);
            }
        } catch (RuntimeException e) { // closed by another thread, or confined to one
            matrix.close();
            throw e;
        }
        return matrix;
    }

    /// Uses native memory of the caller as it is, without a copy: `rows * stride(cols)` floats from a 64-byte boundary,
    /// padding +0.0. The caller keeps it open as long as the matrix is used. Memory of `Arena.ofConfined` serves modules
    /// of one thread, the arena's own, alone, and has the JIT ask for that thread at every access of every kernel:
    /// `Arena.ofShared` and `Arena.ofAuto` do not.
    ///
    /// **Throws** `IllegalArgumentException` if the memory is on the heap, mapped from a file (a file cut short under
    /// vector code kills the JVM), read-only, misaligned, of another size, or its padding is not zero.
    public static FloatMatrix wrap(MemorySegment memory, int rows, int cols) {
        long bytes = bytes(rows, cols);
        String given = !memory.isNative() ? "heap memory"
                : memory.isMapped() ? "a file mapping"
                : memory.isReadOnly() ? "read-only memory"
                : memory.address() % NativeBuffer.ALIGNMENT_BYTES != 0 ? "memory not aligned to 64 bytes"
                : memory.byteSize() != bytes ? memory.byteSize() + " bytes" : null;
        if (given != null) {
            throw new IllegalArgumentException("FloatMatrix.wrap: " + given + " given, expected " + bytes
                    + " bytes of writable native memory on a 64-byte boundary for (" + rows + ", " + cols
                    + "), rows padded to " + stride(cols) + " floats; FloatMatrix.copyOf takes any memory");
        }
        FloatMatrix matrix = new FloatMatrix(null, false, memory, rows, cols, stride(cols), false);
        for (int r = 0; r < rows; r++) {
            for (int c = cols; c < matrix.stride; c++) {
                if (Float.floatToRawIntBits(memory.get(ValueLayout.JAVA_FLOAT, matrix.offset(r, c))) != 0) {
                    throw new IllegalArgumentException("FloatMatrix.wrap: padding of row " + r + " at column " + c
                            + " is not +0.0; fill the padding with zeros");
                }
            }
        }
        return matrix;
    }

    /// A matrix in memory that an owner inside the library has laid out; see [ParameterSlab].
    static FloatMatrix view(NativeBuffer backing, long offsetBytes, int rows, int cols, boolean panels) {
        long bytes = panels ? panelBytes(rows, cols) : bytes(rows, cols);
        MemorySegment part = backing.segment().asSlice(offsetBytes, bytes);
        return new FloatMatrix(backing, false, part, rows, cols, stride(cols), panels);
    }

    /// Bytes that a `(rows, cols)` matrix takes in panel order.
    public static long panelBytes(int rows, int cols) {
        bytes(rows, cols);
        return (long) stride(rows) * cols * Float.BYTES;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int cols() {
        return cols;
    }

    /// Whether the elements lie in panel order: panels of 16 rows, in each the columns one after the other, in each of
    /// these the 16 rows; element (r, c) is float `((r / 16) * cols + c) * 16 + r % 16`. Rows of +0.0 fill up the last
    /// panel. Only parameters do.
    public boolean isPanels() {
        return panels;
    }

    /// Whether this is a column whose values follow one another without padding: one that [#column] or [#allocateColumn]
    /// has made. As targets and weights of rows they are read where they are; as features they are copied first.
    public boolean isPacked() {
        return stride == 1;
    }

    /// Floats from the start of one row to the start of the next; a multiple of [#LANES], or 1 for an [#isPacked] column.
    ///
    /// **Throws** `IllegalStateException` for a matrix in panel order, which has none.
    public int stride() {
        if (panels) {
            throw new IllegalStateException(
                    "FloatMatrix.stride: " + this + " is in panel order, where rows have no stride; use get and set");
        }
        return stride;
    }

    @Override
    public MemorySegment segment() {
        if (backing != null) {
            backing.checkOpen();
        } else if (!segment.scope().isAlive()) {
            throw new IllegalStateException(this + " is closed: its memory has been freed by its owner");
        }
        return segment;
    }

    @Override
    public Rows all() {
        return all;
    }

    /// Number of floats including padding.
    public long paddedSize() {
        return panels ? (long) stride(rows) * cols : (long) rows * stride;
    }

    /// The element at `(row, col)`.
    public float get(int row, int col) {
        check(row, col);
        return segment().get(ValueLayout.JAVA_FLOAT, offset(row, col));
    }

    /// Sets the element at `(row, col)`.
    public void set(int row, int col, float value) {
        check(row, col);
        segment().set(ValueLayout.JAVA_FLOAT, offset(row, col), value);
    }

    /// Sets a whole row from `values` (cols).
    ///
    /// **Throws** `IllegalArgumentException` if the length is not `cols`.
    public void setRow(int row, float[] values) {
        if (values.length != cols) {
            throw new IllegalArgumentException(
                    "FloatMatrix.setRow: " + values.length + " values given, expected " + cols);
        }
        Objects.checkIndex(row, rows);
        if (panels) {
            for (int c = 0; c < cols; c++) {
                segment().set(ValueLayout.JAVA_FLOAT, offset(row, c), values[c]);
            }
        } else {
            MemorySegment.copy(values, 0, segment(), ValueLayout.JAVA_FLOAT, offset(row, 0), cols);
        }
    }

    /// Copies all elements of `other`, of the same shape, whatever the order in memory.
    ///
    /// **Throws** `IllegalArgumentException` if the shapes differ.
    public void copyFrom(FloatMatrix other) {
        if (other.rows != rows || other.cols != cols) {
            throw new IllegalArgumentException("FloatMatrix.copyFrom: " + other + " given, expected " + this);
        }
        if (other.panels == panels && other.stride == stride) {
            segment().copyFrom(other.segment());
            return;
        }
        MemorySegment to = segment();
        MemorySegment from = other.segment();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) { // as int: a float register may change the bits of a NaN
                to.set(ValueLayout.JAVA_INT, offset(r, c), from.get(ValueLayout.JAVA_INT, other.offset(r, c)));
            }
        }
    }

    /// A copy of one row, without padding.
    public float[] row(int row) {
        Objects.checkIndex(row, rows);
        float[] values = new float[cols];
        for (int c = 0; panels && c < cols; c++) {
            values[c] = segment().get(ValueLayout.JAVA_FLOAT, offset(row, c));
        }
        if (!panels) {
            MemorySegment.copy(segment(), ValueLayout.JAVA_FLOAT, offset(row, 0), values, 0, cols);
        }
        return values;
    }

    /// Copies the bits of `n` elements of a row, from column `col` on, to `to[at ..]`: as `int`, because a float register
    /// may change the bits of a NaN.
    public void copyBits(int row, int col, int[] to, int at, int n) {
        Objects.checkIndex(row, rows);
        Objects.checkFromIndexSize(col, n, cols);
        MemorySegment from = segment();
        if (!panels) {
            MemorySegment.copy(from, ValueLayout.JAVA_INT, offset(row, col), to, at, n);
            return;
        }
        for (int c = 0; c < n; c++) {
            to[at + c] = from.get(ValueLayout.JAVA_INT, offset(row, col + c));
        }
    }

    /// A copy of all rows, without padding.
    public float[][] toArray() {
        float[][] values = new float[rows][];
        for (int r = 0; r < rows; r++) {
            values[r] = row(r);
        }
        return values;
    }

    private void check(int row, int col) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(col, cols);
    }

    private long offset(int row, int col) {
        long at = panels ? ((long) (row / LANES) * cols + col) * LANES + row % LANES : (long) row * stride + col;
        return at * Float.BYTES;
    }

    @Override
    public void close() {
        if (owner && backing != null) {
            backing.close();
        }
    }

    @Override
    public String toString() {
        return "FloatMatrix (" + rows + ", " + cols + ")";
    }
}
