// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;

/// How many floating-point operations a second does the gradient with respect to a linear layer's inputs reach, and how
/// far behind is the scalar specification?
///
/// Run: `jmh/run LinearInputGradient`, or `jmh/run LinearInputGradient -p shape=256x784x256 -prof gc`
public class LinearInputGradientBenchmark extends LinearBenchmark {
    /// (rows, in)
    private MemorySegment dX;

    @Override
    void allocateOutputs() {
        dX = zeros(rows, in);
    }

    @Override
    void compare() {
        requireEqualBits("inputGradient", this::inputGradient, dX);
    }

    @Benchmark
    public void inputGradient(FloatOperations work) {
        work.count(gflop);
        inputGradient(contender);
    }

    private void inputGradient(KernelSet k) {
        k.linear().inputGradient(dX, inStride, dY, outStride, w, inStride, rows, in, out);
    }
}
