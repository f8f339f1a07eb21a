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
import dev.lanewise.optim.SGD;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Custom layers and frozen parameters take no heap memory in a step, fused or written out.
@Tag("allocation")
@ExtendWith({NoLeak.class, RandomTables.class})
class CustomAllocationTest {
    private static final int STEPS = 1_000;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    @BeforeAll
    static void vectorsAreInHardware() {
        int bits = LaneChoice.requested();
        assumeTrue(bits <= SimdKernels.preferredBits(), "vectors of " + bits + " bits are emulated here, by objects");
    }

    private static long bytesOfThousandSteps(Runnable step) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (best > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            long before = AllocatedBytes.now();
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }
            best = Math.min(best, AllocatedBytes.now() - before);
        }
        return best;
    }

    @Test
    void nothingIsAllocatedPerStep() {
        SplittableRandom random = RandomTables.random(85);
        try (FloatMatrix features = RandomTables.floats(random, 16, 5);
                FloatMatrix targets = RandomTables.floats(random, 16, 3);
                Sequential net = new Sequential(new Linear(5, 5), new Identity(), new Scale(5), new Linear(5, 3))) {
            net.get(0).requiresGrad(false);
            net.get(2).getParameter("factor").requiresGrad(false);
            SGD sgd = new SGD(net.parameters(), 0.01f);
            MSELoss loss = new MSELoss();
            Rows x = features.all();
            Rows y = targets.all();
            assertEquals(0, bytesOfThousandSteps(() -> net.trainStep(x, y, loss, sgd, StepCheck.NONE)));
            assertEquals(0, bytesOfThousandSteps(() -> {
                Loss computed = loss.of(net.forward(x), y);
                sgd.zeroGrad();
                computed.backward();
                sgd.step();
            }));
        }
    }
}
