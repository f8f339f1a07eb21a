// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do column sums, the gradient of a bias, read, and how far behind is the scalar
/// specification?
///
/// Run: `jmh/run ColumnSums`, or `jmh/run ColumnSums -p shape=32x10 -prof gc`
public class ColumnSumsBenchmark extends KernelBenchmark {
    /// Rows and columns: below a vector; a piece of a batch, one block of columns; many columns, in L2.
    @Param({"10x1", "32x10", "1024x10", "256x256"})
    public String shape;

    private int rows;
    private int cols;
    private int stride;
    private double gbyte;
    /// (rows, cols)
    private MemorySegment a;
    /// (cols)
    private MemorySegment sums;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxCOLS");
        rows = sizes[0];
        cols = sizes[1];
        stride = FloatMatrix.stride(cols);
        gbyte = 1e-9 * rows * cols * Float.BYTES;
        a = random("a", rows, cols);
        sums = zeros(1, cols);
    }

    @Override
    void compare() {
        requireEqualBits("columnSums", this::columnSums, sums);
    }

    @Benchmark
    public void columnSums(BytesMoved work) {
        work.gbyte += gbyte;
        columnSums(contender);
    }

    private void columnSums(KernelSet k) {
        k.element().columnSums(sums, a, stride, 0, rows, cols, false);
    }
}
