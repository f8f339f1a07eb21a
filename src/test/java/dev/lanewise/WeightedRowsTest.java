// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Reduction;
import dev.lanewise.optim.SGD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Weights of rows, ignored rows and penalties from the data set to the end of an epoch.
@ExtendWith({NoLeak.class, RandomTables.class})
class WeightedRowsTest {
    private static final float[][] X = {{1, 2}, {-1, 0.5f}, {0.25f, 3}, {2, -2}, {0, 1}};
    private static final float[] Y = {1, -1, 0.5f, 2, 3};
    private static final float[] WEIGHTS = {1, 0.5f, 0, 2, 3};

    private static Dataset data() {
        return Dataset.of(X, Y).weights(WEIGHTS);
    }

    @Test
    void weightsGoWithTheirRows() {
        try (Dataset data = data(); Dataset some = data.select(4, 1); TrainTest parts = data.split(0.4, 1)) {
            assertArrayEquals(new float[][]{{3}, {0.5f}}, weights(some));
            for (Dataset part : new Dataset[]{parts.train(), parts.test()}) {
                for (int r = 0; r < part.rows(); r++) {
                    float y = ((FloatMatrix) part.targets()).get(r, 0);
                    int row = 0;
                    while (Y[row] != y) {
                        row++;
                    }
                    assertEquals(WEIGHTS[row], weights(part)[r][0]);
                }
            }
            Batches batches = data.batches(2).shuffle(3);
            for (Batch batch : batches) {
                FloatMatrix weights = batch.y().weights();
                assertNotNull(weights);
                assertArrayEquals(weights(data), weights.toArray());
                assertNull(batch.x().weights());
            }
        }
        try (Dataset plain = Dataset.of(X, Y)) {
            assertNull(plain.weights());
            assertNull(plain.fullBatch().iterator().next().y().weights());
        }
    }

    private static float[][] weights(Dataset data) {
        FloatMatrix weights = data.weights();
        assertNotNull(weights);
        return weights.toArray();
    }

    @Test
    void lossesOfAnEpochAndOfEvaluationAreWeighted() {
        try (Dataset data = data(); Linear net = new Linear(2, 1).init(3)) {
            LossFunction loss = new MSELoss().penalty(net.parameters(), 0.1f, 0.2f);
            float[] single = new MSELoss(Reduction.NONE).of(net.forward(data.features()), data.targets()).values();
            double sum = 0;
            for (int r = 0; r < 5; r++) {
                sum += single[r] * WEIGHTS[r];
            }
            double penalty = loss.of(net.forward(data.features()), data.targets()).penalty();
            double expected = sum / 5 + penalty;
            assertEquals(expected, Fit.evaluateLoss(net, data, loss), 1e-6);
            assertEquals(expected, Fit.trainEpoch(net, data.batches(2), loss, new SGD(net.parameters(), 0)).loss(),
                    1e-6);
        }
    }

    @Test
    void theWrittenLoopSeesTheWeights() {
        try (Dataset data = data();
                Module fused = new Linear(2, 1).init(3);
                Module written = new Linear(2, 1).init(3);
                Trainer trainer = new Trainer(fused, new MSELoss(), new SGD(fused.parameters(), 0.1f))) {
            SGD sgd = new SGD(written.parameters(), 0.1f);
            for (Batch batch : data.batches(2)) {
                trainer.trainStep(batch);
                Loss l = new MSELoss().of(written.forward(batch.x()), batch.y());
                sgd.zeroGrad();
                l.backward();
                sgd.step();
            }
            for (int i = 0; i < 2; i++) {
                RandomTables.assertSameBits(written.parameters().get(i).value(), fused.parameters().get(i).value(),
                        "parameter " + i);
            }
        }
    }

    @Test
    void batchesOfIgnoredRowsAreNoDivergence() {
        try (FloatMatrix x = FloatMatrix.copyOf(X);
                ClassLabels y = ClassLabels.copyOf(-100, -100, 1, 0, -100);
                Batches batches = Batches.loadArray(x, y, 2, false);
                Linear net = new Linear(2, 2).init(1)) {
            double expected = new CrossEntropyLoss().of(net.forward(x), y).value();
            EpochResult result = Fit.trainEpoch(net, batches, new CrossEntropyLoss(), new SGD(net.parameters(), 0));
            assertEquals(expected, result.loss(), 1e-7);
            assertEquals(3, result.steps());
        }
    }

    @Test
    void weightsThatDoNotFit() {
        long open = OffHeap.openBytes();
        try (Dataset data = Dataset.of(X, Y)) {
            assertMessage(IllegalArgumentException.class,
                    "Dataset.weights: 2 weights given, expected 5, one for each row", () -> data.weights(1, 2));
            assertMessage(IllegalArgumentException.class,
                    "Dataset.weights: weight of row 1 is NaN, expected a finite number of at least 0",
                    () -> data.weights(1, Float.NaN, 1, 1, 1));
            long bytes = data.bytesOffHeap();
            data.weights(WEIGHTS);
            assertEquals(bytes + 5 * 4, data.bytesOffHeap());
            assertEquals(open + data.bytesOffHeap(), OffHeap.openBytes());
            assertMessage(IllegalStateException.class,
                    "Dataset.weights: there are batches or weights already; set the weights once, before batches()",
                    () -> data.weights(WEIGHTS));
        }
        try (Dataset data = Dataset.of(X, Y); Batches _ = data.batches(2)) {
            assertMessage(IllegalStateException.class,
                    "Dataset.weights: there are batches or weights already; set the weights once, before batches()",
                    () -> data.weights(WEIGHTS));
        }
    }
}
