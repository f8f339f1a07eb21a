// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Metrics of rows with several labels: edges and refusals; the values are in [MetricsAgainstScikitLearnTest].
@ExtendWith(NoLeak.class)
class MultiLabelTest {
    @Test
    void withoutRowsThereIsNothing() {
        MultiLabelConfusion confusion = new MultiLabelConfusion(2, 0);
        MultiLabelRanking ranking = new MultiLabelRanking(2);
        assertEquals(Double.NaN, confusion.accuracy());
        assertEquals(Double.NaN, confusion.exactMatch());
        for (Average average : Average.values()) {
            assertEquals(Double.NaN, confusion.precision(average));
            assertEquals(Double.NaN, confusion.f1(average));
            assertEquals(Double.NaN, ranking.rocAuc(average));
            assertEquals(Double.NaN, ranking.averagePrecision(average));
        }
    }

    @Test
    void aLabelIsNamed() {
        try (FloatMatrix scores = FloatMatrix.copyOf(new float[][]{{1, -1}, {1, 1}, {Float.NaN, 0}});
                FloatMatrix labels = FloatMatrix.copyOf(new float[][]{{1, 0}, {0, 1}, {0, 0}})) {
            MultiLabelConfusion confusion = new MultiLabelConfusion(2, 0);
            confusion.add(scores.all(), labels.all());
            assertEquals(2, confusion.labels());
            assertEquals(1 / 3.0, confusion.label(0).precision(1));
            assertEquals(1, confusion.label(1).precision(1));
            assertEquals(4 / 6.0, confusion.accuracy());
            assertEquals(1 / 3.0, confusion.exactMatch());
            assertTrue(confusion.toString().startsWith("MultiLabelConfusion[ConfusionMatrix[["), confusion.toString());
            MultiLabelRanking ranking = new MultiLabelRanking(2);
            ranking.add(scores.all(), labels.all());
            assertEquals(Double.NaN, ranking.rocAuc(0));
            assertEquals(1, ranking.rocAuc(1));
            assertEquals(1, ranking.averagePrecision(1));
            assertEquals("MultiLabelRanking of 2 labels, each a Ranking of 3 rows", ranking.toString());
            assertThrows(IndexOutOfBoundsException.class, () -> confusion.label(2));
            assertThrows(IndexOutOfBoundsException.class, () -> ranking.rocAuc(2));
            confusion.reset();
            ranking.reset();
            assertEquals(Double.NaN, confusion.accuracy());
            assertEquals(Double.NaN, confusion.exactMatch());
            assertEquals(Double.NaN, ranking.rocAuc(1));
        }
    }

    @Test
    void whatIsNoLabelIsRefused() {
        try (FloatMatrix scores = FloatMatrix.allocate(2, 2);
                FloatMatrix bad = FloatMatrix.copyOf(new float[][]{{1, 0}, {1, 0.5f}});
                FloatMatrix column = FloatMatrix.column(1, 0);
                ClassLabels classes = ClassLabels.copyOf(1, 0)) {
            MultiLabelConfusion confusion = new MultiLabelConfusion(2, 0);
            MultiLabelRanking ranking = new MultiLabelRanking(2);
            assertMessage(IllegalArgumentException.class,
                    "MultiLabelConfusion.add: target 1 of row 1 is 0.5, expected 0 or 1",
                    () -> confusion.add(scores.all(), bad.all()));
            assertEquals(1, confusion.label(0).total(), "the row before");
            assertMessage(IllegalArgumentException.class,
                    "MultiLabelRanking.add: target 1 of row 1 is 0.5, expected 0 or 1",
                    () -> ranking.add(scores.all(), bad.all()));
            assertMessage(IllegalArgumentException.class, "MultiLabelRanking.add: targets are (2, 1), expected a column"
                    + " of 0 and 1 for each of 2 labels", () -> ranking.add(scores.all(), column.all()));
            assertMessage(IllegalArgumentException.class,
                    "MultiLabelConfusion.add: targets are class labels, expected a"
                            + " column of 0 and 1 for each of 2 labels",
                    () -> confusion.add(scores.all(), classes.all()));
            assertMessage(IllegalArgumentException.class,
                    "MultiLabelConfusion.add: predictions are (2, 1), expected 2 columns",
                    () -> confusion.add(column.all(), column.all()));
        }
        assertMessage(IllegalArgumentException.class, "MultiLabelConfusion: 0 labels given, expected at least 1",
                () -> new MultiLabelConfusion(0, 0));
        assertMessage(IllegalArgumentException.class, "MultiLabelRanking: 0 labels given, expected at least 1",
                () -> new MultiLabelRanking(0));
        assertThrows(IllegalArgumentException.class, () -> new MultiLabelConfusion(1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new MultiLabelConfusion(1, 0).zeroDivision(2));
    }
}
