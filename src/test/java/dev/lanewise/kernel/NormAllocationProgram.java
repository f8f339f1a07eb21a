// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// Normalizations allocate nothing once compiled, whatever shapes have run before.
/// A program that [KernelAllocationIT] starts in a JVM of its own.
public final class NormAllocationProgram {

    private static void assertNoBytes(int rows, int cols) {
        int stride = LinearCase.padded(cols);
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "NormAllocationProgram", rows, cols);
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = memory.matrix(Floats.mixed(random, rows * cols), rows, cols, stride, 0f);
            MemorySegment y = memory.floats((long) rows * stride);
            MemorySegment dX = memory.floats((long) rows * stride);
            MemorySegment ones = memory.floats(stride);
            MemorySegment stats = memory.floats((long) NormKernels.STATISTICS * stride);
            MemorySegment rowStats = memory.floats((long) rows * NormKernels.ROW_STATISTICS);
            MemorySegment scratch = memory.floats(NormKernels.scratchFloats(cols));
            NormKernels k = Kernels.NORM;
            KernelCalls.assertNoBytes(rows + " rows, " + cols + " columns",
                    () -> k.columnSums(stats, stride, x, stride, 0, rows, 0, cols),
                    () -> NormStatistics.means(stats, stride, rows, 0, cols),
                    () -> k.columnSquares(stats, stride, x, stride, 0, rows, 0, cols),
                    () -> NormStatistics.inverses(stats, stride, rows, 0, cols, 1e-5f),
                    () -> NormStatistics.track(ones, y, stats, stride, rows, 0, cols, 0.1),
                    () -> k.normalizeColumns(y, stride, x, stride, 0, stats, stride, ones, ones, 0, rows, cols),
                    () -> k.columnGradientSums(stats, stride, y, stride, x, stride, 0, rows, 0, cols),
                    () -> NormStatistics.gradients(stats, stride, rows, 0, cols),
                    () -> k.columnsInputGradient(dX, stride, y, stride, x, stride, 0, stats, stride, ones, 0, rows,
                            cols),
                    () -> k.scaleColumns(dX, stride, y, stride, stats, stride, ones, 0, rows, cols),
                    () -> k.normalizeRows(y, stride, rowStats, x, stride, 0, ones, ones, 0, rows, cols, 1e-5f, scratch),
                    () -> k.rowsInputGradient(dX, stride, y, stride, rowStats, x, stride, 0, ones, 0, rows, cols,
                            scratch),
                    () -> k.rowsGradientSums(stats, stride, y, stride, rowStats, x, stride, 0, rows, 0, cols));
            memory.assertGuardsIntact("allocation test");
        }
    }

    private NormAllocationProgram() {
    }

    /// Fails if any shape takes bytes.
    public static void main(String[] args) {
        KernelCalls.tellKernels();
        assertNoBytes(32, 256);
        assertNoBytes(2, 10);
        assertNoBytes(10, 17);
        assertNoBytes(256, 20);
        assertNoBytes(32, 256);
    }
}
