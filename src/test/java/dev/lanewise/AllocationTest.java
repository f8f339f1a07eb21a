// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A training step allocates nothing: 1,000 steps after warm-up take 0 bytes of the heap.
///
/// It is the boxing alarm, too: a vector that C2 cannot keep in a register is an object on the heap. Warm-up ends when
/// the JIT has compiled all of it; that takes longer on a busy machine, so the test measures until a round is clean and
/// fails if none is.
@Tag("allocation")
@ExtendWith({NoLeak.class, RandomTables.class})
class AllocationTest {
    @BeforeAll
    static void vectorsAreInHardware() {
        int bits = LaneChoice.requested();
        assumeTrue(bits <= SimdKernels.preferredBits(), "vectors of " + bits + " bits are emulated here, by objects");
    }

    private static final int STEPS = 1000;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final SplittableRandom random = RandomTables.random(120);

    static Stream<Arguments> models() {
        return Stream.of(Arguments.of("linear regression, 2 to 1", 2, 0, 1, 10),
                Arguments.of("linear regression, 100 to 1", 100, 0, 1, 37),
                Arguments.of("softmax regression, 64 to 10", 64, 0, 10, 16),
                Arguments.of("two layers, 20 hidden", 17, 20, 3, 32),
                Arguments.of("probabilities, 6 to 4", 6, 0, -4, 16));
    }

    private static Module net(int in, int hidden, int out) {
        return hidden == 0 ? new Linear(in, Math.abs(out))
                : new Sequential(new Linear(in, hidden), new Linear(hidden, out, false));
    }

    private FloatMatrix column(int rows) {
        FloatMatrix column = FloatMatrix.allocateColumn(rows);
        RandomTables.fill(column, random);
        return column;
    }

    /// Numbers for one output, labels for more, probabilities for `-out` outputs.
    private Dataset data(int in, int out) {
        FloatMatrix x = RandomTables.floats(random, 500, in);
        return out == 1 ? Dataset.of(x, column(500))
                : out > 1 ? Dataset.of(x, RandomTables.labels(random, 500, out))
                : Dataset.of(x, RandomTables.probabilities(random, 500, -out));
    }

    private interface Step {
        void run(Batch batch);
    }

    /// Heap bytes of the best round of 1,000 steps.
    private static long bytesOfThousandSteps(Batches batches, Step step) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (best > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            long bytes = 0;
            int steps = 0;
            while (steps < STEPS) {
                var walk = batches.iterator(); // one object an epoch, not a step
                long before = AllocatedBytes.now();
                while (steps < STEPS && walk.hasNext()) {
                    step.run(walk.next());
                    steps++;
                }
                bytes += AllocatedBytes.now() - before;
            }
            best = Math.min(best, bytes);
        }
        return best;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void trainStepAllocatesNothing(String name, int in, int hidden, int out, int batch) {
        LossFunction loss = out == 1 ? new MSELoss() : new CrossEntropyLoss();
        try (Dataset data = data(in, out);
                Module net = net(in, hidden, out);
                Trainer trainer = new Trainer(net, loss, new SGD(net.parameters(), 0.03f))) {
            double[] sum = new double[1];
            Batches batches = data.batches(batch).shuffle(1);
            assertEquals(0, bytesOfThousandSteps(batches, b -> sum[0] += trainer.trainStep(b)));
            long open = OffHeap.openBytes();
            assertEquals(0, bytesOfThousandSteps(batches, b -> sum[0] += trainer.trainStep(b)));
            assertEquals(open, OffHeap.openBytes());
            assertEquals(0, bytesOfThousandSteps(data.batches(batch), b -> sum[0] += trainer.trainStep(b)), "in order");
            assertTrue(sum[0] > 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void theWrittenLoopAllocatesNothing(String name, int in, int hidden, int out, int batch) {
        LossFunction loss = out == 1 ? new MSELoss() : new CrossEntropyLoss();
        try (Dataset data = data(in, out);
                Module net = net(in, hidden, out);
                Trainer trainer = new Trainer(net, loss, new SGD(net.parameters(), 0.03f))) {
            double[] sum = new double[1];
            assertEquals(0, bytesOfThousandSteps(data.batches(batch).shuffle(1), b -> {
                Loss l = loss.of(net.forward(b.x()), b.y());
                trainer.zeroGrad();
                l.backward();
                trainer.step();
                sum[0] += l.value();
            }));
            assertTrue(sum[0] > 0);
        }
    }

    /// Two threads that take pieces of the rows in turn.
    @Test
    void aLinearRegressionOfTwoThreadsAllocatesNothing() {
        try (Dataset data = data(784, 1);
                Linear net = new Linear(784, 1);
                Trainer trainer = new Trainer(net, new MSELoss(), new SGD(net.parameters(), 1e-5f))) {
            net.threads(2);
            double[] sum = new double[1];
            assertEquals(0, bytesOfThousandSteps(data.batches(250).shuffle(1), b -> sum[0] += trainer.trainStep(b)));
            assertTrue(sum[0] > 0);
        }
    }

    @Test
    void normalizationsAllocateNothing() {
        try (Dataset data = data(17, 3);
                Sequential net = new Sequential(new Linear(17, 20), new BatchNorm1d(20), new LayerNorm(20),
                        new Linear(20, 3), new BatchNorm1d(3, 1e-5f, null, false, true));
                Trainer trainer = new Trainer(net, new CrossEntropyLoss(), new SGD(net.parameters(), 0.03f))) {
            double[] sum = new double[1];
            Batches batches = data.batches(32).shuffle(1);
            assertEquals(0, bytesOfThousandSteps(batches, b -> sum[0] += trainer.trainStep(b)));
            assertEquals(0, bytesOfThousandSteps(batches, b -> {
                trainer.zeroGrad();
                sum[0] += trainer.forward(b).value();
                trainer.backward();
                trainer.step();
            }));
            assertTrue(sum[0] > 0);
        }
    }

    @Test
    void bytesAreWidenedWithoutAllocating() {
        ByteMatrix x = ByteMatrix.allocate(500, 70, 1f / 255f);
        for (int i = 0; i < 500 * 70; i++) {
            x.setByte(i / 70, i % 70, random.nextInt(256));
        }
        try (Dataset data = Dataset.of(x, RandomTables.labels(random, 500, 10));
                Linear net = new Linear(70, 10);
                Trainer trainer = new Trainer(net, new CrossEntropyLoss(), new SGD(net.parameters(), 0.03f))) {
            double[] sum = new double[1];
            assertEquals(0,
                    bytesOfThousandSteps(data.batches(50).shuffle(1), b -> sum[0] += trainer.trainStep(b)));
            assertTrue(sum[0] > 0);
        }
    }

    @Test
    void zeroGradOfTheModuleAllocatesNothing() {
        try (Dataset data = data(2, 1);
                Sequential net = new Sequential(new Linear(2, 1));
                Trainer trainer = new Trainer(net, new MSELoss(), new SGD(net.parameters(), 0.03f))) {
            assertEquals(0, bytesOfThousandSteps(data.batches(10), b -> {
                trainer.forward(b);
                net.zeroGrad();
                trainer.backward();
                trainer.step();
            }));
        }
    }

    @AfterEach
    void collect() {
        System.gc(); // what warm-up boxed is not the next test's
    }
}
