// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.GaussianNLLLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.optim.SGD;
import dev.lanewise.schedule.CosineAnnealingLR;
import dev.lanewise.schedule.ExponentialLR;
import dev.lanewise.schedule.Mode;
import dev.lanewise.schedule.OneCycleLR;
import dev.lanewise.schedule.ReduceLROnPlateau;
import dev.lanewise.schedule.StepLR;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Many epochs: schedules, validation, early stopping and listeners.
@ExtendWith({NoLeak.class, RandomTables.class})
class FitRunTest {
    private static final int CLASSES = 3;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final SplittableRandom random = RandomTables.random(130);
    private final Dataset train = classes(43);
    private final Dataset valid = classes(20);
    private final CrossEntropyLoss loss = new CrossEntropyLoss();
    private final Sequential net = net();
    private final SGD sgd = new SGD(net.parameters(), 0.5f).momentum(0.5f);

    private Dataset classes(int rows) {
        return Dataset.of(RandomTables.floats(random, rows, 4), RandomTables.labels(random, rows, CLASSES));
    }

    /// With a wide layer, whose weights lie in panel order.
    private static Sequential net() {
        return new Sequential(new Linear(4, 20), new ReLU(), new Linear(20, CLASSES)).init(5);
    }

    @AfterEach
    void close() {
        train.close();
        valid.close();
        net.close();
    }

    private Batches batches() {
        return train.batches(10).shuffle(3);
    }

    private static List<float[][]> weights(Module module) {
        return module.parameters().stream().map(Parameter::value).map(FloatMatrix::toArray).toList();
    }

