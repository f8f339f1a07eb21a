// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeak.class)
class RowsTest {
    private FloatMatrix matrix;
    private NativeBuffer index;

    @BeforeEach
    void allocate() {
        matrix = FloatMatrix.copyOf(new float[][]{{0, 1}, {10, 11}, {20, 21}, {30, 31}});
        index = NativeBuffer.allocate("index", 5 * Integer.BYTES);
        MemorySegment.copy(new int[]{3, 3, 0, 2, 1}, 0, index.segment(), ValueLayout.JAVA_INT, 0, 5);
    }

    @AfterEach
    void close() {
        matrix.close();
        index.close();
    }

    @Test
    void consecutiveRows() {
        Rows rows = new Rows(matrix, 1, 2);
        assertEquals(2, rows.count());
        assertEquals(2, rows.cols());
        assertEquals(1, rows.first());
        assertEquals(0, rows.index().byteSize());
        assertSame(matrix, rows.table());
        assertSame(matrix, rows.matrix());
        assertEquals(2, rows.rowInTable(1));
        assertEquals(21f, rows.get(1, 1));
        rows.moveTo(3, 1);
        assertEquals(31f, rows.get(0, 1));
        rows.moveTo(4, 0);
        assertEquals(0, rows.count());
        assertEquals("0 rows of FloatMatrix (4, 2)", rows.toString());
    }

    @Test
    void rowsByIndex() {
        Rows rows = new Rows(matrix, 0, 0);
        rows.moveTo(index.segment(), 1, 3);
        assertEquals(3, rows.count());
        assertEquals(1, rows.first());
        assertEquals(3, rows.rowInTable(0));
        assertEquals(30f, rows.get(0, 0));
        assertEquals(0f, rows.get(1, 0));
        assertEquals(21f, rows.get(2, 1));
    }

    @Test
    void followingAnotherViewDoesNotLast() {
        Rows leader = new Rows(matrix, 0, 0);
        leader.moveTo(index.segment(), 3, 2);
        Rows follower = new Rows(matrix, 0, 4);
        follower.moveTo(leader);
        leader.moveTo(0, 1);
        assertEquals(2, follower.count());
        assertEquals(20f, follower.get(0, 0));
        assertEquals(10f, follower.get(1, 0));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 5", "4, 1", "0, -1", "2147483647, 2147483647", "-2147483648, 1"})
    void rowsBeyondTheTable(int first, int count) {
        String message = "Range [" + first + ", " + first + " + " + count + ") out of bounds for length 4";
        assertMessage(IndexOutOfBoundsException.class, message, () -> new Rows(matrix, first, count));
        Rows rows = new Rows(matrix, 1, 2);
        assertMessage(IndexOutOfBoundsException.class, message, () -> rows.moveTo(first, count));
        assertEquals(20f, rows.get(1, 0), "the view has not moved");
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 6", "5, 1", "0, -1", "9223372036854775807, 1"})
    void entriesBeyondTheIndex(long first, int count) {
        Rows rows = new Rows(matrix, 1, 2);
        assertMessage(IndexOutOfBoundsException.class,
                "Range [" + first + ", " + first + " + " + count + ") out of bounds for length 5",
                () -> rows.moveTo(index.segment(), first, count));
        assertEquals(20f, rows.get(1, 0), "the view has not moved");
    }

    @Test
    void valuesBeyondTheView() {
        Rows rows = new Rows(matrix, 1, 2);
        assertMessage(IndexOutOfBoundsException.class, "Index 2 out of bounds for length 2", () -> rows.get(2, 0));
        assertMessage(IndexOutOfBoundsException.class, "Index -1 out of bounds for length 2",
                () -> rows.rowInTable(-1));
        assertMessage(IndexOutOfBoundsException.class, "Index 2 out of bounds for length 2", () -> rows.get(0, 2));
    }

    @Test
    void aRowNumberBeyondTheTableIsNeverReadThrough() {
        index.segment().setAtIndex(ValueLayout.JAVA_INT, 0, 4);
        Rows rows = new Rows(matrix, 0, 0);
        rows.moveTo(index.segment(), 0, 1);
        assertMessage(IndexOutOfBoundsException.class, "Index 4 out of bounds for length 4", () -> rows.get(0, 0));
    }

    @Test
    void labelsAreNotNumbers() {
        try (ClassLabels labels = ClassLabels.copyOf(3, 1, 4)) {
            Rows rows = new Rows(labels, 1, 2);
            assertEquals(4, rows.label(1));
            assertEquals(1, rows.cols());
            assertMessage(IllegalArgumentException.class,
                    "class labels given, expected rows of floats (FloatMatrix)", rows::matrix);
            assertMessage(IllegalArgumentException.class,
                    "class labels given, expected rows of floats (FloatMatrix)", () -> rows.get(0, 0));
            assertMessage(IllegalArgumentException.class, "rows of floats given, expected class labels (ClassLabels)",
                    () -> matrix.all().label(0));
        }
    }

    @Test
    void anIndexOnTheHeapIsRefused() {
        Rows rows = new Rows(matrix, 1, 2);
        MemorySegment heap = MemorySegment.ofArray(new int[]{0, 1});
        assertMessage(IllegalArgumentException.class,
                "Rows.moveTo: the index is heap memory, expected native memory of int; copy it to a NativeBuffer",
                () -> rows.moveTo(heap, 0, 2));
        assertEquals(20f, rows.get(1, 0), "the view has not moved");
    }

    @Test
    void allRowsOfATableCannotBeMoved() {
        Rows all = matrix.all();
        String message = "Rows.moveTo: these are all rows of FloatMatrix (4, 2), shared by everybody; make a new Rows";
        assertMessage(IllegalStateException.class, message, () -> all.moveTo(0, 1));
        assertMessage(IllegalStateException.class, message, () -> all.moveTo(index.segment(), 0, 1));
        assertMessage(IllegalStateException.class, message, () -> all.moveTo(new Rows(matrix, 0, 1)));
        assertEquals(4, all.count());
        Rows mine = new Rows(matrix, 0, 0);
        mine.moveTo(all);
        mine.moveTo(0, 1);
        assertEquals(1, mine.count());
    }
}
