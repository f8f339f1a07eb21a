// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.metrics.Accuracy;
import dev.lanewise.metrics.Classification;
import dev.lanewise.metrics.ConfusionMatrix;
import dev.lanewise.metrics.LogLoss;
import dev.lanewise.metrics.Ranking;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LogSoftmax;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.MultiMarginLoss;
import dev.lanewise.nn.NLLLoss;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Rows with labels that do not count: as if they were not there.
@ExtendWith({NoLeak.class, RandomTables.class})
class IgnoredRowsTest {
    private static final int ROWS = 90;
    private static final int CLASSES = 4;

    private final SplittableRandom random = RandomTables.random(71);
    private final float[][] x = features();
    private final int[] labels = random.ints(ROWS, 0, CLASSES).toArray();
    private final int[] counting = IntStream.range(0, ROWS).filter(r -> r % 3 != 1).toArray();
    private final Dataset some = Dataset.of(x, withIgnored(ClassLabels.IGNORED));
    private final Dataset rest = Dataset.of(Arrays.stream(counting).mapToObj(r -> x[r]).toArray(float[][]::new),
            Arrays.stream(counting).map(r -> labels[r]).toArray());

    private float[][] features() {
        try (FloatMatrix matrix = RandomTables.floats(random, ROWS, 5)) {
            return matrix.toArray();
        }
    }

    private int[] withIgnored(int label) {
        int[] mixed = labels.clone();
        for (int r = 1; r < ROWS; r += 3) {
            mixed[r] = label;
        }
        return mixed;
    }

    @AfterEach
    void close() {
        some.close();
        rest.close();
    }

    private static Sequential net() {
        return new Sequential(new Linear(5, 20), new ReLU(), new Linear(20, CLASSES)).init(4);
    }

    private static FitResult run(Module net, Dataset train, Dataset valid, LossFunction loss) {
        return new Fit(net, loss, new SGD(net.parameters(), 0.3f)).validation(valid).run(train.fullBatch(), 5);
    }

    @Test
    void trainingLeavesThemOut() {
        for (LossFunction loss : List.of(new CrossEntropyLoss(),
                new CrossEntropyLoss().weight(1, 2, 0.5f, 3).labelSmoothing(0.1f))) {
            try (Sequential with = net(); Sequential without = net()) {
                FitResult expected = run(without, rest, rest, loss);
                FitResult actual = run(with, some, some, loss);
                for (int i = 0; i < 5; i++) {
                    EpochReport a = actual.epochs().get(i);
                    EpochReport e = expected.epochs().get(i);
                    assertEquals(e.training().accuracy(), a.training().accuracy(), "epoch " + i);
                    assertEquals(e.validationAccuracy(), a.validationAccuracy());
                    assertEquals(e.training().loss(), a.training().loss(), 1e-6);
                    assertEquals(e.validationLoss(), a.validationLoss(), 1e-6);
                    assertEquals(ROWS, a.training().rows());
                }
                assertArrayEquals(without.parameters().get(0).value().row(3), with.parameters().get(0).value().row(3),
                        1e-6f);
                assertEquals(Fit.evaluateAccuracy(with, rest), Fit.evaluateAccuracy(with, some));
                assertEquals(Fit.evaluateAccuracy(with, rest), Fit.evaluateAccuracy(with::forward, some));
            }
        }
    }

    /// A class that a loss ignores does not count in the accuracy of training and validation either.
    @Test
    void ignoredClassesDoNotCount() {
        int[] others = IntStream.range(0, ROWS).filter(r -> labels[r] != 2).toArray();
        try (Dataset all = Dataset.of(x, labels); Dataset three = all.select(others)) {
            for (boolean likelihood : new boolean[]{false, true}) {
                try (Sequential with = likelihood ? new Sequential(net(), new LogSoftmax()) : net();
                        Sequential without = likelihood ? new Sequential(net(), new LogSoftmax()) : net()) {
                    LossFunction ignoring = likelihood ? new NLLLoss().ignoreIndex(2)
                            : new CrossEntropyLoss().ignoreIndex(2);
                    FitResult expected = run(without, three, three,
                            likelihood ? new NLLLoss() : new CrossEntropyLoss());
                    FitResult actual = run(with, all, all, ignoring);
                    assertEquals(expected.last().training().accuracy(), actual.last().training().accuracy());
                    assertEquals(expected.last().validationAccuracy(), actual.last().validationAccuracy());
                    assertEquals(expected.last().training().loss(), actual.last().training().loss(), 1e-6);
                }
            }
        }
    }

