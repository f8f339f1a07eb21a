// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the element-wise operations move, and how far behind is the scalar specification?
///
/// `gbyte` counts what is read and what is written, with padding where the operation runs over it; `fill` leaves it
/// out.
///
/// Run: `jmh/run Element`, or `jmh/run ElementBenchmark.sgdStep -p shape=64x64 -prof gc`
public class ElementBenchmark extends KernelBenchmark {
    /// Leaves the weights where they are, however often a step is timed; the work is the same for any rate.
    private static final float TIMED_RATE = 1e-30f;
    /// Keeps the values in range, however often they are scaled.
    private static final float TIMED_FACTOR = -1;

    /// Rows and columns: below, at and above a block of 16; in L1; in L2; beyond L3.
    @Param({"1x10", "1x16", "1x17", "64x64", "256x128", "147456x64"})
    public String shape;

    private int rows;
    private int cols;
    private int stride;
    private long n;
    /// 10^9 bytes of a matrix with its padding.
    private double gbyteOfMatrix;
    /// (rows, cols)
    private MemorySegment w;
    /// (rows, cols)
    private MemorySegment g;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxCOLS");
        rows = sizes[0];
        cols = sizes[1];
        stride = FloatMatrix.stride(cols);
        n = (long) rows * stride;
        gbyteOfMatrix = 1e-9 * n * Float.BYTES;
        w = random("w", rows, cols);
        g = random("g", rows, cols);
    }

    @Override
    void compare() {
        requireEqualBits("sgdStep", k -> sgdStep(k, 0.1f), w);
        requireEqualBits("add", this::add, w);
        requireEqualBits("scale", k -> scale(k, 0.3f), w);
        requireEqualBits("fill", this::fill, w);
    }

    @Benchmark
    public void sgdStep(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        sgdStep(contender, TIMED_RATE);
    }

    @Benchmark
    public void add(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        add(contender);
    }

    @Benchmark
    public void scale(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        scale(contender, TIMED_FACTOR);
    }

    @Benchmark
    public void fill(BytesMoved work) {
        work.gbyte += gbyteOfMatrix * cols / stride;
        fill(contender);
    }

    private void sgdStep(KernelSet k, float lr) {
        k.element().sgdStep(w, 0, g, 0, n, lr);
    }

    private void add(KernelSet k) {
        k.element().add(w, 0, g, 0, n);
    }

    private void scale(KernelSet k, float factor) {
        k.element().scale(w, n, factor);
    }

    private void fill(KernelSet k) {
        k.element().fill(w, stride, rows, cols, 0.5f);
    }
}
