// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Losses of single outputs and losses by class allocate nothing once compiled, whatever shapes have run before.
/// A program that [KernelAllocationIT] starts in a JVM of its own.
public final class MoreLossAllocationProgram {

    private static Runnable[] calls(MemorySegment loss, MemorySegment dX, MemorySegment x, MemorySegment y,
            MemorySegment labels, MemorySegment index, MemorySegment table, int stride, int rows, int cols) {
        ElementLossKernels element = Kernels.ELEMENT_LOSS;
        ClassLossKernels byClass = Kernels.CLASS_LOSS;
        double[] penalty = new double[1];
        return new Runnable[]{
                () -> element.absoluteError(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, 1f, 1f, 0.1f),
                () -> element.binaryCrossEntropyLogits(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, table,
                        table, 0.1f),
                () -> element.binaryCrossEntropy(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, table, 0.1f),
                () -> element.hinge(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, 0.1f),
                () -> element.hingeEmbedding(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, 0.1f),
                () -> element.weighRows(loss, stride, dX, stride, y, stride, index, 0, 0, rows, 0.1f),
                () -> element.scaleRows(dX, stride, 0, rows, cols, 0.1f),
                () -> element.addPenalty(dX, 0, y, 0, (long) rows * stride, 0.1f, 0.1f),
                () -> byClass.weightedCrossEntropy(loss, stride, dX, x, stride, labels, index, 0, 0, rows, cols, table,
                        MemorySegment.NULL, 1f, -100, 0.1f),
                () -> byClass.weightedCrossEntropy(loss, stride, dX, x, stride, labels, index, 0, 0, rows, cols, table,
                        table, 0.9f,
                        -100, 0.1f),
                () -> byClass.weightedCrossEntropyProbabilities(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols,
                        table,
                        table, 0.1f),
                () -> byClass.negativeLogLikelihood(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, table,
                        -100, 0.1f),
                () -> byClass.multiMargin(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, table, 1f, false,
                        0.1f),
                () -> byClass.multiMargin(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, table, 1f, true,
                        0.1f),
                () -> GaussianLoss.rows(loss, dX, x, stride, y, stride, index, 0, 0, rows, Math.max(1, cols / 2), false,
                        1e-6f, 0f,
                        0.1f),
                () -> penalty[0] += PenaltySum.of(y, (long) rows * stride, 0.1f, 0.1f)};
    }

    private static void assertNoBytes(int rows, int cols) {
        int stride = LinearCase.padded(cols);
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "MoreLossAllocationProgram", rows, cols);
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
            KernelCalls.assertNoBytes(rows + " rows, " + cols + " columns",
                    calls(loss, dX, x, y, labels, index, table, stride, rows, cols));
            memory.assertGuardsIntact("allocation test");
        }
    }

    private MoreLossAllocationProgram() {
    }

    /// Fails if any shape takes bytes.
    public static void main(String[] args) {
        KernelCalls.tellKernels();
        assertNoBytes(10, 2);
        assertNoBytes(32, 10);
        assertNoBytes(7, 100);
        assertNoBytes(1, 17);
        assertNoBytes(10, 2);
    }
}
