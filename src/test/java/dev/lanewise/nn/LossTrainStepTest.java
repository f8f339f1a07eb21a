// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.optim.SGD;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `trainStep` and the written calls with every loss, weights of rows and penalties: the same bits, for any number of
/// threads.
@ExtendWith({NoLeak.class, RandomTables.class})
class LossTrainStepTest {
    private static final int ROWS = 1030;
    static final int FEATURES = 30;

    static Stream<LossCase> losses() {
        return LossCase.all();
    }

    static Sequential net(LossCase c, int hidden, int threads) {
        Layer last = c.needsProbabilities() ? new Sigmoid() : new Tanh();
        Sequential net = new Sequential(new Linear(FEATURES, hidden), new Tanh(), new Linear(hidden, 4), last).init(5);
        net.threads(threads);
        return net;
    }

    static LossFunction loss(LossCase c, Module net, Reduction reduction) {
        LossFunction loss = c.loss().apply(reduction);
        List<Parameter> parameters = net.parameters();
        loss.penalty(parameters.subList(0, 1), 1e-3f, 2e-3f);
        return loss.penalty(parameters.subList(2, 4), 0, 1e-3f);
    }

    /// Bits of the parameters after some steps, losses among them.
    private static int[][] train(LossCase c, int hidden, int threads, boolean fused, Reduction reduction, Rows x,
            Rows y) {
        try (Sequential net = net(c, hidden, threads)) {
            LossFunction loss = loss(c, net, reduction);
            SGD sgd = new SGD(net.parameters(), reduction == Reduction.SUM ? 1e-5f : 0.05f).momentum(0.9f);
            int[] values = new int[6];
            for (int step = 0; step < 3; step++) {
                Loss l;
                if (fused) {
                    l = net.trainStep(x, y, loss, sgd, StepCheck.NONE);
                } else {
                    l = loss.of(net.forward(x), y).mean();
                    sgd.zeroGrad();
                    l.backward();
                    sgd.step();
                }
                long bits = Double.doubleToLongBits(l.value());
                values[2 * step] = (int) bits;
                values[2 * step + 1] = (int) (bits >>> 32);
            }
            return Stream.concat(Stream.of(values), net.parameters().stream().map(p -> RandomTables.bits(p.value())))
                    .toArray(int[][]::new);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void equalsTheWrittenCalls(LossCase c) {
        SplittableRandom random = RandomTables.random(93);
        try (FloatMatrix features = RandomTables.floats(random, ROWS, FEATURES);
                Table targets = c.targets().make(random, ROWS);
                FloatMatrix weights = RandomTables.floats(random, ROWS, 1);
                NativeBuffer index = RandomTables.index(random, ROWS, ROWS)) {
            for (int r = 0; r < ROWS; r++) {
                weights.set(r, 0, Math.abs(weights.get(r, 0)));
            }
            Rows x = new Rows(features, 0, 0);
            Rows y = new Rows(targets, 0, 0);
            x.moveTo(index.segment(), 0, ROWS);
            y.moveTo(index.segment(), 0, ROWS);
            int[][] unweighted = train(c, 20, 1, false, Reduction.MEAN, x, y);
            assertArrayEquals(unweighted, train(c, 20, 1, true, Reduction.MEAN, x, y), "without weights");
            y.weights(weights);
            for (Reduction reduction : Reduction.values()) {
                int[][] expected = train(c, 20, 1, false, reduction, x, y);
                assertFalse(Arrays.equals(unweighted[0], expected[0]), "weights count");
                assertArrayEquals(expected, train(c, 20, 1, true, reduction, x, y), reduction + " at once");
            }
            int[][] expected = train(c, 20, 1, false, Reduction.MEAN, x, y);
            assertArrayEquals(expected, train(c, 20, 2, true, Reduction.MEAN, x, y), "2 threads at once");
            assertArrayEquals(expected, train(c, 20, 3, true, Reduction.MEAN, x, y), "3 threads at once");
            assertArrayEquals(expected, train(c, 20, 4, false, Reduction.MEAN, x, y), "4 threads");
            assertArrayEquals(train(c, 10, 1, false, Reduction.MEAN, x, y),
                    train(c, 10, 1, true, Reduction.MEAN, x, y), "narrow layers at once");
        }
    }
}
