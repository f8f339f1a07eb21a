// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adagrad;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.RMSprop;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.WeightAverage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A training step allocates nothing with optimizers, clipping, averaging and a new learning rate in each step, all at
/// once.
@Tag("allocation")
@ExtendWith({NoLeak.class, RandomTables.class})
class OptimizerAllocationTest {
    private static final int STEPS = 1000;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @BeforeAll
    static void vectorsAreInHardware() {
        int bits = LaneChoice.requested();
        assumeTrue(bits <= SimdKernels.preferredBits(), "vectors of " + bits + " bits are emulated here, by objects");
    }

    static Stream<Function<List<Parameter>, Optimizer>> optimizers() {
        return Stream.of(p -> new SGD(p, 0.01f).momentum(0.9f).clipValue(1), p -> new Adam(p).amsgrad(true).clipNorm(1),
                p -> new AdamW(p).accumulate(3), p -> new RMSprop(p, 1e-4f).centered(true).momentum(0.5f),
                p -> new Adagrad(p).clipNorm(1, Double.POSITIVE_INFINITY));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void nothing(Function<List<Parameter>, Optimizer> make) {
        SplittableRandom random = RandomTables.random(67);
        try (Sequential net = new Sequential(new Linear(17, 20), new ReLU(), new Linear(20, 3)).init(1);
                FloatMatrix x = RandomTables.floats(random, 16, 17);
                ClassLabels y = RandomTables.labels(random, 16, 3);
                WeightAverage average = WeightAverage.exponential(net.parameters(), 0.99)) {
            Optimizer optimizer = make.apply(net.parameters());
            try (Trainer trainer = new Trainer(net, new CrossEntropyLoss(), optimizer)) {
                Rows rows = x.all();
                Rows labels = y.all();
                long start = System.nanoTime();
                long best = Long.MAX_VALUE;
                while (best > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
                    long before = AllocatedBytes.now();
                    for (int i = 0; i < STEPS; i++) {
                        optimizer.learningRate(1e-3f / (i + 1));
                        trainer.trainStep(rows, labels);
                        average.update();
                    }
                    best = Math.min(best, AllocatedBytes.now() - before);
                }
                assertEquals(0, best, optimizer + ": bytes in " + STEPS + " steps");
            }
        }
    }
}
