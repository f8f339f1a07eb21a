// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Metrics of tables small enough to work out by hand: no rows, one row, one class, equal scores, NaN and infinities.
@ExtendWith(NoLeak.class)
class MetricsEdgeTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final double CLOSE = 1e-12;

    private interface Addition {
        void add(Rows predictions, Rows targets);
    }

    private static void add(Addition metric, float[][] predictions, int... labels) {
        try (FloatMatrix p = FloatMatrix.copyOf(predictions); ClassLabels l = ClassLabels.copyOf(labels)) {
            metric.add(p.all(), l.all());
        }
    }

    private static float[][] column(float... values) {
        float[][] rows = new float[values.length][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = new float[]{values[r]};
        }
        return rows;
    }

    private static Ranking ranking(float[] scores, int... labels) {
        Ranking ranking = Ranking.binary();
        add(ranking::add, column(scores), labels);
        return ranking;
    }

    /// Three right rows against two wrong ones, 0.8 and 0.7: 0.9 beats both, 0.7 equals one, 0.75 beats one.
    @Test
    void areaUnderTheCurveCountsPairs() {
        assertEquals((2 + 0.5 + 1) / 6,
                ranking(new float[]{0.9f, 0.8f, 0.7f, 0.7f, 0.75f}, 1, 0, 1, 0, 1).rocAuc(), CLOSE);
        assertEquals(1, ranking(new float[]{3, 2, -1}, 1, 1, 0).rocAuc());
        assertEquals(0, ranking(new float[]{3, 2, -1}, 0, 0, 1).rocAuc());
        assertEquals(0.5, ranking(new float[]{2, 2, 2}, 0, 1, 0).rocAuc());
        assertEquals(0.5, ranking(new float[]{0f, -0f}, 0, 1).rocAuc(), "both zeros are equal");
        assertEquals(1, ranking(new float[]{INF, -INF}, 1, 0).rocAuc());
    }

    /// Steps at 0.9 (1 of 1), 0.8 (1 of 2) and 0.7 (2 of 4): 1/2 * 1 + 1/2 * 2/4.
    @Test
    void averagePrecisionGoesStepByStep() {
        assertEquals(0.75, ranking(new float[]{0.9f, 0.8f, 0.7f, 0.7f}, 1, 0, 1, 0).averagePrecision(), CLOSE);
        assertEquals(0.75, ranking(new float[]{0.7f, 0.9f, 0.7f, 0.8f}, 0, 1, 1, 0).averagePrecision(), CLOSE);
        assertEquals(1, ranking(new float[]{5}, 1).averagePrecision());
        assertEquals(0, ranking(new float[]{5, 4}, 0, 0).averagePrecision());
        assertEquals(1, ranking(new float[]{5, 4}, 1, 1).averagePrecision());
    }

    @Test
    void curvesThatDoNotExist() {
        assertEquals(Double.NaN, Ranking.binary().rocAuc());
        assertEquals(Double.NaN, Ranking.binary().averagePrecision());
        assertEquals(Double.NaN, ranking(new float[]{1}, 1).rocAuc());
        assertEquals(Double.NaN, ranking(new float[]{1, 2}, 1, 1).rocAuc());
        assertEquals(Double.NaN, ranking(new float[]{1, 2}, 0, 0).rocAuc());
        assertEquals(Double.NaN, ranking(new float[]{1, NAN, 0}, 0, 1, 1).rocAuc());
        assertEquals(Double.NaN, ranking(new float[]{1, NAN, 0}, 0, 1, 1).averagePrecision());
        Ranking ranking = ranking(new float[]{1, NAN}, 0, 1);
        ranking.reset();
        add(ranking::add, column(1, 2), 0, 1);
        assertEquals(1, ranking.rocAuc(), "after reset");
        assertMessage(IndexOutOfBoundsException.class, "Ranking: no scores for class 0, expected 1",
                () -> ranking.rocAuc(0));
        assertMessage(IndexOutOfBoundsException.class, "Ranking: no scores for class 3, expected 0 to 2",
                () -> Ranking.oneVersusRest(3).averagePrecision(3));
    }

    @Test
    void theTopOnesOfEqualScores() {
        float[][] scores = {{1, 1, 0}, {NAN, 1, 2}, {1, 2, INF}};
        double[] expected = {1 / 3.0, 2 / 3.0, 1};
        for (int k = 1; k <= 3; k++) {
            Accuracy accuracy = new Accuracy(k);
            add(accuracy::add, scores, 0, 2, 0);
            assertEquals(expected[k - 1], accuracy.value(), CLOSE, "top " + k);
        }
        Accuracy one = new Accuracy();
        assertEquals(Double.NaN, one.value());
        add(one::add, new float[][]{{0, 0}}, 1);
        assertEquals(0, one.value(), "of equal scores the first is the largest");
        one.reset();
        add(one::add, new float[][]{{NAN, NAN}}, 0);
        assertEquals(1, one.value());
    }

    /// Class 0: 2 of 3 taken for it are right, 2 of 2 found; class 1: 1 of 1 and 1 of 2; class 2: never.
    @Test
    void averagesOfPrecisionRecallAndF1() {
        ConfusionMatrix confusion = new ConfusionMatrix(3);
        add(confusion::add, new float[][]{{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 0, 0}}, 0, 0, 1, 1);
        assertArrayEquals(new double[][]{{2, 0, 0}, {1, 1, 0}, {0, 0, 0}}, confusion.toArray());
        assertEquals(0.75, confusion.accuracy());
        assertEquals(2 / 3.0, confusion.precision(0), CLOSE);
        assertEquals(1, confusion.precision(1));
        assertEquals(0, confusion.precision(2));
        assertEquals(0.5, confusion.recall(1));
        assertEquals(0.8, confusion.f1(0), CLOSE);
        assertEquals(2 / 3.0, confusion.f1(1), CLOSE);
        assertEquals(5 / 6.0, confusion.precision(Average.MACRO), CLOSE, "class 2 does not occur");
        assertEquals(0.75, confusion.recall(Average.MACRO), CLOSE);
        assertEquals((0.8 + 2 / 3.0) / 2, confusion.f1(Average.MACRO), CLOSE);
        assertEquals(0.75, confusion.f1(Average.MICRO), CLOSE);
        assertEquals(1, confusion.zeroDivision(1).precision(2));
        assertEquals(4, confusion.total());
        assertEquals(2, confusion.support(1));
        assertEquals(1, confusion.count(1, 0));
        confusion.reset();
        assertEquals(Double.NaN, confusion.accuracy());
        assertEquals(Double.NaN, confusion.f1(Average.MACRO));
        assertEquals(Double.NaN, confusion.precision(Average.WEIGHTED));
    }

    @Test
    void aThresholdIsNotReached() {
        ConfusionMatrix confusion = ConfusionMatrix.binary(0);
        add(confusion::add, column(0, 0.1f, -1, NAN, NAN), 0, 1, 1, 0, 1);
        assertArrayEquals(new double[][]{{1, 1}, {2, 1}}, confusion.toArray());
    }

    @Test
    void targetsMayBeIndicesOrProbabilities() {
        ConfusionMatrix confusion = new ConfusionMatrix(3);
        try (FloatMatrix scores = FloatMatrix.copyOf(new float[][]{{1, 0, 0}, {0, 0, 1}});
                FloatMatrix indices = FloatMatrix.copyOf(new float[][]{{0}, {1}});
                FloatMatrix probabilities = FloatMatrix.copyOf(new float[][]{{0.7f, 0.2f, 0.1f}, {0, 1, 0}})) {
            confusion.add(scores.all(), indices.all());
            confusion.add(scores.all(), probabilities.all());
        }
        assertArrayEquals(new double[][]{{2, 0, 0}, {0, 0, 2}, {0, 0, 0}}, confusion.toArray());
    }

    @Test
    void lossesOfExtremes() {
        LogLoss logits = LogLoss.ofLogits();
        assertEquals(Double.NaN, logits.value());
        add(logits::add, new float[][]{{1e4f, 0, -1e4f}, {3e38f, -3e38f, 0}}, 2, 0);
        assertEquals(1e4, logits.value());
        logits.reset();
        add(logits::add, column(1e4f, -1e4f, 0), 1, 1, 0);
        assertEquals((1e4 + Math.log(2)) / 3, logits.value(), 1e-9);
        add(logits::add, column(NAN), 1);
        assertEquals(Double.NaN, logits.value());
        LogLoss wrong = LogLoss.ofLogits();
        add(wrong::add, new float[][]{{-INF, 0}}, 0);
        assertEquals(Double.POSITIVE_INFINITY, wrong.value());
        LogLoss probabilities = LogLoss.ofProbabilities();
        add(probabilities::add, column(0, 1), 1, 0);
        assertEquals(23 * Math.log(2), probabilities.value(), 1e-12);
        add(probabilities::add, column(NAN), 1);
        assertEquals(Double.NaN, probabilities.value());
    }

    @Test
    void errorsOfFewRows() {
        Regression none = new Regression();
        assertEquals(Double.NaN, none.meanAbsoluteError());
        assertEquals(Double.NaN, none.r2());
        Regression one = regression(new float[]{1}, 3);
        assertEquals(2, one.meanAbsoluteError());
        assertEquals(4, one.meanSquaredError());
        assertEquals(2, one.rootMeanSquaredError());
        assertEquals(Double.NaN, one.r2());
        assertEquals(1, regression(new float[]{3, 3}, 3, 3).r2());
        assertEquals(0, regression(new float[]{3, 4}, 3, 3).r2());
        assertEquals(0, regression(new float[]{2, 2, 2}, 1, 2, 3).r2(), CLOSE);
        assertEquals(1 - 8 / 2.0, regression(new float[]{3, 2, 1}, 1, 2, 3).r2(), CLOSE);
        assertEquals(Double.NaN, regression(new float[]{3, NAN}, 3, 4).r2());
        assertEquals(Double.NaN, regression(new float[]{3, NAN}, 3, 4).meanSquaredError());
        one.reset();
        assertEquals(0, one.rows());
        assertEquals(Double.NaN, one.meanSquaredError());
    }

    private static Regression regression(float[] predictions, float... targets) {
        Regression regression = new Regression();
        try (FloatMatrix p = FloatMatrix.copyOf(column(predictions));
                FloatMatrix t = FloatMatrix.copyOf(column(targets))) {
            regression.add(p.all(), t.all());
        }
        return regression;
    }

    @Test
    void wrongArguments() {
        assertMessage(IllegalArgumentException.class, "Accuracy: k is 0, expected at least 1", () -> new Accuracy(0));
        assertMessage(IllegalArgumentException.class, "ConfusionMatrix: 1 classes given, expected at least 2",
                () -> new ConfusionMatrix(1));
        assertMessage(IllegalArgumentException.class, "ConfusionMatrix.binary: threshold is NaN, expected a number",
                () -> ConfusionMatrix.binary(Double.NaN));
        assertMessage(IllegalArgumentException.class, "ConfusionMatrix.zeroDivision: 0.5 given, expected 0 or 1",
                () -> new ConfusionMatrix(2).zeroDivision(0.5));
        assertMessage(IllegalArgumentException.class, "Ranking.oneVersusRest: 1 classes given, expected at least 2",
                () -> Ranking.oneVersusRest(1));
        assertMessage(IllegalArgumentException.class, "Regression: 0 outputs given, expected at least 1",
                () -> new Regression(0));
    }

    @Test
    void wrongRows() {
        float[][] two = {{0, 1}, {1, 0}};
        assertMessage(IllegalArgumentException.class,
                "Accuracy.add: predictions have 2 rows, targets have 1; expected the same number",
                () -> add(new Accuracy()::add, two, 1));
        assertMessage(IllegalArgumentException.class,
                "Accuracy.add: scores are (2, 1), expected a column for each class;"
                        + " ConfusionMatrix.binary takes one column",
                () -> add(new Accuracy()::add, column(1, 2), 1, 0));
        assertMessage(IllegalArgumentException.class,
                "ConfusionMatrix.add: predictions are (2, 2), expected 3 columns",
                () -> add(new ConfusionMatrix(3)::add, two, 1, 0));
        assertMessage(IllegalArgumentException.class, "Ranking.add: predictions are (2, 2), expected 1 column",
                () -> add(Ranking.binary()::add, two, 1, 0));
        assertMessage(IllegalArgumentException.class,
                "ConfusionMatrix.add: the target of row 1 is 2, expected a class from 0 to 1",
                () -> add(new ConfusionMatrix(2)::add, two, 1, 2));
        assertMessage(IllegalArgumentException.class,
                "LogLoss.add: the target of row 0 is -1, expected a class from 0 to 1",
                () -> add(LogLoss.ofLogits()::add, two, -1, 2));
    }

    @Test
    void wrongTargetsAndWeights() {
        try (FloatMatrix p = FloatMatrix.allocate(2, 4);
                FloatMatrix half = FloatMatrix.copyOf(column(0, 0.5f));
                FloatMatrix three = FloatMatrix.allocate(2, 3);
                FloatMatrix negative = FloatMatrix.copyOf(column(1, -1));
                ClassLabels labels = ClassLabels.allocate(2)) {
            assertMessage(IllegalArgumentException.class,
                    "Accuracy.add: the target of row 1 is 0.5, expected a class from 0 to 3",
                    () -> new Accuracy().add(p.all(), half.all()));
            assertMessage(IllegalArgumentException.class,
                    "Accuracy.add: targets are (2, 3), expected one column of classes or 4 of probabilities",
                    () -> new Accuracy().add(p.all(), three.all()));
            assertMessage(IllegalArgumentException.class,
                    "LogLoss.add: the weight of row 1 is -1.0, expected a finite number of 0 or more",
                    () -> LogLoss.ofLogits().add(p.all(), labels.all(), negative.all()));
            assertMessage(IllegalArgumentException.class, "Accuracy.add: weights are (2, 3), expected (2, 1)",
                    () -> new Accuracy().add(p.all(), labels.all(), three.all()));
            assertMessage(IllegalArgumentException.class, "Regression.add: targets are (2, 3), expected (2, 4)",
                    () -> new Regression(4).add(p.all(), three.all()));
        }
    }
}
