// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class ByteMatrixTest {
    private static final float SCALE = 1f / 255f;

    @ParameterizedTest
    @CsvSource({"1, 64", "63, 64", "64, 64", "65, 128", "784, 832", "2147483584, 2147483584"})
    void strideIsTheNextMultipleOfSixtyFour(int cols, int stride) {
        assertEquals(stride, ByteMatrix.stride(cols));
    }

    @Test
    void tooManyColumns() {
        assertMessage(IllegalArgumentException.class, "ByteMatrix: 2147483585 columns are too many",
                () -> ByteMatrix.stride(Integer.MAX_VALUE - 62));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "1, -1", "-2147483648, 3"})
    void shapesWithoutRowsOrColumns(int rows, int cols) {
        String message = "ByteMatrix: shape is (" + rows + ", " + cols + "), expected at least one row and one column";
        assertMessage(IllegalArgumentException.class, message, () -> ByteMatrix.allocate(rows, cols, SCALE));
        assertMessage(IllegalArgumentException.class, message, () -> ByteMatrix.copyOf(new byte[1], rows, cols, 1));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0f, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void scalesThatAreNone(float scale) {
        assertMessage(IllegalArgumentException.class, "ByteMatrix: scale is " + scale
                + ", expected a positive finite number, such as 1f / 255f for values from 0 to 1",
                () -> ByteMatrix.allocate(1, 1, scale));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 300})
    void everyAllocationIsAlignedCountedAndZero(int cols) {
        long before = OffHeap.openBytes();
        try (ByteMatrix m = ByteMatrix.allocate(5, cols, SCALE)) {
            assertEquals(0, m.segment().address() % 64);
            assertEquals(5, m.rows());
            assertEquals(cols, m.cols());
            assertEquals(SCALE, m.scale());
            assertEquals(5L * m.stride(), m.segment().byteSize());
            assertEquals(ByteMatrix.bytes(5, cols), m.segment().byteSize());
            assertEquals(before + 5L * m.stride(), OffHeap.openBytes());
            assertArrayEquals(new byte[5 * m.stride()], m.segment().toArray(ValueLayout.JAVA_BYTE));
        }
        assertEquals(before, OffHeap.openBytes());
    }

    @Test
    void beyondTheBudgetNothingIsAllocated() {
        OffHeap.setBudgetBytes(OffHeap.openBytes() + 100);
        assertEquals("ByteMatrix (2, 3) needs 128 bytes of native memory, available are 100; use fewer rows or"
                + " columns, or raise the budget (OffHeap.setBudgetBytes)",
                assertThrows(OffHeapMemoryException.class, () -> ByteMatrix.allocate(2, 3, 1)).getMessage());
    }

    @Test
    void everyValueIsTheByteTimesTheScale() {
        try (ByteMatrix m = all(); FloatMatrix floats = m.toFloats()) {
            assertEquals("FloatMatrix (2, 128)", floats.toString());
            for (int b = 0; b < 256; b++) {
                float expected = (float) b * SCALE;
                assertEquals(b, m.getByte(b / 128, b % 128));
                assertEquals(expected, m.get(b / 128, b % 128));
                assertEquals(expected, m.all().get(b / 128, b % 128));
                assertEquals(expected, floats.get(b / 128, b % 128));
            }
        }
    }

    private static ByteMatrix all() {
        byte[] bytes = new byte[256];
        for (int b = 0; b < 256; b++) {
            bytes[b] = (byte) b;
        }
        return ByteMatrix.copyOf(bytes, 2, 128, SCALE);
    }

    @Test
    void copiesArraysAndSegmentsAlikeAndPadsWithZeros() {
        byte[] values = {1, 2, 3, -1, -2, -3};
        try (Arena arena = Arena.ofConfined();
                ByteMatrix array = ByteMatrix.copyOf(values, 2, 3, 1);
                ByteMatrix heap = ByteMatrix.copyOf(MemorySegment.ofArray(values).asReadOnly(), 2, 3, 1);
                ByteMatrix memory = ByteMatrix.copyOf(arena.allocateFrom(ValueLayout.JAVA_BYTE, values), 2, 3, 1);
                ByteMatrix rows = ByteMatrix.allocate(2, 3, 1);
                FloatMatrix floats = memory.toFloats()) {
            rows.setRows(1, 1, values, 3);
            rows.setRows(0, 1, values, 0);
            byte[] padded = new byte[128];
            System.arraycopy(values, 0, padded, 0, 3);
            System.arraycopy(values, 3, padded, 64, 3);
            for (ByteMatrix m : new ByteMatrix[]{array, heap, memory, rows}) {
                assertArrayEquals(padded, m.segment().toArray(ValueLayout.JAVA_BYTE));
            }
            assertArrayEquals(new float[][]{{1, 2, 3}, {255, 254, 253}}, floats.toArray());
            RandomTables.assertPaddingIsZero(floats, "widened");
        }
    }

    @Test
    void copiesOfTheWrongLength() {
        assertMessage(IllegalArgumentException.class, "ByteMatrix.copyOf: 5 bytes given, expected 6 for (2, 3)",
                () -> ByteMatrix.copyOf(new byte[5], 2, 3, 1));
        assertMessage(IllegalArgumentException.class, "ByteMatrix.copyOf: 7 bytes given, expected 6 for (2, 3)",
                () -> ByteMatrix.copyOf(MemorySegment.ofArray(new byte[7]), 2, 3, 1));
    }

    @Test
    void aFailedCopyLeavesNothingOpen() {
        MemorySegment confined;
        try (Arena arena = Arena.ofConfined()) {
            confined = arena.allocate(6);
            CompletableFuture.runAsync(
                    () -> assertThrows(WrongThreadException.class, () -> ByteMatrix.copyOf(confined, 2, 3, 1))).join();
        }
        assertMessage(IllegalStateException.class, "Already closed", () -> ByteMatrix.copyOf(confined, 2, 3, 1));
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 2", "2, 0, 2", "2147483647, 0, 2", "0, -1, 3", "0, 3, 3"})
    void outOfBounds(int row, int col, int length) {
        String message = "Index " + (row == 0 ? col : row) + " out of bounds for length " + length;
        try (ByteMatrix m = ByteMatrix.allocate(2, 3, 1)) {
            assertMessage(IndexOutOfBoundsException.class, message, () -> m.get(row, col));
            assertMessage(IndexOutOfBoundsException.class, message, () -> m.getByte(row, col));
            assertMessage(IndexOutOfBoundsException.class, message, () -> m.setByte(row, col, 1));
        }
    }

    @Test
    void rowsAndValuesOutOfBounds() {
        try (ByteMatrix m = ByteMatrix.allocate(2, 3, 1)) {
            assertMessage(IndexOutOfBoundsException.class, "Range [1, 1 + 2) out of bounds for length 2",
                    () -> m.setRows(1, 2, new byte[9], 0));
            assertMessage(IndexOutOfBoundsException.class, "Range [1, 1 + 6) out of bounds for length 6",
                    () -> m.setRows(0, 2, new byte[6], 1));
            for (int value : new int[]{-1, 256}) {
                assertMessage(IllegalArgumentException.class,
                        "ByteMatrix.setByte: value is " + value + ", expected 0 to 255", () -> m.setByte(0, 0, value));
            }
            m.setByte(1, 2, 255);
            assertEquals(255f, m.get(1, 2));
        }
    }

    @Test
    void useAfterCloseNamesTheMatrix() {
        ByteMatrix m = ByteMatrix.allocate(2, 3, 1);
        m.close();
        m.close();
        String message = "ByteMatrix (2, 3) is closed";
        assertMessage(IllegalStateException.class, message, () -> m.get(0, 0));
        assertMessage(IllegalStateException.class, message, () -> m.setByte(0, 0, 1));
        assertMessage(IllegalStateException.class, message, () -> m.setRows(0, 1, new byte[3], 0));
        assertMessage(IllegalStateException.class, message, m::toFloats);
        assertMessage(IllegalStateException.class, message, m::segment);
    }

    @Test
    void rowsOfBytesAreNeitherFloatsNorLabels() {
        try (ByteMatrix m = ByteMatrix.copyOf(new byte[]{1, 2, 3, 4}, 2, 2, 0.5f)) {
            Rows rows = new Rows(m, 1, 1);
            assertEquals(2f, rows.get(0, 1));
            assertSame(m.all(), m.all());
            assertEquals("2 rows of ByteMatrix (2, 2)", m.all().toString());
            assertMessage(IllegalArgumentException.class,
                    "rows of bytes given, expected rows of floats (FloatMatrix); ByteMatrix.toFloats() converts them",
                    rows::matrix);
            assertMessage(IllegalArgumentException.class,
                    "rows of bytes given, expected class labels (ClassLabels)", () -> rows.label(0));
        }
    }
}
