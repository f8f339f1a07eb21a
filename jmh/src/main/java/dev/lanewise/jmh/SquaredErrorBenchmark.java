// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.LossSum;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second does the squared error with its gradient get through, and how far behind is the scalar
/// specification?
///
/// `gbyte` counts predictions, targets, losses and gradient, without padding.
///
/// Run: `jmh/run SquaredError`, or `jmh/run SquaredError -p shape=10x1 -prof gc`
public class SquaredErrorBenchmark extends KernelBenchmark {
    private static final float SCALE = 1 / 256f;

    /// Rows and outputs: the tutorial's regression, below a vector; at and above a block of 16, in L1; in L2; beyond
    /// L3.
    @Param({"10x1", "64x16", "64x17", "256x64", "147456x64"})
    public String shape;

    private int rows;
    private int cols;
    private int stride;
    private double gbyte;
    /// (rows, cols)
    private MemorySegment x;
    /// (rows, cols)
    private MemorySegment y;
    /// (rows)
    private MemorySegment index;
    /// (rows, cols)
    private MemorySegment dX;
    /// (rows, cols)
    private MemorySegment loss;
    /// One double: the sum of the losses.
    private MemorySegment sum;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxOUT");
        rows = sizes[0];
        cols = sizes[1];
        stride = FloatMatrix.stride(cols);
        gbyte = 4e-9 * rows * cols * Float.BYTES;
        x = random("x", rows, cols);
        y = random("y", rows, cols);
        index = shuffledRows(rows);
        dX = zeros(rows, cols);
        loss = zeros(rows, cols);
        sum = zeros(2);
    }

    @Override
    void compare() {
        requireEqualBits("squaredError", this::squaredError, loss, dX, sum);
    }

    @Benchmark
    public void squaredError(BytesMoved work) {
        work.gbyte += gbyte;
        squaredError(contender);
    }

    private void squaredError(KernelSet k) {
        k.loss().squaredError(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1f, SCALE);
        sum.set(ValueLayout.JAVA_DOUBLE, 0, LossSum.of(loss, stride, rows, cols));
    }
}
