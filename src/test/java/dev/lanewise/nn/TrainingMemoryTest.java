// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Fit;
import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Table;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The memory said before a training is that held after it, to the byte.
@ExtendWith({NoLeak.class, RandomTables.class})
class TrainingMemoryTest {
    private final SplittableRandom random = RandomTables.random(72);

    private void assertExact(Module made, int threads, boolean bytes, Function<List<Parameter>, Optimizer> optimizers) {
        int rows = 1200; // more than a block of gradients, and more than evaluation takes at a time
        try (Module net = made;
                Dataset data = Dataset.of(features(rows, bytes), made.outFeatures(5) == 1
                        ? FloatMatrix.column(new float[rows])
                        : RandomTables.floats(random, rows, made.outFeatures(5)))) {
            net.threads(threads);
            Optimizer optimizer = optimizers.apply(net.parameters());
            TrainingMemory said = TrainingMemory.of(net, data.features(), data.targets(), 400, Fit.CHUNK_ROWS,
                    optimizer.statePlanes());
            LossFunction loss = new MSELoss();
            try (Trainer trainer = new Trainer(net, loss, optimizer);
                    Batches batches = data.batches(400).shuffle(1)) {
                for (int epoch = 0; epoch < 2; epoch++) {
                    for (Batch batch : batches) {
                        trainer.trainStep(batch);
                    }
                    Fit.evaluateLoss(net, data, loss);
                }
                for (Batch batch : batches) {
                    trainer.trainStep(batch);
                }
            }
            assertEquals(net.bytesOffHeap(), said.total(), said.toString());
        }
    }

    private Table features(int rows, boolean bytes) {
        return bytes ? ByteMatrix.allocate(rows, 5, 1) : RandomTables.floats(random, rows, 5);
    }

    @Test
    void linearRegression() {
        assertExact(new Linear(5, 3).init(0), 1, false, parameters -> new SGD(parameters, 0));
    }

    @Test
    void wideLayersAreTransposedButTheFirst() {
        assertExact(new Sequential(new Linear(5, 40), new ReLU(), new Linear(40, 50, false), new Linear(50, 3)), 2,
                false, parameters -> new Adam(parameters, 0));
    }

    @Test
    void normalizationAndBytes() {
        assertExact(new Sequential(new Linear(5, 20), new BatchNorm1d(20), new Dropout(0.5f), new LayerNorm(20),
                new Linear(20, 3)), 3, true, parameters -> new SGD(parameters, 0).momentum(0.5f));
    }

    @Test
    void aColumnOfTargetsIsCopied() {
        assertExact(new Sequential(new Linear(5, 20), new ReLU(), new Linear(20, 1)), 2, false,
                parameters -> new SGD(parameters, 0));
    }

    @Test
    void frozenLayersNeedNoWayBack() {
        Sequential net = new Sequential(new Linear(5, 20), new Linear(20, 20), new Linear(20, 3));
        net.get(0).requiresGrad(false);
        assertExact(net, 1, false, parameters -> new SGD(parameters, 0));
    }
}
