// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Metrics of small tables, with many equal scores, against those of scikit-learn (`src/test/python/metrics.py`). Rows are
/// added in pieces of uneven sizes.
@ExtendWith(NoLeak.class)
class MetricsAgainstScikitLearnTest {
    private static final double CLOSE = 1e-12;
    private static final Map<String, double[]> VALUES = read();

    private static Map<String, double[]> read() {
        Map<String, double[]> values = new HashMap<>();
        try (InputStream file = MetricsAgainstScikitLearnTest.class.getResourceAsStream("/expected/metrics.txt")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.US_ASCII).lines().skip(1).toList()) {
                List<String> words = List.of(line.split(" ", -1));
                int first = words.size() - 1;
                while (words.get(first - 1).matches("-?[0-9.]+(e-?[0-9]+)?") && words.get(first - 1).contains(".")) {
                    first--;
                }
                values.put(String.join(" ", words.subList(0, first)),
                        words.stream().skip(first).mapToDouble(Double::parseDouble).toArray());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    private static double[] values(String name) {
        assertTrue(VALUES.containsKey(name), name);
        return VALUES.get(name);
    }

    private static double value(String name) {
        assertEquals(1, values(name).length, name);
        return values(name)[0];
    }

    private static FloatMatrix matrix(String name, int rows) {
        double[] values = values(name);
        int cols = values.length / rows;
        FloatMatrix matrix = FloatMatrix.allocate(rows, cols);
        for (int i = 0; i < values.length; i++) {
            matrix.set(i / cols, i % cols, (float) values[i]);
        }
        return matrix;
    }

    private static ClassLabels labels(String name) {
        return ClassLabels.copyOf(Arrays.stream(values(name)).mapToInt(value -> (int) value).toArray());
    }

    private interface Piece {
        void add(Rows predictions, Rows targets, Rows weights);
    }

    /// Pieces of 1, 2, 3, ... rows.
    private static void inPieces(FloatMatrix predictions, Table targets, FloatMatrix weights,
            Piece piece) {
        int size = 1;
        for (int first = 0; first < predictions.rows(); first += size, size++) {
            int rows = Math.min(size, predictions.rows() - first);
            piece.add(new Rows(predictions, first, rows), new Rows(targets, first, rows),
                    new Rows(weights, first, rows));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"few", "many", "random"})
    void twoClasses(String name) {
        int rows = values(name + " labels").length;
        try (FloatMatrix scores = matrix(name + " scores", rows);
                ClassLabels labels = labels(name + " labels");
                FloatMatrix weights = matrix(name + " weights", rows)) {
            for (String kind : List.of("plain", "weighted")) {
                boolean weighted = kind.equals("weighted");
                Ranking ranking = Ranking.binary();
                LogLoss logLoss = LogLoss.ofProbabilities();
                ConfusionMatrix confusion = ConfusionMatrix.binary(0.5);
                inPieces(scores, labels, weights, (p, t, w) -> {
                    if (weighted) {
                        ranking.add(p, t, w);
                        logLoss.add(p, t, w);
                        confusion.add(p, t, w);
                    } else {
                        ranking.add(p, t);
                        logLoss.add(p, t);
                        confusion.add(p, t);
                    }
                });
                String prefix = name + " " + kind;
                assertEquals(value(prefix + " auc"), ranking.rocAuc(), CLOSE, prefix);
                assertEquals(value(prefix + " auc"), ranking.rocAuc(1), CLOSE, prefix);
                assertEquals(value(prefix + " ap"), ranking.averagePrecision(), CLOSE, prefix);
                assertEquals(value(prefix + " log_loss"), logLoss.value(), 1e-6, prefix);
                assertArrayEquals(values(prefix + " confusion"), flat(confusion), CLOSE, prefix);
            }
        }
    }

    private static double[] flat(ConfusionMatrix confusion) {
        return Arrays.stream(confusion.toArray()).flatMapToDouble(Arrays::stream).toArray();
    }

    @Test
    void severalClassesOfWhichOneNeverOccurs() {
        int rows = values("classes labels").length;
        try (FloatMatrix logits = matrix("classes logits", rows);
                FloatMatrix probabilities = matrix("classes probabilities", rows);
                ClassLabels labels = labels("classes labels");
                FloatMatrix weights = matrix("classes weights", rows);
                FloatMatrix ones = FloatMatrix.allocate(rows, 1)) {
            for (int r = 0; r < rows; r++) {
                ones.set(r, 0, 1);
            }
            for (String kind : List.of("plain", "weighted")) {
                FloatMatrix used = kind.equals("plain") ? ones : weights;
                String prefix = "classes " + kind;
                ConfusionMatrix confusion = new ConfusionMatrix(5);
                Accuracy accuracy = new Accuracy();
                inPieces(logits, labels, used, confusion::add);
                inPieces(logits, labels, used, accuracy::add);
                assertArrayEquals(values(prefix + " confusion"), flat(confusion), CLOSE, prefix);
                assertEquals(value(prefix + " accuracy"), confusion.accuracy(), CLOSE, prefix);
                assertEquals(value(prefix + " accuracy"), accuracy.value(), CLOSE, prefix);
                assertAverages(prefix, confusion);
                assertLogLoss(prefix, logits, probabilities, labels, used);
                assertRanking(prefix, logits, labels, used);
            }
        }
    }

    private static void assertAverages(String prefix, ConfusionMatrix confusion) {
        for (Average average : Average.values()) {
            String name = prefix + " " + average.name().toLowerCase(Locale.ROOT);
            for (int zero = 0; zero < 2; zero++) {
                confusion.zeroDivision(zero);
                assertArrayEquals(values(name + " " + zero),
                        new double[]{confusion.precision(average), confusion.recall(average)}, CLOSE, name);
            }
            confusion.zeroDivision(0);
            assertEquals(value(name + " f1"), confusion.f1(average), CLOSE, name);
        }
    }

    private static void assertLogLoss(String prefix, FloatMatrix logits, FloatMatrix probabilities, ClassLabels labels,
            FloatMatrix weights) {
        LogLoss ofLogits = LogLoss.ofLogits();
        LogLoss ofProbabilities = LogLoss.ofProbabilities();
        inPieces(logits, labels, weights, ofLogits::add);
        inPieces(probabilities, labels, weights, ofProbabilities::add);
        assertEquals(value(prefix + " log_loss"), ofLogits.value(), 1e-6, prefix);
        assertEquals(value(prefix + " log_loss"), ofProbabilities.value(), 1e-6, prefix);
    }

    private static void assertRanking(String prefix, FloatMatrix logits, ClassLabels labels, FloatMatrix weights) {
        Ranking ranking = Ranking.oneVersusRest(5);
        inPieces(logits, labels, weights, ranking::add);
        for (int c = 0; c < 4; c++) {
            assertEquals(values(prefix + " auc")[c], ranking.rocAuc(c), CLOSE, prefix + " class " + c);
            assertEquals(values(prefix + " ap")[c], ranking.averagePrecision(c), CLOSE, prefix + " class " + c);
        }
        assertEquals(Double.NaN, ranking.rocAuc(4));
        assertEquals(Double.NaN, ranking.rocAuc());
        assertEquals(0, ranking.averagePrecision(4));
        assertEquals(Arrays.stream(values(prefix + " ap")).sum() / 5, ranking.averagePrecision(), CLOSE);
    }

    @Test
    void theTopOnes() {
        int rows = values("top labels").length;
        try (FloatMatrix scores = matrix("top scores", rows);
                ClassLabels labels = labels("top labels");
                FloatMatrix weights = matrix("top weights", rows)) {
            for (int k = 1; k <= 6; k++) {
                Accuracy plain = new Accuracy(k);
                Accuracy weighted = new Accuracy(k);
                inPieces(scores, labels, weights, (s, l, w) -> plain.add(s, l));
                inPieces(scores, labels, weights, weighted::add);
                assertArrayEquals(values("top " + k), new double[]{plain.value(), weighted.value()}, CLOSE, "top " + k);
            }
        }
    }

    @Test
    void oneVersusRestIsTheMeanOfTheClasses() {
        int rows = values("ovr labels").length;
        try (FloatMatrix scores = matrix("ovr probabilities", rows); ClassLabels labels = labels("ovr labels")) {
            Ranking ranking = Ranking.oneVersusRest(3);
            ranking.add(scores.all(), labels.all());
            assertEquals(value("ovr auc"), ranking.rocAuc(), CLOSE);
        }
    }

    /// In the second table a label is on no row, and another one is never predicted.
    @ParameterizedTest
    @ValueSource(strings = {"labels", "lacking"})
    void severalLabels(String name) {
        int rows = values(name + " weights").length;
        try (FloatMatrix scores = matrix(name + " scores", rows);
                FloatMatrix targets = matrix(name + " targets", rows);
                FloatMatrix weights = matrix(name + " weights", rows)) {
            MultiLabelConfusion plain = new MultiLabelConfusion(4, 0);
            MultiLabelConfusion weighted = new MultiLabelConfusion(4, 0);
            MultiLabelRanking plainRanking = new MultiLabelRanking(4);
            MultiLabelRanking weightedRanking = new MultiLabelRanking(4);
            inPieces(scores, targets, weights, (s, t, w) -> {
                plain.add(s, t);
                weighted.add(s, t, w);
                plainRanking.add(s, t);
                weightedRanking.add(s, t, w);
            });
            assertLabels(name + " plain", plain);
            assertLabels(name + " weighted", weighted);
            if (name.equals("labels")) { // scikit-learn has no curve without a label
                assertLabelRanking(name + " plain", plainRanking);
                assertLabelRanking(name + " weighted", weightedRanking);
            }
        }
    }

    private static void assertLabels(String prefix, MultiLabelConfusion confusion) {
        double[] matrices = new double[4 * 4];
        for (int c = 0; c < 4; c++) {
            System.arraycopy(flat(confusion.label(c)), 0, matrices, 4 * c, 4);
        }
        assertArrayEquals(values(prefix + " confusion"), matrices, CLOSE, prefix);
        assertEquals(value(prefix + " exact"), confusion.exactMatch(), CLOSE, prefix);
        assertEquals(1 - value(prefix + " hamming"), confusion.accuracy(), CLOSE, prefix);
        for (Average average : Average.values()) {
            for (int zero = 0; zero < 2; zero++) {
                String name = prefix + " " + average.name().toLowerCase(Locale.ROOT) + " " + zero;
                confusion.zeroDivision(zero);
                assertArrayEquals(values(name), new double[]{confusion.precision(average), confusion.recall(average),
                        confusion.f1(average)}, CLOSE, name);
            }
        }
    }

    private static void assertLabelRanking(String prefix, MultiLabelRanking ranking) {
        for (int c = 0; c < ranking.labels(); c++) {
            assertEquals(values(prefix + " auc")[c], ranking.rocAuc(c), CLOSE, prefix + " label " + c);
            assertEquals(values(prefix + " ap")[c], ranking.averagePrecision(c), CLOSE, prefix + " label " + c);
        }
        for (Average average : Average.values()) {
            String name = prefix + " " + average.name().toLowerCase(Locale.ROOT) + " ranking";
            assertArrayEquals(values(name),
                    new double[]{ranking.rocAuc(average), ranking.averagePrecision(average)}, CLOSE, name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"near", "far"})
    void realValues(String name) {
        int rows = values(name + " weights").length;
        try (FloatMatrix predictions = matrix(name + " predictions", rows);
                FloatMatrix targets = matrix(name + " targets", rows);
                FloatMatrix weights = matrix(name + " weights", rows)) {
            Regression plain = new Regression(2);
            Regression weighted = new Regression(2);
            inPieces(predictions, targets, weights, (p, t, w) -> plain.add(p, t));
            inPieces(predictions, targets, weights, weighted::add);
            // scikit-learn averages columns of float32 in float32
            assertArrayEquals(values(name + " plain"), of(plain), 3e-8, name);
            assertArrayEquals(values(name + " weighted"), of(weighted), 3e-8, name);
            assertEquals(values(name + " plain")[3], plain.r2(), CLOSE, name);
            assertEquals(rows, weighted.rows());
        }
    }

    private static double[] of(Regression regression) {
        return new double[]{regression.meanAbsoluteError(), regression.meanSquaredError(),
                regression.rootMeanSquaredError(), regression.r2()};
    }
}
