// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// A `(rows, cols)` matrix of unsigned bytes in native memory, each standing for the float `b * scale`: features that
/// came as bytes, such as the pixels of an image, in a quarter of the memory.
///
/// **Shape**: row-major; each row is padded with zeros to [#stride] bytes, a multiple of [#ALIGNMENT_BYTES], and starts
/// on a cache line. Padding is 0 and stays 0. **Numerics**: kernels widen the rows they need, `(float) b * scale` with
/// one rounding, so that a training gives the same bits as with [#toFloats].
///
/// **Ownership**: whoever makes it closes it.
///
/// **Throws** `IndexOutOfBoundsException` from the element accessors, `IllegalStateException` after close.
public final class ByteMatrix implements Table {
    /// Rows are padded to a multiple of this many bytes.
    public static final int ALIGNMENT_BYTES = NativeBuffer.ALIGNMENT_BYTES;

    private static final int LARGEST = 255;

    private final NativeBuffer owned;
    private final int rows;
    private final int cols;
    private final int stride;
    private final float scale;
    private final Rows all;

    private ByteMatrix(NativeBuffer owned, int rows, int cols, float scale) {
        this.owned = owned;
        this.rows = rows;
        this.cols = cols;
        this.stride = stride(cols);
        this.scale = scale;
        this.all = new Rows(this, rows);
    }

    /// `cols` rounded up to a multiple of [#ALIGNMENT_BYTES].
    ///
    /// **Throws** `IllegalArgumentException` if that does not fit an `int`.
    public static int stride(int cols) {
        if (cols > Integer.MAX_VALUE - ALIGNMENT_BYTES + 1) {
            throw new IllegalArgumentException("ByteMatrix: " + cols + " columns are too many");
        }
        return (cols + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /// Bytes that a `(rows, cols)` matrix takes, padding included.
    ///
    /// **Throws** `IllegalArgumentException` unless both are at least 1.
    public static long bytes(int rows, int cols) {
        if (rows < 1 || cols < 1) {
            throw new IllegalArgumentException(
                    "ByteMatrix: shape is (" + rows + ", " + cols + "), expected at least one row and one column");
        }
        return (long) rows * stride(cols);
    }

    /// A new matrix of zeros that the caller owns.
    ///
    /// **Throws** `IllegalArgumentException` unless both sizes are at least 1 and `scale` is positive and finite,
    /// [OffHeapMemoryException] if memory is refused.
    public static ByteMatrix allocate(int rows, int cols, float scale) {
        long bytes = bytes(rows, cols);
        if (!(scale > 0 && scale < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("ByteMatrix: scale is " + scale
                    + ", expected a positive finite number, such as 1f / 255f for values from 0 to 1");
        }
        NativeBuffer buffer = NativeBuffer.allocate("ByteMatrix (" + rows + ", " + cols + ")", bytes);
        return new ByteMatrix(buffer, rows, cols, scale);
    }

    /// A copy of the row-major unsigned `values` (rows * cols, without padding) that the caller owns.
    ///
    /// **Throws** `IllegalArgumentException` as [#allocate], and unless the length is `rows * cols`.
    public static ByteMatrix copyOf(byte[] values, int rows, int cols, float scale) {
        return copyOf(MemorySegment.ofArray(values), rows, cols, scale);
    }

    /// A copy of the row-major unsigned bytes in `values` (rows * cols, without padding), which may be heap, native or
    /// mapped memory; the caller owns the copy.
    ///
    /// **Throws** `IllegalArgumentException` as [#allocate], and unless `values` has `rows * cols` bytes.
    public static ByteMatrix copyOf(MemorySegment values, int rows, int cols, float scale) {
        bytes(rows, cols);
        long expected = (long) rows * cols;
        if (values.byteSize() != expected) {
            throw new IllegalArgumentException("ByteMatrix.copyOf: " + values.byteSize() + " bytes given, expected "
                    + expected + " for (" + rows + ", " + cols + ")");
        }
        ByteMatrix matrix = allocate(rows, cols, scale);
        try {
            for (int r = 0; r < rows; r++) {
                MemorySegment.copy(values, (long) r * cols, matrix.owned.segment(), matrix.offset(r, 0), cols);
            }
        } catch (RuntimeException e) { // closed by another thread, or confined to one
            matrix.close();
            throw e;
        }
        return matrix;
    }

    /// The same values as floats, in a matrix that the caller owns.
    ///
    /// **Throws** [OffHeapMemoryException] if memory is refused.
    public FloatMatrix toFloats() {
        segment();
        FloatMatrix floats = FloatMatrix.allocate(rows, cols);
        try {
            byte[] bytes = new byte[cols];
            float[] values = new float[cols];
            for (int r = 0; r < rows; r++) {
                MemorySegment.copy(segment(), ValueLayout.JAVA_BYTE, offset(r, 0), bytes, 0, cols);
                widen(values, bytes);
                floats.setRow(r, values);
            }
        } catch (RuntimeException e) { // closed by another thread
            floats.close();
            throw e;
        }
        return floats;
    }

    private void widen(float[] values, byte[] bytes) {
        for (int c = 0; c < values.length; c++) {
            values[c] = (bytes[c] & LARGEST) * scale;
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int cols() {
        return cols;
    }

    /// Bytes from the start of one row to the start of the next; a multiple of [#ALIGNMENT_BYTES].
    public int stride() {
        return stride;
    }

    /// What a byte is multiplied by.
    public float scale() {
        return scale;
    }

    @Override
    public MemorySegment segment() {
        return owned.segment();
    }

    @Override
    public Rows all() {
        return all;
    }

    /// The value at `(row, col)`: the byte times [#scale].
    public float get(int row, int col) {
        return getByte(row, col) * scale;
    }

    /// The byte at `(row, col)`, 0 to 255.
    public int getByte(int row, int col) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(col, cols);
        return segment().get(ValueLayout.JAVA_BYTE, offset(row, col)) & LARGEST;
    }

    /// Sets the byte at `(row, col)`.
    ///
    /// **Throws** `IllegalArgumentException` unless `value` is 0 to 255.
    public void setByte(int row, int col, int value) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(col, cols);
        if (value < 0 || value > LARGEST) {
            throw new IllegalArgumentException("ByteMatrix.setByte: value is " + value + ", expected 0 to 255");
        }
        segment().set(ValueLayout.JAVA_BYTE, offset(row, col), (byte) value);
    }

    /// Sets the rows `first .. first + count - 1` from the row-major unsigned bytes that begin at `from` of `values`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there are no such rows or too few values.
    public void setRows(int first, int count, byte[] values, int from) {
        Objects.checkFromIndexSize(first, count, rows);
        Objects.checkFromIndexSize((long) from, (long) count * cols, values.length);
        MemorySegment memory = segment();
        for (int r = 0; r < count; r++) {
            MemorySegment.copy(values, from + r * cols, memory, ValueLayout.JAVA_BYTE, offset(first + r, 0), cols);
        }
    }

    private long offset(int row, int col) {
        return (long) row * stride + col;
    }

    @Override
    public void close() {
        owned.close();
    }

    @Override
    public String toString() {
        return "ByteMatrix (" + rows + ", " + cols + ")";
    }
}
