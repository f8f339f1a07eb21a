// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;

/// How many floating-point operations a second do a linear layer's weight gradients reach, stored, added and used at
/// once for the SGD step, and how far behind is the scalar specification?
///
/// The few operations that add or use the finished gradient are not counted.
///
/// Run: `jmh/run LinearWeightGradient`, or `jmh/run LinearWeightGradient -p shape=256x784x10 -prof gc`
public class LinearWeightGradientBenchmark extends LinearBenchmark {
    /// Leaves the weights where they are, however often a step is timed; the work is the same for any rate.
    private static final float TIMED_RATE = 1e-30f;

    /// (out, in)
    private MemorySegment dW;

    @Override
    void allocateOutputs() {
        dW = random("dW", out, in);
    }

    @Override
    void compare() {
        requireEqualBits("weightGradient", this::weightGradient, dW);
        requireEqualBits("weightGradientAdd", this::weightGradientAdd, dW);
        requireEqualBits("weightSgdStep", k -> weightSgdStep(k, 0.1f), w);
    }

    @Benchmark
    public void weightGradient(FloatOperations work) {
        work.count(gflop);
        weightGradient(contender);
    }

    @Benchmark
    public void weightGradientAdd(FloatOperations work) {
        work.count(gflop);
        weightGradientAdd(contender);
    }

    @Benchmark
    public void weightSgdStep(FloatOperations work) {
        work.count(gflop);
        weightSgdStep(contender, TIMED_RATE);
    }

    private void weightGradient(KernelSet k) {
        k.linear().weightGradient(dW, inStride, x, inStride, index, 0, dY, outStride, rows, in, out, scratch);
    }

    private void weightGradientAdd(KernelSet k) {
        k.linear().weightGradientAdd(dW, inStride, x, inStride, index, 0, dY, outStride, rows, in, out, scratch);
    }

    private void weightSgdStep(KernelSet k, float lr) {
        k.linear().weightSgdStep(w, inStride, x, inStride, index, 0, dY, outStride, rows, in, out, lr, scratch);
    }
}
