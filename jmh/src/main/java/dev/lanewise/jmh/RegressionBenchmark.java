// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.RegressionKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How near to the peak of multiply-adds, or to the bandwidth of memory, does the walk over the rows of a linear
/// regression come, and how far behind is the scalar specification?
///
/// `gflop` counts two operations a weight and row for the outputs and two for the gradient.
///
/// Run: `jmh/run RegressionBenchmark`, or `jmh/run RegressionBenchmark -p shape=10x2 -prof gc`
public class RegressionBenchmark extends KernelBenchmark {
    private static final float SCALE = 1 / 256f;
    /// Leaves the parameters where they are, however often they descend.
    private static final float TIMED_RATE = 1e-30f;
    /// Rows of a call, all in one block of rows.
    private static final int PIECE_ROWS = 1024;
    /// Rows that a thread begins at a time, of 100 inputs.
    private static final int THREAD_ROWS = 64;

    /// Rows and inputs: the tutorial's regression; in L1; in L2; beyond L3.
    @Param({"10x2", "64x100", "1024x100", "147456x100"})
    public String shape;

    private int rows;
    private int in;
    private int stride;
    private double gflop;
    /// (rows, in)
    private MemorySegment x;
    /// (rows, 1)
    private MemorySegment t;
    /// (rows)
    private MemorySegment index;
    /// (1, in)
    private MemorySegment w;
    /// (1)
    private MemorySegment bias;
    /// (rows, 1)
    private MemorySegment y;
    /// (rows)
    private MemorySegment losses;
    /// (1, in)
    private MemorySegment g;
    /// (1)
    private MemorySegment gBias;
    /// One double: the sum of the losses.
    private MemorySegment sum;
    private MemorySegment scratch;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxIN");
        rows = sizes[0];
        in = sizes[1];
        stride = FloatMatrix.stride(in);
        gflop = 4e-9 * rows * in;
        x = random("x", rows, in);
        t = random("t", rows, 1);
        index = shuffledRows(rows);
        w = random("w", 1, in);
        bias = random("bias", 1, 1);
        y = zeros(PIECE_ROWS, 1);
        losses = zeros(1, PIECE_ROWS);
        g = zeros(1, in);
        gBias = zeros(1, 1);
        sum = zeros(1, 2);
        scratch = zeros(RegressionKernels.scratchFloats());
    }

    @Override
    void compare() {
        requireEqualBits("squaredError", this::squaredError, y, losses, g, gBias, sum);
        requireEqualBits("pieces", this::pieces, y, losses, g, gBias, sum);
        requireEqualBits("descend", k -> descend(k, 0.1f), w, bias);
    }

    @Benchmark
    public void squaredError(FloatOperations work) {
        work.count(gflop);
        squaredError(contender);
    }

    /// The same as several threads do it, on one: pieces that are begun by themselves and added in turn.
    @Benchmark
    public void pieces(FloatOperations work) {
        work.count(gflop);
        pieces(contender);
    }

    private void pieces(KernelSet k) {
        int one = FloatMatrix.stride(1);
        for (int r = 0; r < rows; r += PIECE_ROWS) {
            int n = Math.min(PIECE_ROWS, rows - r);
            double before = 0;
            for (int first = 0; first < n; first += THREAD_ROWS) {
                int count = Math.min(THREAD_ROWS, n - first);
                k.regression().errors(y, one, losses, x, stride, index, r, t, one, index, r, w, bias, first, count, in,
                        1f,
                        SCALE, scratch);
                k.regression().addGradient(x, stride, index, r, g, first, count, 0, in, scratch);
                before = k.regression().addErrors(before, losses, gBias, first, count, scratch);
            }
            sum.set(ValueLayout.JAVA_DOUBLE, 0, before);
        }
    }

    /// Both parameters; the first row and its target serve as their gradients.
    @Benchmark
    public void descend(FloatOperations work) {
        work.count(2e-9 * (in + 1));
        descend(contender, TIMED_RATE);
    }

    private void descend(KernelSet k, float rate) {
        k.regression().descend(w, bias, x, t, in, rate, rate);
    }

    private void squaredError(KernelSet k) {
        int one = FloatMatrix.stride(1);
        for (int r = 0; r < rows; r += PIECE_ROWS) {
            sum.set(ValueLayout.JAVA_DOUBLE, 0, k.regression().squaredError(y, one, losses, x, stride, index, r, t, one,
                    index, r, w, bias, g, gBias, 0, Math.min(PIECE_ROWS, rows - r), in, 1f, SCALE, scratch));
        }
    }
}
