// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.LinearKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do a linear layer's bias gradients read, stored, added and used at once for the SGD step,
/// and how far behind is the scalar specification?
///
/// Run: `jmh/run BiasGradient`, or `jmh/run BiasGradientBenchmark.biasSgdStep -p shape=256x10 -prof gc`
public class BiasGradientBenchmark extends KernelBenchmark {
    /// Leaves the bias where it is, however often a step is timed; the work is the same for any rate.
    private static final float TIMED_RATE = 1e-30f;

    /// Rows and outputs: below a vector; a block of 16 at most, in L1; wide, in L2; several blocks of rows, beyond L3.
    @Param({"10x1", "256x10", "256x256", "147456x64"})
    public String shape;

    private int rows;
    private int out;
    private int stride;
    private double gbyte;
    /// (rows, out)
    private MemorySegment dY;
    /// (out)
    private MemorySegment dBias;
    /// (out)
    private MemorySegment bias;
    private MemorySegment scratch;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxOUT");
        rows = sizes[0];
        out = sizes[1];
        stride = FloatMatrix.stride(out);
        dY = random("dY", rows, out);
        dBias = random("dBias", 1, out);
        bias = random("bias", 1, out);
        scratch = zeros(LinearKernels.scratchFloats(1, out));
        gbyte = 1e-9 * rows * out * Float.BYTES;
    }

    @Override
    void compare() {
        requireEqualBits("biasGradient", this::biasGradient, dBias);
        requireEqualBits("biasGradientAdd", this::biasGradientAdd, dBias);
        requireEqualBits("biasSgdStep", k -> biasSgdStep(k, 0.1f), bias);
    }

    @Benchmark
    public void biasGradient(BytesMoved work) {
        work.gbyte += gbyte;
        biasGradient(contender);
    }

    @Benchmark
    public void biasGradientAdd(BytesMoved work) {
        work.gbyte += gbyte;
        biasGradientAdd(contender);
    }

    @Benchmark
    public void biasSgdStep(BytesMoved work) {
        work.gbyte += gbyte;
        biasSgdStep(contender, TIMED_RATE);
    }

    private void biasGradient(KernelSet k) {
        k.linear().biasGradient(dBias, dY, stride, rows, out, scratch);
    }

    private void biasGradientAdd(KernelSet k) {
        k.linear().biasGradientAdd(dBias, dY, stride, rows, out, scratch);
    }

    private void biasSgdStep(KernelSet k, float lr) {
        k.linear().biasSgdStep(bias, dY, stride, rows, out, lr, scratch);
    }
}
