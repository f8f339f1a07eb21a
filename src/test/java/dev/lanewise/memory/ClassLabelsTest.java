// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class ClassLabelsTest {
    @Test
    void keepsIntegersThatAFloatCannot() {
        try (ClassLabels labels = ClassLabels.copyOf(0, 16_777_217, -1, Integer.MAX_VALUE)) {
            assertEquals(4, labels.rows());
            assertEquals(1, labels.cols());
            assertEquals(16_777_217, labels.get(1));
            assertEquals(-1, labels.get(2));
            assertEquals(Integer.MAX_VALUE, labels.segment().getAtIndex(ValueLayout.JAVA_INT, 3));
            assertEquals(16, labels.segment().byteSize());
            assertEquals(0, labels.segment().address() % 64);
            labels.set(2, 5);
            assertEquals(5, labels.all().label(2));
            assertSame(labels.all(), labels.all());
            assertEquals("ClassLabels (4)", labels.toString());
        }
    }

    @Test
    void newLabelsAreZero() {
        try (ClassLabels labels = ClassLabels.allocate(100)) {
            for (int r = 0; r < 100; r++) {
                assertEquals(0, labels.get(r));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void noRows(int rows) {
        assertMessage(IllegalArgumentException.class, "ClassLabels: " + rows + " rows given, expected at least 1",
                () -> ClassLabels.allocate(rows));
    }

    @Test
    void nothingToCopy() {
        assertMessage(IllegalArgumentException.class, "ClassLabels: 0 rows given, expected at least 1",
                ClassLabels::copyOf);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE})
    void outOfBounds(int row) {
        try (ClassLabels labels = ClassLabels.copyOf(1, 2)) {
            String message = "Index " + row + " out of bounds for length 2";
            assertMessage(IndexOutOfBoundsException.class, message, () -> labels.get(row));
            assertMessage(IndexOutOfBoundsException.class, message, () -> labels.set(row, 1));
        }
    }

    @Test
    void useAfterCloseNamesTheLabels() {
        ClassLabels labels = ClassLabels.copyOf(1, 2);
        labels.close();
        labels.close();
        assertMessage(IllegalStateException.class, "ClassLabels (2) is closed", () -> labels.get(0));
        assertMessage(IllegalStateException.class, "ClassLabels (2) is closed", () -> labels.set(0, 1));
        assertMessage(IllegalStateException.class, "ClassLabels (2) is closed", labels::segment);
    }
}