    private static void assertSameWeights(List<float[][]> expected, Module module) {
        List<float[][]> actual = weights(module);
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(Arrays.deepEquals(expected.get(i), actual.get(i)), "parameter " + i);
        }
    }

    @Test
    void aRunIsTheLoopWrittenOut() {
        List<Double> rates = new ArrayList<>();
        List<EpochResult> results = new ArrayList<>();
        try (Sequential written = net()) {
            SGD optimizer = new SGD(written.parameters(), 0.5f).momentum(0.5f);
            OneCycleLR cycle = new OneCycleLR(optimizer, 0.3, 15);
            ExponentialLR decay = new ExponentialLR(optimizer, 0.5);
            Batches batches = batches();
            for (int epoch = 0; epoch < 3; epoch++) {
                try (Trainer trainer = new Trainer(written, loss, optimizer)) {
                    for (Batch batch : batches) {
                        rates.add((double) optimizer.learningRate());
                        trainer.trainStep(batch);
                        cycle.step();
                    }
                }
                decay.step();
            }
            List<Double> seen = new ArrayList<>();
            FitResult result = new Fit(net, loss, sgd).schedule(new OneCycleLR(sgd, 0.3, 15), Every.STEP)
                    .schedule(new ExponentialLR(sgd, 0.5), Every.EPOCH).validation(valid).listener(new FitListener() {
                        @Override
                        public void stepEnd(FitProgress progress) {
                            seen.add(progress.learningRate());
                        }
                    }).run(batches(), 3);
            assertSameWeights(weights(written), net);
            assertEquals(rates, seen);
            assertEquals(3, result.epochs().size());
            assertFalse(result.stopped());
            assertEquals(0, result.bestEpoch());
            assertEquals(Fit.evaluateLoss(net, valid, loss), result.last().validationLoss());
            assertEquals(Fit.evaluateAccuracy(net, valid), result.last().validationAccuracy());
            assertEquals(rates.getLast(), result.last().learningRate());
            result.epochs().forEach(report -> results.add(report.training()));
        }
        try (Sequential again = net()) {
            SGD plain = new SGD(again.parameters(), 0.5f);
            EpochReport report = new Fit(again, loss, plain).run(batches(), 1).last();
            assertEquals(Double.NaN, report.validationLoss());
            assertEquals(Double.NaN, report.validationAccuracy());
            assertEquals(results.get(0).rows(), report.training().rows());
        }
    }

    @Test
    void listenersAreToldInOrder() {
        List<String> calls = new ArrayList<>();
        new Fit(net, loss, sgd).schedule(new StepLR(sgd, 1).gamma(0.5), Every.EPOCH).listener(new FitListener() {
            @Override
            public void epochBegin(FitProgress p) {
                calls.add("begin " + p.epoch() + " " + p.step() + " " + p.rows() + " " + p.learningRate());
            }

            @Override
            public void stepEnd(FitProgress p) {
                assertTrue(Double.isFinite(p.loss()));
                calls.add("step " + p.step() + " " + p.steps() + " " + p.rows());
            }

            @Override
            public void epochEnd(FitProgress p, EpochReport report) {
                calls.add("end " + report.epoch() + " " + report.learningRate());
            }
        }).run(train.batches(20).epoch(4), 2);
        assertEquals(List.of("begin 5 0 0 0.5", "step 1 1 20", "step 2 2 40", "step 3 3 43", "end 5 0.5",
                "begin 6 0 0 0.25", "step 1 4 20", "step 2 5 40", "step 3 6 43", "end 6 0.25"), calls);
    }

    @Test
    void aListenerMayStop() {
        for (int at = 1; at <= 7; at++) {
            int last = at;
            FitResult result = new Fit(net, loss, sgd).listener(new FitListener() {
                @Override
                public void stepEnd(FitProgress p) {
                    if (p.steps() == last) {
                        p.stop();
                    }
                }
            }).run(batches(), 5);
            assertTrue(result.stopped());
            assertEquals((last + 4) / 5, result.epochs().size());
            assertEquals(last, result.epochs().stream().mapToLong(report -> report.training().steps()).sum());
        }
        FitResult none = new Fit(net, loss, sgd).listener(new FitListener() {
            @Override
            public void epochBegin(FitProgress p) {
                p.stop();
            }
        }).run(batches(), 5);
        assertTrue(none.stopped());
        assertEquals(List.of(), none.epochs());
    }

    private static final class Fault implements FitListener {
        private final String where;

        Fault(String where) {
            this.where = where;
        }

        private void fail(String here) {
            if (here.equals(where)) {
                throw new ArithmeticException("mine");
            }
        }

        @Override
        public void epochBegin(FitProgress progress) {
            fail("begin");
        }

        @Override
        public void stepEnd(FitProgress progress) {
            fail("step");
        }

        @Override
        public void epochEnd(FitProgress progress, EpochReport report) {
            fail("end");
        }
    }

    @Test
    void anExceptionLeavesTheModuleUsable() {
        EarlyStopping stopping = new EarlyStopping(Monitor.TRAINING_LOSS);
        for (String where : List.of("begin", "step", "end")) {
            assertThrows(ArithmeticException.class, () -> new Fit(net, loss, sgd).earlyStopping(stopping)
                    .listener(new Fault(where)).run(batches(), 2));
            Fit.trainEpoch(net, batches(), loss, sgd);
            Fit.evaluateLoss(net, valid, loss);
        }
        OneCycleLR shortCycle = new OneCycleLR(sgd, 0.1, 7);
        assertThrows(IllegalStateException.class,
                () -> new Fit(net, loss, sgd).schedule(shortCycle, Every.STEP).run(batches(), 2));
        Fit.trainEpoch(net, batches(), loss, sgd);
    }

    /// Five batches an epoch, of which two make a step: 2 steps, then 3.
    @Test
    void schedulesOfStepsWaitForAccumulatedGradients() {
        sgd.accumulate(2);
        OneCycleLR cycle = new OneCycleLR(sgd, 0.3, 7);
        List<Long> steps = new ArrayList<>();
        new Fit(net, loss, sgd).schedule(cycle, Every.STEP).listener(new FitListener() {
            @Override
            public void stepEnd(FitProgress progress) {
                steps.add(cycle.lastEpoch());
            }
        }).run(batches(), 2);
        assertEquals(List.of(0L, 1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L), steps);
    }

    /// Stops after `patience` epochs without improvement, at the parameters of the best.
    @Test
    void earlyStoppingRestoresTheBest() {
        List<List<float[][]>> after = new ArrayList<>();
        EarlyStopping stopping = new EarlyStopping(Monitor.VALIDATION_LOSS).patience(3);
        FitResult result = new Fit(net, loss, sgd).validation(valid).earlyStopping(stopping)
                .listener(new FitListener() {
                    @Override
                    public void epochEnd(FitProgress progress, EpochReport report) {
                        after.add(weights(net));
                    }
                }).run(batches(), 500);
        assertTrue(result.stopped(), "labels are random: it has to overfit");
        int best = 0;
        for (int i = 0; i < result.epochs().size(); i++) {
            best = result.epochs().get(i).validationLoss() < result.epochs().get(best).validationLoss() ? i : best;
        }
        assertEquals(best + 1, result.bestEpoch());
        assertEquals(best + 1 + 3, result.epochs().size());
        assertEquals(best + 1, stopping.bestEpoch());
        assertEquals(3, stopping.badEpochs());
        assertEquals(result.epochs().get(best).validationLoss(), stopping.best());
        assertSameWeights(after.get(best), net);
        assertEquals(stopping.best(), Fit.evaluateLoss(net, valid, loss));
        assertEquals(Map.of("best", stopping.best(), "best_epoch", best + 1.0, "num_bad_epochs", 3.0),
                stopping.stateDict());
        EarlyStopping restored = new EarlyStopping(Monitor.VALIDATION_LOSS);
        restored.loadStateDict(stopping.stateDict());
        assertEquals(stopping.stateDict(), restored.stateDict());
    }

    /// Weights of one epoch with the running statistics of another would predict what neither did.
    @Test
    void earlyStoppingRestoresRunningStatistics() {
        try (Sequential normalized = new Sequential(new Linear(4, 20), new BatchNorm1d(20), new ReLU(),
                new Linear(20, CLASSES)).init(5)) {
            SGD optimizer = new SGD(normalized.parameters(), 0.5f).momentum(0.5f);
            List<float[][]> variances = new ArrayList<>();
            FitResult result = new Fit(normalized, loss, optimizer).validation(valid)
                    .earlyStopping(new EarlyStopping(Monitor.VALIDATION_LOSS).patience(4))
                    .listener(new FitListener() {
                        @Override
                        public void epochEnd(FitProgress progress, EpochReport report) {
                            variances.add(normalized.namedBuffers().get("1.running_var").value().toArray());
                        }
                    }).run(batches(), 300);
            EpochReport best = result.epochs().get(result.bestEpoch() - 1);
            assertTrue(result.bestEpoch() < result.epochs().size(), "labels are random: it has to overfit");
            assertEquals(best.validationLoss(), Fit.evaluateLoss(normalized, valid, loss));
            assertEquals(best.validationAccuracy(), Fit.evaluateAccuracy(normalized, valid));
            assertTrue(Arrays.deepEquals(variances.get(result.bestEpoch() - 1),
                    normalized.namedBuffers().get("1.running_var").value().toArray()));
            assertEquals(5L * result.bestEpoch(), normalized.namedBuffers().get("1.num_batches_tracked").count());
        }
    }

    @Test
    void theBestIsRestoredHoweverItEnds() {
        sgd.learningRate(3);
        FitResult result = new Fit(net, loss, sgd).validation(valid)
                .earlyStopping(new EarlyStopping(Monitor.VALIDATION_LOSS).patience(100)).run(batches(), 8);
        assertFalse(result.stopped());
        assertEquals(8, result.epochs().size());
        double best = result.epochs().stream().mapToDouble(EpochReport::validationLoss).min().orElseThrow();
        assertEquals(best, Fit.evaluateLoss(net, valid, loss));
        assertEquals(best, result.epochs().get(result.bestEpoch() - 1).validationLoss());
        FitResult last = new Fit(net, loss, sgd).validation(valid)
                .earlyStopping(new EarlyStopping(Monitor.VALIDATION_LOSS).patience(2).restoreBest(false))
                .run(batches(), 8);
        assertEquals(0, last.bestEpoch());
        assertEquals(last.last().validationLoss(), Fit.evaluateLoss(net, valid, loss));
    }

    /// Means and variances against the targets alone, and means against targets with variances.
    @Test
    void lossesWithTargetsOfAnotherShapeHaveNoAccuracy() {
        for (int targets : new int[]{2, 8}) {
            try (Dataset data = Dataset.of(RandomTables.floats(random, 12, 4),
                    RandomTables.probabilities(random, 12, targets));
                    Sequential means = new Sequential(new Linear(4, 4), new Sigmoid())) {
                FitResult result = new Fit(means, new GaussianNLLLoss(), new SGD(means.parameters(), 0.01f))
                        .validation(data).run(data.batches(5), 2);
                assertTrue(Double.isFinite(result.last().training().loss()));
                assertTrue(Double.isFinite(result.last().validationLoss()));
                assertEquals(Double.NaN, result.last().training().accuracy());
                assertEquals(Double.NaN, result.last().validationAccuracy());
            }
        }
    }

    private static boolean observe(EarlyStopping stopping, double trainingLoss) {
        return stopping.observe(new EpochReport(1, new EpochResult(trainingLoss, trainingLoss, 1, 1), 0, 0, 0));
    }

    @Test
    void improvementsHaveToBeLargerThanMinDelta() {
        EarlyStopping stopping = new EarlyStopping(Monitor.TRAINING_LOSS).minDelta(0.25).patience(2);
        assertTrue(observe(stopping, 1));
        assertFalse(observe(stopping, 0.75));
        assertEquals(1, stopping.badEpochs());
        assertTrue(observe(stopping, 0.5));
        assertFalse(observe(stopping, Double.NaN));
        assertFalse(stopping.isOver());
        assertFalse(observe(stopping, 0.5));
        assertTrue(stopping.isOver());
        EarlyStopping rising = new EarlyStopping(Monitor.TRAINING_ACCURACY);
        assertTrue(observe(rising, 0.5));
        assertFalse(observe(rising, 0.25));
        EarlyStopping falling = new EarlyStopping(Monitor.TRAINING_ACCURACY).mode(Mode.MIN);
        assertTrue(observe(falling, 0.5));
        assertTrue(observe(falling, 0.25));
        assertEquals(0.25, falling.best());
    }

    @Test
    void aPlateauIsToldWhatItMonitors() {
        ReduceLROnPlateau plateau = new ReduceLROnPlateau(sgd).patience(0).threshold(0.99).factor(0.5);
        FitResult result = new Fit(net, loss, sgd).validation(valid).schedule(plateau, Monitor.VALIDATION_LOSS)
                .run(batches(), 4);
        assertEquals(result.epochs().getFirst().validationLoss(), plateau.best());
        assertEquals(List.of(0.5, 0.5, 0.25, 0.125),
                result.epochs().stream().map(EpochReport::learningRate).toList());
    }

    @Test
    void settingsAreChecked() {
        SGD other = new SGD(net.parameters(), 0.25f);
        Fit fit = new Fit(net, loss, sgd);
        assertMessage(IllegalArgumentException.class,
                "Fit.schedule: StepLR(stepSize=1, gamma=0.1) is of another optimizer, SGD(lr=0.25), expected one made of"
                        + " the SGD(lr=0.5, momentum=0.5) that trains",
                () -> fit.schedule(new StepLR(other, 1), Every.STEP));
        assertThrows(IllegalArgumentException.class,
                () -> fit.schedule(new ReduceLROnPlateau(other), Monitor.TRAINING_LOSS));
        fit.earlyStopping(new EarlyStopping(Monitor.VALIDATION_ACCURACY));
        assertMessage(IllegalStateException.class,
                "Fit.run: something goes by validation, but there are no rows for it; call validation(rows) first",
                () -> fit.run(batches(), 1));
        assertMessage(IllegalArgumentException.class, "EarlyStopping: patience is 0, expected at least 1",
                () -> new EarlyStopping(Monitor.TRAINING_LOSS).patience(0));
        assertMessage(IllegalArgumentException.class,
                "EarlyStopping: minDelta is -1.0, expected a finite number of at least 0",
                () -> new EarlyStopping(Monitor.TRAINING_LOSS).minDelta(-1));
        assertMessage(IllegalArgumentException.class,
                "EarlyStopping.loadStateDict: the names are [best], expected [best, best_epoch, num_bad_epochs]",
                () -> new EarlyStopping(Monitor.TRAINING_LOSS).loadStateDict(Map.of("best", 1.0)));
    }

    /// Until the code is compiled it does allocate: the best epoch counts.
    @Test
    @Tag("allocation")
    void stepsAllocateNothing() {
        assumeTrue(LaneChoice.requested() <= SimdKernels.preferredBits(), "vectors are emulated here, by objects");
        long start = System.nanoTime();
        long[] before = new long[1];
        long[] least = {Long.MAX_VALUE};
        new Fit(net, loss, sgd).schedule(new CosineAnnealingLR(sgd, 10_000), Every.STEP).listener(new FitListener() {
            @Override
            public void stepEnd(FitProgress progress) {
                if (progress.step() == 1) { // what an epoch takes to begin does not count
                    before[0] = AllocatedBytes.now();
                } else if (progress.step() == 43) {
                    least[0] = Math.min(least[0], AllocatedBytes.now() - before[0]);
                    if (least[0] == 0 || System.nanoTime() - start > PATIENCE_NANOS) {
                        progress.stop();
                    }
                }
            }
        }).run(train.batches(1), Integer.MAX_VALUE);
        assertEquals(0, least[0]);
    }
}