    @Test
    void metricsLeaveThemOut() {
        try (Sequential net = net();
                FloatMatrix all = Fit.predict(net, some.features());
                FloatMatrix few = Fit.predict(net, rest.features())) {
            Accuracy a = new Accuracy(2);
            Accuracy b = new Accuracy(2);
            a.add(all.all(), some.targets().all());
            b.add(few.all(), rest.targets().all());
            assertEquals(b.value(), a.value());
            ConfusionMatrix m = new ConfusionMatrix(CLASSES);
            ConfusionMatrix n = new ConfusionMatrix(CLASSES);
            m.add(all.all(), some.targets().all());
            n.add(few.all(), rest.targets().all());
            assertEquals(n.toString(), m.toString());
            LogLoss l = LogLoss.ofLogits();
            LogLoss k = LogLoss.ofLogits();
            l.add(all.all(), some.targets().all());
            k.add(few.all(), rest.targets().all());
            assertEquals(k.value(), l.value());
            Ranking r = Ranking.oneVersusRest(CLASSES);
            Ranking q = Ranking.oneVersusRest(CLASSES);
            r.add(all.all(), some.targets().all());
            q.add(few.all(), rest.targets().all());
            assertEquals(q.rocAuc(), r.rocAuc());
            assertEquals(Classification.accuracy(few.all(), rest.targets().all()),
                    Classification.accuracy(all.all(), some.targets().all()));
        }
    }

    @Test
    void otherCodesAreTranslated() {
        ClassLabels codes = ClassLabels.copyOf(withIgnored(255)).ignore(255);
        try (FloatMatrix copy = FloatMatrix.copyOf(x); Dataset translated = Dataset.of(copy, codes)) {
            assertEquals(CLASSES, translated.classes());
            assertEquals(ClassLabels.IGNORED, codes.get(1));
            try (Sequential net = net()) {
                assertEquals(Fit.evaluateAccuracy(net, some), Fit.evaluateAccuracy(net, translated));
            }
        }
    }

    @Test
    void batchesAndSetsWithoutAnyThatCounts() {
        int[] none = new int[ROWS];
        Arrays.fill(none, ClassLabels.IGNORED);
        try (FloatMatrix copy = FloatMatrix.copyOf(x);
                Dataset all = Dataset.of(copy, ClassLabels.copyOf(none), CLASSES);
                Sequential net = net()) {
            assertEquals(CLASSES, all.classes());
            float[] before = net.parameters().get(0).value().row(0);
            EpochResult result = Fit.trainEpoch(net, all.batches(16), new CrossEntropyLoss(),
                    new SGD(net.parameters(), 0.1f));
            assertEquals(Double.NaN, result.accuracy());
            assertEquals(Double.NaN, Fit.evaluateAccuracy(net, all));
            assertArrayEquals(before, net.parameters().get(0).value().row(0));
            assertMessage(IllegalArgumentException.class,
                    "Dataset.of: all 90 labels are -100, which is ignored, expected"
                            + " a class among them, or the number of classes as third argument",
                    () -> Dataset.of(x, none));
        }
    }

    @Test
    void lossesThatIgnoreNothingSayTheRow() {
        try (Sequential net = net()) {
            assertMessage(IllegalArgumentException.class,
                    "MultiMarginLoss: label of row 1 is -100, expected 0 to 3 because there are 4 outputs",
                    () -> run(net, some, some, new MultiMarginLoss()));
            assertMessage(IllegalArgumentException.class,
                    "CrossEntropyLoss: label of row 1 is -100, expected 0 to 3 because there are 4 outputs, or 7"
                            + " (ignoreIndex) for a row that does not count",
                    () -> run(net, some, some, new CrossEntropyLoss().ignoreIndex(7)));
        }
    }
}
