// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.optim.SGD;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A step with any loss, weights of rows and penalties allocates nothing, at once or written out.
@Tag("allocation")
@ExtendWith({NoLeak.class, RandomTables.class})
class LossStepAllocationTest {
    static Stream<LossCase> losses() {
        return LossCase.all();
    }

    @BeforeAll
    static void vectorsAreInHardware() {
        int bits = LaneChoice.requested();
        assumeTrue(bits <= SimdKernels.preferredBits(), "vectors of " + bits + " bits are emulated here, by objects");
    }

    @ParameterizedTest
    @MethodSource("losses")
    void allocatesNothing(LossCase c) {
        SplittableRandom random = RandomTables.random(94);
        try (FloatMatrix features = RandomTables.floats(random, 20, LossTrainStepTest.FEATURES);
                Table targets = c.targets().make(random, 20);
                FloatMatrix weights = RandomTables.floats(random, 20, 1);
                Sequential net = LossTrainStepTest.net(c, 20, 1)) {
            for (int r = 0; r < 20; r++) {
                weights.set(r, 0, 1 + weights.get(r, 0));
            }
            Rows y = new Rows(targets, 0, 20).weights(weights);
            LossFunction loss = LossTrainStepTest.loss(c, net, Reduction.MEAN);
            SGD sgd = new SGD(net.parameters(), 1e-3f);
            long best = Long.MAX_VALUE;
            double sum = 0;
            for (long start = System.nanoTime(); best > 0 && System.nanoTime() - start < 60_000_000_000L;) {
                long before = AllocatedBytes.now();
                for (int i = 0; i < 500; i++) {
                    sum += net.trainStep(features.all(), y, loss, sgd, StepCheck.NONE).value();
                    Loss l = loss.of(net.forward(features), y);
                    sgd.zeroGrad();
                    l.backward();
                    sgd.step();
                }
                best = Math.min(best, AllocatedBytes.now() - before);
            }
            assertEquals(0, best, "bytes in 1000 steps, losses " + sum);
        }
    }
}
