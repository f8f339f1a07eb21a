// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.Rows;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeak.class)
class ClassificationTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    private static int argmax(float... row) {
        try (FloatMatrix m = FloatMatrix.copyOf(new float[][]{row})) {
            return Classification.argmax(m.all(), 0);
        }
    }

    @Test
    void theLargestTheFirstOfEqualsAndNaNAboveAll() {
        assertEquals(2, argmax(1, -2, 3, 2));
        assertEquals(0, argmax(7));
        assertEquals(0, argmax(-5, -7, -6));
        assertEquals(1, argmax(0, 4, 4, 4));
        assertEquals(0, argmax(0f, -0f));
        assertEquals(0, argmax(-0f, 0f));
        assertEquals(1, argmax(1, INF, 2));
        assertEquals(0, argmax(-INF, -INF));
        assertEquals(2, argmax(INF, 1, NAN, 5, NAN));
        assertEquals(0, argmax(NAN, 9, NAN));
    }

    private static int accuracy(float[][] predictions, int... labels) {
        try (FloatMatrix p = FloatMatrix.copyOf(predictions); ClassLabels l = ClassLabels.copyOf(labels)) {
            return Classification.accuracy(p.all(), l.all());
        }
    }

    private static int accuracy(float[][] predictions, float[][] targets) {
        try (FloatMatrix p = FloatMatrix.copyOf(predictions); FloatMatrix t = FloatMatrix.copyOf(targets)) {
            return Classification.accuracy(p.all(), t.all());
        }
    }

    @Test
    void accuracyIsACountOfRightRows() {
        float[][] predictions = {{0.1f, 0.3f, 0.6f}, {0.3f, 0.2f, 0.5f}};
        assertEquals(1, accuracy(predictions, 0, 2));
        assertEquals(2, accuracy(predictions, 2, 2));
        assertEquals(0, accuracy(predictions, 0, 1));
        assertEquals(0, accuracy(predictions, -1, 3));
    }

    @Test
    void probabilitiesAreComparedByTheirLargest() {
        assertEquals(1,
                accuracy(new float[][]{{1, 2, 3}, {1, 2, 3}}, new float[][]{{0, 0.4f, 0.6f}, {0.5f, 0.3f, 0.2f}}));
    }

    @Test
    void oneColumnIsComparedByValue() {
        assertEquals(3, accuracy(new float[][]{{0}, {1.9f}, {-0.5f}, {2}}, 0, 1, 0, 1));
        assertEquals(2, accuracy(new float[][]{{0.5f}, {1}, {-0f}}, new float[][]{{0.5f}, {1.5f}, {0}}));
    }

    @Test
    void rowsByIndex() {
        try (FloatMatrix p = FloatMatrix.copyOf(new float[][]{{0, 1}, {1, 0}});
                ClassLabels l = ClassLabels.copyOf(1, 0, 0);
                NativeBuffer index = NativeBuffer.allocate("index", 8)) {
            index.segment().setAtIndex(ValueLayout.JAVA_INT, 0, 2);
            index.segment().setAtIndex(ValueLayout.JAVA_INT, 1, 1);
            Rows picked = new Rows(l, 0, 0);
            picked.moveTo(index.segment(), 0, 2);
            assertEquals(1, Classification.accuracy(p.all(), picked));
            assertEquals(2, Classification.accuracy(p.all(), new Rows(l, 0, 2)));
            assertEquals(0, Classification.accuracy(new Rows(p, 0, 0), new Rows(l, 0, 0)));
        }
    }

    @Test
    void anotherNumberOfRows() {
        assertMessage(IllegalArgumentException.class,
                "Classification.accuracy: predictions have 1 rows, targets have 2; expected the same number",
                () -> accuracy(new float[][]{{1, 2}}, 0, 1));
    }

    @Test
    void aNaNIsNoClass() {
        assertEquals(0, accuracy(new float[][]{{NAN}}, 0));
        assertEquals(0, accuracy(new float[][]{{NAN}}, new float[][]{{NAN}}));
    }

    @Test
    void classesWrittenAsNumbersAreComparedWithTheLargestColumn() {
        assertEquals(2, accuracy(new float[][]{{1, 2, 3}, {3, 2, 1}, {1, 3, 2}}, new float[][]{{2}, {0}, {0}}));
    }

    @Test
    void anotherNumberOfColumns() {
        assertMessage(IllegalArgumentException.class,
                "Classification.accuracy: predictions are (1, 3), targets are (1, 2);"
                        + " expected as many columns, or one with class indices",
                () -> accuracy(new float[][]{{1, 2, 3}}, new float[][]{{0, 1}}));
        assertMessage(IllegalArgumentException.class,
                "Classification.accuracy: predictions are (1, 1), targets are (1, 2);"
                        + " expected as many columns, or one with class indices",
                () -> accuracy(new float[][]{{1}}, new float[][]{{0, 1}}));
    }
}
