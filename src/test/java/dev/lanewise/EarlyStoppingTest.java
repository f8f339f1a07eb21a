// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.GaussianNLLLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import dev.lanewise.schedule.Mode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The best state over several runs, and when training fails.
@ExtendWith({NoLeak.class, RandomTables.class})
class EarlyStoppingTest {
    private final SplittableRandom random = RandomTables.random(230);
    private final Dataset train = classes(43);
    private final Dataset valid = classes(20);
    private final CrossEntropyLoss loss = new CrossEntropyLoss();
    private final Sequential net = net();
    private final SGD sgd = new SGD(net.parameters(), 0.5f);
    private final EarlyStopping stopping = new EarlyStopping(Monitor.VALIDATION_LOSS).patience(1000);
    private final Fit fit = new Fit(net, loss, sgd).validation(valid).earlyStopping(stopping);

    private Dataset classes(int rows) {
        return Dataset.of(RandomTables.floats(random, rows, 4), RandomTables.labels(random, rows, 3));
    }

    private static Sequential net() {
        return new Sequential(new Linear(4, 20), new ReLU(), new Linear(20, 3)).init(5);
    }

    @AfterEach
    void close() {
        train.close();
        valid.close();
        net.close();
    }

    private double validationLoss() {
        return Fit.evaluateLoss(net, valid, loss);
    }

    /// Lets the loss of the next epochs be far worse.
    private static FitListener damage(Sequential net, float weights) {
        return new FitListener() {
            @Override
            public void epochBegin(FitProgress progress) {
                net.parameters().get(2).fill(weights);
            }
        };
    }

    /// The counts go on, and so does the state: a second run of worse epochs ends at the best of the first.
    @Test
    void theBestStateOutlivesARun() {
        fit.run(train.batches(10).shuffle(3), 3);
        double best = stopping.best();
        int epoch = stopping.bestEpoch();
        assertEquals(best, validationLoss());
        sgd.learningRate(0);
        FitResult worse = fit.listener(damage(net, 7)).run(train.batches(10).shuffle(3).epoch(3), 4);
        assertTrue(worse.epochs().stream().allMatch(report -> report.validationLoss() > best));
        assertEquals(4, stopping.badEpochs() - (3 - epoch));
        assertEquals(epoch, worse.bestEpoch());
        assertEquals(best, validationLoss());
    }

    @Test
    void anotherModuleBeginsAnew() {
        fit.run(train.batches(10).shuffle(3), 3);
        try (Sequential other = net()) {
            Fit second = new Fit(other, loss, new SGD(other.parameters(), 0)).validation(valid)
                    .earlyStopping(stopping).listener(damage(other, 7));
            FitResult result = second.run(train.batches(10), 1);
            assertEquals(1, result.bestEpoch());
            assertEquals(result.last().validationLoss(), stopping.best());
            assertEquals(0, stopping.badEpochs());
            assertEquals(stopping.best(), Fit.evaluateLoss(other, valid, loss));
        }
    }

    /// What is no longer the state of the best value must not be restored as if it were.
    @Test
    void aStateThatIsNotThatOfTheBestValueIsForgotten() {
        fit.run(train.batches(10).shuffle(3), 1);
        stopping.restoreBest(false);
        FitResult better = fit.run(train.batches(10).shuffle(3).epoch(1), 2);
        assertEquals(better.last().validationLoss(), stopping.best(), "this learns");
        sgd.learningRate(0);
        stopping.restoreBest(true);
        fit.listener(damage(net, 7));
        assertEquals(0, fit.run(train.batches(10).shuffle(3).epoch(3), 1).bestEpoch());
        assertNotEquals(stopping.best(), validationLoss());

        stopping.mode(Mode.MAX);
        assertEquals(Double.NEGATIVE_INFINITY, stopping.best());
        fit.run(train.batches(10), 1);
        stopping.loadStateDict(new EarlyStopping(Monitor.TRAINING_LOSS).mode(Mode.MIN).stateDict());
        stopping.mode(Mode.MIN);
        assertEquals(1, fit.run(train.batches(10), 1).bestEpoch());
    }

    @Test
    void theBestStateIsRestoredWhenTrainingDiverges() {
        fit.listener(new FitListener() {
            @Override
            public void epochBegin(FitProgress progress) {
                if (progress.epoch() == 3) {
                    net.parameters().get(2).fill(Float.NaN);
                }
            }
        });
        DivergedException diverged = assertThrows(DivergedException.class,
                () -> fit.run(train.batches(10).shuffle(3), 5));
        assertEquals(3, diverged.epoch());
        assertEquals("2.weight", diverged.badParameter());
        assertEquals(stopping.best(), validationLoss());
    }

    @Test
    void itIsRestoredWhenALossRefusesPredictions() {
        try (Dataset rows = Dataset.of(RandomTables.floats(random, 12, 4), RandomTables.probabilities(random, 12, 1));
                Linear gaussian = new Linear(4, 2)) {
            gaussian.weight().fill(0);
            gaussian.bias().fill(1);
            GaussianNLLLoss likelihood = new GaussianNLLLoss();
            EarlyStopping own = new EarlyStopping(Monitor.TRAINING_LOSS);
            Fit second = new Fit(gaussian, likelihood, new SGD(gaussian.parameters(), 0)).earlyStopping(own)
                    .listener(new FitListener() {
                        @Override
                        public void epochBegin(FitProgress progress) {
                            gaussian.bias().fill(progress.epoch() == 2 ? -1 : 1);
                        }
                    });
            assertThrows(IllegalArgumentException.class, () -> second.run(rows.batches(12), 3));
            assertEquals(1, gaussian.bias().value().get(0, 1));
        }
    }
}
