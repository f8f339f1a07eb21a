// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A step with any module, loss, optimizer or schedule takes no byte of the heap, at once or written out; all in one
/// JVM, whose JIT has seen them all.
@Tag("allocation")
@ExtendWith({NoLeak.class, RandomTables.class})
class PlansAllocationTest {
    private static final int ROWS = 20;
    private static final int STEPS = 500;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    static Stream<Plan> plans() {
        return Plans.all();
    }

    @BeforeAll
    static void preferredWidth() {
        assumeTrue(LaneChoice.requested() == LaneChoice.AUTO, "kernels of other widths have tests of their own");
    }

    @ParameterizedTest
    @MethodSource("plans")
    void nothing(Plan plan) {
        try (PlanRun run = new PlanRun(plan, ROWS, 1)) {
            long best = Long.MAX_VALUE;
            for (long start = System.nanoTime(); best > 0 && System.nanoTime() - start < PATIENCE_NANOS;) {
                long before = AllocatedBytes.now();
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                    run.writtenStep();
                }
                best = Math.min(best, AllocatedBytes.now() - before);
            }
            assertEquals(0, best, "bytes in " + 2 * STEPS + " steps");
        }
    }
}
