// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.BCELoss;
import dev.lanewise.nn.BCEWithLogitsLoss;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.HingeLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.optim.SGD;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What counts as right depends on what the loss takes outputs and targets for.
@ExtendWith({NoLeak.class, RandomTables.class})
class FitAccuracyTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    /// Returns its input.
    private static Linear identity(int size) {
        Linear net = new Linear(size, size, false);
        net.weight().fill(0);
        for (int i = 0; i < size; i++) {
            net.weight().value().set(i, i, 1);
        }
        return net;
    }

    /// The accuracy of outputs as they are, in training and in evaluation.
    private static double accuracy(Module net, LossFunction loss, float[][] outputs, float[][] targets) {
        try (Dataset data = Dataset.of(FloatMatrix.copyOf(outputs), FloatMatrix.copyOf(targets))) {
            double evaluated = Fit.evaluateAccuracy(net, data, loss);
            FitResult result = new Fit(net, loss, new SGD(net.parameters(), 0)).validation(data)
                    .run(data.batches(outputs.length).shuffle(1), 1);
            assertEquals(evaluated, result.last().training().accuracy());
            assertEquals(evaluated, result.last().validationAccuracy());
            assertEquals(evaluated, Monitor.VALIDATION_ACCURACY.of(result.last()));
            return evaluated;
        }
    }

    @Test
    void oneLogitStandsForAClass() {
        float[][] logits = {{2}, {-0.25f}, {0.25f}, {-3}, {0}};
        try (Linear net = identity(1); Sequential sigmoid = new Sequential(identity(1), new Sigmoid())) {
            assertEquals(0.8,
                    accuracy(net, new BCEWithLogitsLoss(), logits, new float[][]{{1}, {0}, {0}, {0}, {0}}));
            assertEquals(0.8, accuracy(sigmoid, new BCELoss(), logits, new float[][]{{1}, {0}, {0}, {0}, {0}}));
            assertEquals(0.6, accuracy(net, new HingeLoss(), logits, new float[][]{{1}, {-1}, {-1}, {-1}, {1}}));
            assertEquals(0.6, accuracy(net, new BCEWithLogitsLoss(), logits,
                    new float[][]{{0.9f}, {0.6f}, {0.4f}, {0.1f}, {0.5f}}), "probabilities");
        }
    }

    @Test
    void labelsCountOneByOne() {
        float[][] logits = {{2, -1, 1}, {-2, -1, 3}};
        float[][] labels = {{1, 0, 0}, {0, 0, 0}};
        float[][] signs = {{1, -1, -1}, {-1, -1, -1}};
        try (Linear net = identity(3); Sequential sigmoid = new Sequential(identity(3), new Sigmoid())) {
            assertEquals(4 / 6.0, accuracy(net, new BCEWithLogitsLoss(), logits, labels));
            assertEquals(4 / 6.0, accuracy(sigmoid, new BCELoss(), logits, labels));
            assertEquals(4 / 6.0, accuracy(net, new HingeLoss(), logits, signs));
        }
    }

    @Test
    void otherLossesAreAsWithout() {
        try (Linear net = identity(1); Linear two = identity(2)) {
            assertEquals(0.5, accuracy(net, new MSELoss(), new float[][]{{1.5f}, {2}}, new float[][]{{1.5f}, {1}}));
            assertEquals(0.5, accuracy(two, new CrossEntropyLoss(), new float[][]{{1, 0}, {1, 0}},
                    new float[][]{{0.8f, 0.2f}, {0.2f, 0.8f}}));
            try (Dataset data = Dataset.of(FloatMatrix.copyOf(new float[][]{{1, 0}, {1, 0}}),
                    ClassLabels.copyOf(0, 1))) {
                assertEquals(1, Fit.evaluateAccuracy(two, data, new CrossEntropyLoss().ignoreIndex(1)));
                assertEquals(0.5, Fit.evaluateAccuracy(two, data));
            }
            try (Dataset narrow = Dataset.of(FloatMatrix.copyOf(new float[][]{{1, 0}}), FloatMatrix.column(1))) {
                assertThrows(IllegalArgumentException.class,
                        () -> Fit.evaluateAccuracy(two, narrow, new BCEWithLogitsLoss()));
            }
        }
    }

    @Test
    void notANumberIsNeverRight() {
        try (Linear net = identity(1);
                Dataset data = Dataset.of(FloatMatrix.column(Float.NaN, Float.NaN, -1), FloatMatrix.column(0, 1, 0))) {
            assertEquals(1 / 3.0, Fit.evaluateAccuracy(net, data, new BCEWithLogitsLoss()));
        }
    }

    /// Two clouds: a logistic regression with one logit tells them apart, and early stopping can go by it.
    @Test
    void earlyStoppingGoesByIt() {
        SplittableRandom random = RandomTables.random(231);
        FloatMatrix x = RandomTables.floats(random, 60, 2);
        FloatMatrix y = FloatMatrix.allocate(60, 1);
        for (int r = 0; r < 60; r++) {
            y.set(r, 0, x.get(r, 0) > 0 ? 1 : 0);
        }
        try (Dataset data = Dataset.of(x, y); Linear net = new Linear(2, 1)) {
            EarlyStopping stopping = new EarlyStopping(Monitor.VALIDATION_ACCURACY).patience(5);
            new Fit(net, new BCEWithLogitsLoss(), new SGD(net.parameters(), 1)).validation(data)
                    .earlyStopping(stopping).run(data.batches(10).shuffle(0), 60);
            assertTrue(stopping.best() > 0.9, () -> "accuracy " + stopping.best());
            assertEquals(stopping.best(), Fit.evaluateAccuracy(net, data, new BCEWithLogitsLoss()));
        }
    }

    @Test
    @Tag("allocation")
    void stepsAllocateNothing() {
        int bits = LaneChoice.requested();
        assumeTrue(bits <= SimdKernels.preferredBits(), "vectors of " + bits + " bits are emulated here, by objects");
        SplittableRandom random = RandomTables.random(232);
        try (Dataset data = Dataset.of(RandomTables.floats(random, 43, 4), RandomTables.probabilities(random, 43, 3));
                Linear net = new Linear(4, 3)) {
            long start = System.nanoTime();
            long[] before = new long[1];
            long[] least = {Long.MAX_VALUE};
            new Fit(net, new BCEWithLogitsLoss(), new SGD(net.parameters(), 0.1f)).listener(new FitListener() {
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
            }).run(data.batches(1), Integer.MAX_VALUE);
            assertEquals(0, least[0]);
        }
    }
}
