// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.AllocatedBytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Losses of single outputs and losses by class allocate nothing once compiled, whatever shapes have run before.
@Tag("allocation")
class MoreLossAllocationTest {
    private static final int STEPS = 200;
    private static final long PATIENCE_NANOS = 40_000_000_000L;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static double run(MemorySegment loss, MemorySegment dX, MemorySegment x, MemorySegment y,
            MemorySegment labels, MemorySegment index, MemorySegment table, int stride, int rows, int cols) {
        ElementLossKernels element = Kernels.ELEMENT_LOSS;
        element.absoluteError(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, 1f, 1f, 0.1f);
        element.binaryCrossEntropyLogits(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, table, table, 0.1f);
        element.binaryCrossEntropy(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, table, 0.1f);
        element.hinge(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, 0.1f);
        element.hingeEmbedding(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, 0.1f);
        element.weighRows(loss, stride, dX, stride, y, stride, index, 0, 0, rows, 0.1f);
        element.scaleRows(dX, stride, 0, rows, cols, 0.1f);
        element.addPenalty(dX, 0, y, 0, (long) rows * stride, 0.1f, 0.1f);
        ClassLossKernels byClass = Kernels.CLASS_LOSS;
        byClass.weightedCrossEntropy(loss, stride, dX, x, stride, labels, index, 0, 0, rows, cols, table,
                MemorySegment.NULL, 1f, -100, 0.1f);
        byClass.weightedCrossEntropy(loss, stride, dX, x, stride, labels, index, 0, 0, rows, cols, table, table, 0.9f,
                -100, 0.1f);
        byClass.weightedCrossEntropyProbabilities(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, table,
                table, 0.1f);
        byClass.negativeLogLikelihood(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, table, -100, 0.1f);
        byClass.multiMargin(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, table, 1f, false, 0.1f);
        byClass.multiMargin(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, table, 1f, true, 0.1f);
        GaussianLoss.rows(loss, dX, x, stride, y, stride, index, 0, 0, rows, Math.max(1, cols / 2), false, 1e-6f, 0f,
                0.1f);
        return PenaltySum.of(y, (long) rows * stride, 0.1f, 0.1f);
    }

    private static void assertNoBytes(int rows, int cols) {
        int stride = LinearCase.padded(cols);
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "MoreLossAllocationTest", rows, cols);
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = memory.matrix(Floats.mixed(random, rows * cols), rows, cols, stride, 0f);
            MemorySegment y = memory.matrix(Floats.mixed(random, rows * cols), rows, cols, stride, 0f);
            float[] factors = new float[stride];
            Arrays.fill(factors, 0, cols, 0.5f);
            MemorySegment table = memory.floats(factors);
            MemorySegment labels = memory.ints(random.ints(rows, 0, cols).toArray());
            MemorySegment index = memory.ints(random.ints(rows, 0, rows).toArray());
            MemorySegment loss = memory.floats((long) rows * stride);
            MemorySegment dX = memory.floats((long) rows * stride);
            double sum = 0;
            long start = System.nanoTime();
            long best = Long.MAX_VALUE;
            while (best > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
                long before = AllocatedBytes.now();
                for (int i = 0; i < STEPS; i++) {
                    sum += run(loss, dX, x, y, labels, index, table, stride, rows, cols);
                }
                best = Math.min(best, AllocatedBytes.now() - before);
            }
            memory.assertGuardsIntact("allocation test");
            assertEquals(0, best,
                    "bytes in " + STEPS + " steps of " + rows + " rows, " + cols + " columns, sum " + sum);
        }
    }

    @Test
    void noKernelAllocates() {
        int bits = LaneChoice.requested();
        assumeTrue(bits <= SimdKernels.preferredBits(), "vectors of " + bits + " bits are emulated here, by objects");
        assertNoBytes(10, 2);
        assertNoBytes(32, 10);
        assertNoBytes(7, 100);
        assertNoBytes(1, 17);
        assertNoBytes(10, 2);
    }
}
