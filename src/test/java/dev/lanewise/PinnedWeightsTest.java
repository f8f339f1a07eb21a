// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Digits;
import dev.lanewise.data.Synthetic;
import dev.lanewise.data.TrainTest;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.model.StateDict;
import dev.lanewise.model.WeightsHash;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The weights after whole trainings, by their hash: the same for every width, tier, machine and release.
///
/// A change that moves these bits belongs into the changelog under Numerics, with the new hashes here.
@Tag("lanes")
@ExtendWith(NoLeak.class)
class PinnedWeightsTest {
    private static String train(Dataset data, Module net, LossFunction loss, int batch, int epochs, float rate) {
        try (data; net) {
            SGD sgd = new SGD(net.init(1).parameters(), rate);
            for (int epoch = 0; epoch < epochs; epoch++) {
                Fit.trainEpoch(net, data.batches(batch).shuffle(2).epoch(epoch), loss, sgd);
            }
            return WeightsHash.sha256(StateDict.of(net));
        }
    }

    @Test
    void linearRegression() {
        assertEquals("381c1e37e1367e9b7e377f1f2331f0e7ddd30673c2819a89ab59b7993122a3ba",
                train(Synthetic.tutorial(1000, 2, 0), new Linear(2, 1), new MSELoss(), 10, 3, 0.03f));
    }

    @Test
    void softmaxRegressionOnDigits() {
        TrainTest digits = Digits.load();
        digits.test().close();
        assertEquals("44c611ae3b499f6a5f15e41bca65488bed9f4e32947da9c3741306ea7edc2fee",
                train(digits.train(), new Linear(64, 10), new CrossEntropyLoss(), 16, 2, 0.1f));
    }

    @Test
    void twoLayersInTheOuterFormAndBlocksOfRows() {
        Sequential net = new Sequential(new Linear(5, 33), new Linear(33, 17, false));
        assertEquals("46ae19014ca93d37215412b28d0874009bd5884e9787d5f2334a86a17afb7b39",
                train(probabilities(2500, 5, 17), net, new CrossEntropyLoss(Reduction.NONE), 2100, 3, 1f));
    }

    private static Dataset probabilities(int rows, int cols, int classes) {
        RandomGenerator random = RandomStreams.stream(3, "pinned weights");
        FloatMatrix x = FloatMatrix.allocate(rows, cols);
        FloatMatrix y = FloatMatrix.allocate(rows, classes);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                x.set(r, c, (float) RandomStreams.normal(random));
            }
            float rest = 1;
            for (int c = 0; c < classes; c++) {
                float p = c + 1 == classes ? rest : rest * RandomStreams.uniform(random);
                y.set(r, c, p);
                rest -= p;
            }
        }
        return Dataset.of(x, y);
    }
}
