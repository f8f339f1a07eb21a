// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class FloatMatrixTest {
    @ParameterizedTest
    @CsvSource({"1, 16", "15, 16", "16, 16", "17, 32", "784, 784", "785, 800", "2147483632, 2147483632"})
    void strideIsTheNextMultipleOfSixteen(int cols, int stride) {
        assertEquals(stride, FloatMatrix.stride(cols));
    }

    @Test
    void tooManyColumns() {
        assertMessage(IllegalArgumentException.class, "FloatMatrix: 2147483633 columns are too many",
                () -> FloatMatrix.stride(Integer.MAX_VALUE - 14));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "1, -1", "-1, -1", "-2147483648, 3"})
    void shapesWithoutRowsOrColumns(int rows, int cols) {
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (" + rows + ", " + cols + "), expected at least one row and one column",
                () -> FloatMatrix.allocate(rows, cols));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 100})
    void everyAllocationIsAlignedAndZero(int cols) {
        List<FloatMatrix> matrices = new ArrayList<>();
        for (int rows = 1; rows < 20; rows++) {
            FloatMatrix m = FloatMatrix.allocate(rows, cols);
            matrices.add(m);
            assertEquals(0, m.segment().address() % 64);
            assertEquals(0, m.stride() % 16);
            assertEquals(rows, m.rows());
            assertEquals(cols, m.cols());
            assertEquals((long) rows * m.stride(), m.paddedSize());
            assertEquals(m.paddedSize() * 4, m.segment().byteSize());
            assertEquals(FloatMatrix.bytes(rows, cols), m.segment().byteSize());
            assertArrayEquals(new int[rows * m.stride()], RandomTables.bits(m));
            RandomTables.fill(m, RandomTables.random(cols));
        }
        matrices.forEach(FloatMatrix::close);
    }

    @Test
    void copiesRowsFlatArraysAndSegmentsAlike() {
        float[][] rows = {{1, 2, 3}, {-0f, Float.NaN, 4.2E-45f}};
        float[] flat = {1, 2, 3, -0f, Float.NaN, 4.2E-45f};
        try (Arena arena = Arena.ofConfined();
                FloatMatrix a = FloatMatrix.copyOf(rows);
                FloatMatrix b = FloatMatrix.copyOf(flat, 2, 3);
                FloatMatrix c = FloatMatrix.copyOf(MemorySegment.ofArray(flat), 2, 3);
                FloatMatrix d = FloatMatrix.copyOf(arena.allocateFrom(ValueLayout.JAVA_FLOAT, flat), 2, 3);
                FloatMatrix e = FloatMatrix.copyOf(MemorySegment.ofArray(flat).asReadOnly(), 2, 3)) {
            for (FloatMatrix m : List.of(a, b, c, d, e)) {
                assertArrayEquals(rows, m.toArray());
                assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(m.get(1, 0)));
                RandomTables.assertSameBits(a, m, m.toString());
                RandomTables.assertPaddingIsZero(m, m.toString());
            }
        }
    }

    @Test
    void aColumnHasNoPadding() {
        float[] values = {1, -0f, Float.NaN, 4};
        try (FloatMatrix packed = FloatMatrix.column(values);
                FloatMatrix zeros = FloatMatrix.allocateColumn(4);
                FloatMatrix padded = FloatMatrix.copyOf(values, 4, 1)) {
            assertTrue(packed.isPacked());
            assertFalse(padded.isPacked());
            assertEquals(1, packed.stride());
            assertEquals(4, packed.paddedSize());
            assertEquals(16, packed.segment().byteSize());
            assertEquals(0, packed.segment().address() % 64);
            assertArrayEquals(padded.toArray(), packed.toArray());
            zeros.copyFrom(padded);
            RandomTables.assertSameBits(packed, zeros, "from a padded one");
            zeros.copyFrom(packed);
            RandomTables.assertSameBits(packed, zeros, "from a packed one");
            zeros.setRow(2, new float[]{7});
            assertEquals(7, zeros.all().get(2, 0));
            padded.copyFrom(zeros);
            assertEquals(7, padded.get(2, 0));
            RandomTables.assertPaddingIsZero(padded, "from a packed one");
        }
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (0, 1), expected at least one row and one column", () -> FloatMatrix.column());
    }

    @Test
    void aCopyIsACopy() {
        float[][] rows = {{1}, {2}};
        try (FloatMatrix m = FloatMatrix.copyOf(rows)) {
            rows[1][0] = 9;
            m.row(0)[0] = 9;
            m.toArray()[0][0] = 9;
            assertArrayEquals(new float[][]{{1}, {2}}, m.toArray());
        }
    }

    @Test
    void raggedRows() {
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix.copyOf: row 2 has 1 values, expected 2 as in row 0",
                () -> FloatMatrix.copyOf(new float[][]{{1, 2}, {3, 4}, {5}}));
    }

    @Test
    void noRowsOrColumnsToCopy() {
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (0, 0), expected at least one row and one column",
                () -> FloatMatrix.copyOf(new float[0][]));
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (1, 0), expected at least one row and one column",
                () -> FloatMatrix.copyOf(new float[1][0]));
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (0, 0), expected at least one row and one column",
                () -> FloatMatrix.copyOf(new float[0], 0, 0));
    }

    @Test
    void copiesOfTheWrongLength() {
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix.copyOf: 20 bytes given, expected 24 for (2, 3) floats",
                () -> FloatMatrix.copyOf(new float[5], 2, 3));
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix.copyOf: 28 bytes given, expected 24 for (2, 3) floats",
                () -> FloatMatrix.copyOf(MemorySegment.ofArray(new float[7]), 2, 3));
    }

    @Test
    void aCopyChecksTheShapeFirst() {
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (-1, -1), expected at least one row and one column",
                () -> FloatMatrix.copyOf(new float[1], -1, -1));
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (-1, 2), expected at least one row and one column",
                () -> FloatMatrix.copyOf(new float[2], -1, 2));
    }

    @Test
    void aFailedCopyLeavesNothingOpen() {
        MemorySegment confined;
        try (Arena arena = Arena.ofConfined()) {
            confined = arena.allocate(24);
            CompletableFuture.runAsync(
                    () -> assertThrows(WrongThreadException.class, () -> FloatMatrix.copyOf(confined, 2, 3))).join();
        }
        assertMessage(IllegalStateException.class, "Already closed", () -> FloatMatrix.copyOf(confined, 2, 3));
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 2", "2, 0, 2", "2147483647, 0, 2", "-2147483648, 0, 2", "0, -1, 3", "0, 3, 3",
            "0, 2147483647, 3"})
    void outOfBounds(int row, int col, int length) {
        int wrong = row == 0 ? col : row;
        try (FloatMatrix m = FloatMatrix.allocate(2, 3)) {
            String message = "Index " + wrong + " out of bounds for length " + length;
            assertMessage(IndexOutOfBoundsException.class, message, () -> m.get(row, col));
            assertMessage(IndexOutOfBoundsException.class, message, () -> m.set(row, col, 1));
            if (col == 0) {
                assertMessage(IndexOutOfBoundsException.class, message, () -> m.row(row));
                assertMessage(IndexOutOfBoundsException.class, message, () -> m.setRow(row, new float[3]));
            }
            assertArrayEquals(new int[32], RandomTables.bits(m));
        }
    }

    @Test
    void setsWholeRows() {
        try (FloatMatrix m = FloatMatrix.allocate(2, 3)) {
            m.setRow(1, new float[]{1, 2, 3});
            assertArrayEquals(new float[][]{{0, 0, 0}, {1, 2, 3}}, m.toArray());
            assertMessage(IllegalArgumentException.class, "FloatMatrix.setRow: 2 values given, expected 3",
                    () -> m.setRow(1, new float[2]));
            RandomTables.assertPaddingIsZero(m, "after setRow");
        }
    }

    @Test
    void useAfterCloseNamesTheMatrix() {
        FloatMatrix m = FloatMatrix.allocate(2, 3);
        m.close();
        m.close();
        assertMessage(IllegalStateException.class, "FloatMatrix (2, 3) is closed", () -> m.get(0, 0));
        assertMessage(IllegalStateException.class, "FloatMatrix (2, 3) is closed", () -> m.set(0, 0, 1));
        assertMessage(IllegalStateException.class, "FloatMatrix (2, 3) is closed", () -> m.row(0));
        assertMessage(IllegalStateException.class, "FloatMatrix (2, 3) is closed", () -> m.setRow(0, new float[3]));
        assertMessage(IllegalStateException.class, "FloatMatrix (2, 3) is closed", m::toArray);
        assertMessage(IllegalStateException.class, "FloatMatrix (2, 3) is closed", m::segment);
    }

    @Test
    void allRowsAreAlwaysTheSameView() {
        try (FloatMatrix m = FloatMatrix.copyOf(new float[][]{{1}, {2}})) {
            Rows all = m.all();
            assertSame(all, m.all());
            assertEquals(2, all.count());
            assertEquals(2f, all.get(1, 0));
            assertTrue(all.toString().contains("FloatMatrix (2, 1)"));
        }
    }
}
