// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.metrics.Accumulator;
import dev.lanewise.metrics.Classification;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.Updater;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class FitTest {
    private static final int ROWS = 43; // in batches of 10 the last has 3
    private static final int CLASSES = 3;

    private final SplittableRandom random = RandomTables.random(100);
    private final Dataset classes = Dataset.of(RandomTables.floats(random, ROWS, 4),
            RandomTables.labels(random, ROWS, CLASSES));
    private final Dataset numbers = Dataset.of(RandomTables.floats(random, ROWS, 4),
            RandomTables.floats(random, ROWS, 2));

    @AfterEach
    void close() {
        classes.close();
        numbers.close();
    }

    private static SGD sgd(Module net, float rate) {
        return new SGD(net.parameters(), rate);
    }

    @Test
    void anEpochIsTheTutorialsLoop() {
        CrossEntropyLoss loss = new CrossEntropyLoss(Reduction.NONE);
        try (Linear expected = new Linear(4, CLASSES); Linear net = new Linear(4, CLASSES)) {
            Accumulator metric = new Accumulator(3);
            SGD optimizer = sgd(expected, 0.1f);
            for (Batch batch : classes.batches(10).shuffle(3)) {
                Output yHat = expected.forward(batch.x());
                Loss l = loss.of(yHat, batch.y());
                double sum = l.total();
                optimizer.zeroGrad();
                l.mean().backward();
                optimizer.step();
                metric.add(sum, Classification.accuracy(yHat, batch.y()), batch.size());
            }
            List<Long> progress = new ArrayList<>();
            EpochResult result = Fit.trainEpoch(net, classes.batches(10).shuffle(3), loss, sgd(net, 0.1f),
                    progress::add);
            assertEquals(metric.get(0) / metric.get(2), result.loss());
            assertEquals(metric.get(1) / metric.get(2), result.accuracy());
            assertEquals(ROWS, result.rows());
            assertEquals(5, result.steps());
            assertEquals(List.of(10L, 20L, 30L, 40L, 43L), progress);
            RandomTables.assertSameBits(expected.weight().value(), net.weight().value(), "weight");
        }
    }

    @Test
    void theMeanLossDoesNotDependOnTheReduction() {
        try (Linear mean = new Linear(4, 2); Linear none = new Linear(4, 2); Linear sum = new Linear(4, 2)) {
            EpochResult result = Fit.trainEpoch(mean, numbers.batches(10), new MSELoss(), sgd(mean, 0.1f));
            assertEquals(result,
                    Fit.trainEpoch(none, numbers.batches(10), new MSELoss(Reduction.NONE), sgd(none, 0.1f)));
            assertEquals(Fit.evaluateLoss(mean, numbers, new MSELoss()),
                    Fit.evaluateLoss(mean, numbers, new MSELoss(Reduction.NONE)));
            assertEquals(Fit.evaluateLoss(mean, numbers, new MSELoss()),
                    Fit.evaluateLoss(mean, numbers, new MSELoss(Reduction.SUM)));
            assertEquals(Fit.evaluateLoss(sum, numbers, new MSELoss()),
                    Fit.trainEpoch(sum, numbers.fullBatch(), new MSELoss(Reduction.SUM), sgd(sum, 0)).loss());
        }
    }

    @Test
    void updaterAndOptimizerTakeTheSameStep() {
        try (Linear optimized = new Linear(4, CLASSES); Linear updated = new Linear(4, CLASSES)) {
            List<Integer> sizes = new ArrayList<>();
            Updater sgd = Updater.sgd(updated.parameters(), 0.1f);
            Updater updater = rows -> {
                sizes.add(rows);
                sgd.update(rows);
            };
            CrossEntropyLoss loss = new CrossEntropyLoss(Reduction.NONE);
            for (int epoch = 0; epoch < 3; epoch++) {
                EpochResult a = Fit.trainEpoch(optimized, classes.batches(10), loss, sgd(optimized, 0.1f));
                EpochResult b = Fit.trainEpoch(updated, classes.batches(10), loss, updater);
                assertEquals(a.loss(), b.loss(), 1e-6);
                assertEquals(a.accuracy(), b.accuracy());
                assertEquals(a.rows(), b.rows());
                assertEquals(a.steps(), b.steps());
            }
            assertEquals(List.of(10, 10, 10, 10, 3), sizes.subList(0, 5));
            // the one divides the rows of the gradient before they are summed, the other the sum: not the same bits
            for (int o = 0; o < CLASSES; o++) {
                assertArrayEquals(optimized.weight().value().row(o), updated.weight().value().row(o), 2e-7f);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void anUpdaterNeedsALossThatIsNotDivided(Reduction reduction) {
        try (Linear net = new Linear(4, 2)) {
            LossFunction loss = new HalfSquaredLoss(reduction);
            Updater updater = Updater.sgd(net.parameters(), 0.1f);
            if (reduction == Reduction.MEAN) {
                assertMessage(IllegalArgumentException.class, "Fit.trainEpoch: HalfSquaredLoss(MEAN) is divided by the"
                        + " rows, and the updater divides again; use Reduction.NONE or SUM",
                        () -> Fit.trainEpoch(net, numbers.batches(10), loss, updater));
            } else {
                Fit.trainEpoch(net, numbers.batches(10), loss, updater);
            }
        }
    }

    @Test
    void theSameSeedTwiceInOneJvmGivesTheSameBits() {
        try (Sequential first = new Sequential(new Linear(4, 20), new Linear(20, CLASSES)).init(-1);
                Sequential second = new Sequential(new Linear(4, 20), new Linear(20, CLASSES)).init(-1)) {
            for (Sequential net : List.of(first, second)) {
                for (int epoch = 0; epoch < 3; epoch++) {
                    Fit.trainEpoch(net, classes.batches(10).shuffle(Long.MIN_VALUE).epoch(epoch),
                            new CrossEntropyLoss(), sgd(net, 0.1f));
                }
            }
            for (int i = 0; i < 4; i++) {
                RandomTables.assertSameBits(first.parameters().get(i).value(), second.parameters().get(i).value(), "");
            }
        }
    }

    @Test
    void divergenceIsSeenBeforeItReachesTheParameters() {
        FloatMatrix x = RandomTables.floats(random, 20, 4);
        x.set(15, 2, Float.NaN);
        try (Dataset bad = Dataset.of(x, RandomTables.floats(random, 20, 2)); Linear net = new Linear(4, 2)) {
            assertThrows(DivergedException.class,
                    () -> Fit.trainEpoch(net, bad.batches(10), new MSELoss(), sgd(net, 0.1f)));
            assertThrows(DivergedException.class, () -> Fit.trainEpoch(net, bad.batches(10), new MSELoss(Reduction.SUM),
                    Updater.sgd(net.parameters(), 0.1f)));
            for (float[] row : net.weight().value().toArray()) {
                for (float w : row) {
                    assertTrue(Float.isFinite(w), "weight " + w);
                }
            }
        }
    }

    @Test
    void aFailingCallbackFreesTheModule() {
        try (Linear net = new Linear(4, CLASSES)) {
            assertThrows(ArithmeticException.class,
                    () -> Fit.trainEpoch(net, classes.batches(10), new CrossEntropyLoss(), sgd(net, 0.1f), rows -> {
                        throw new ArithmeticException("mine");
                    }));
            Fit.trainEpoch(net, classes.batches(10), new CrossEntropyLoss(), sgd(net, 0.1f));
        }
    }

    @Test
    void anInterruptIsLeftToTheCaller() {
        try (Linear net = new Linear(4, CLASSES)) {
            Thread.currentThread().interrupt();
            Fit.trainEpoch(net, classes.batches(10), new CrossEntropyLoss(), sgd(net, 0.1f));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aTrainedModuleIsNotTrainedTwice() {
        try (Linear net = new Linear(4, CLASSES);
                Trainer trainer = new Trainer(net, new CrossEntropyLoss(), sgd(net, 0.1f))) {
            assertMessage(IllegalStateException.class,
                    "Linear(4, 3) is already trained by a Trainer; close that one first",
                    () -> Fit.trainEpoch(net, classes.batches(10), new CrossEntropyLoss(), sgd(net, 0.1f)));
            assertEquals("Trainer(Linear(4, 3), CrossEntropyLoss(MEAN), SGD(lr=0.1))", trainer.toString());
        }
    }

    @Test
    void aFullBatchIsOneStep() {
        try (Linear net = new Linear(4, 2)) {
            double before = Fit.evaluateLoss(net, numbers, new MSELoss());
            EpochResult result = Fit.trainEpoch(net, numbers.fullBatch(), new MSELoss(), sgd(net, 0.1f));
            assertEquals(1, result.steps());
            assertEquals(before, result.loss());
            assertTrue(Fit.evaluateLoss(net, numbers, new MSELoss()) < before);
        }
    }

    @Test
    void trainingSwitchesToTrainingMode() {
        Linear child = new Linear(4, CLASSES);
        try (Sequential net = new Sequential(child).eval()) {
            Fit.trainEpoch(net, classes.batches(10), new CrossEntropyLoss(), sgd(net, 0.1f));
            assertTrue(child.isTraining());
            net.eval();
            Fit.trainEpoch(net, classes.batches(10), new CrossEntropyLoss(Reduction.SUM),
                    Updater.sgd(net.parameters(), 0.1f));
            assertTrue(child.isTraining());
        }
    }

    @Test
    void predictionsOfTrainingAndEvaluationAgree() {
        try (Linear net = new Linear(4, CLASSES); FloatMatrix p = Fit.predict(net, classes.features())) {
            double accuracy = (double) Classification.accuracy(p.all(), classes.targets().all()) / ROWS;
            assertEquals(accuracy, Fit.evaluateAccuracy(net, classes));
        }
    }
}
