// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;

/// How many floating-point operations a second does the forward pass of a linear layer reach, and how far behind is the
/// scalar specification?
///
/// The shape decides on the form, as in the library: up to 16 outputs the dot form, more the outer form.
///
/// Run: `jmh/run LinearForward`, or `jmh/run LinearForward -p shape=256x784x10 -prof gc`
public class LinearForwardBenchmark extends LinearBenchmark {
    /// (rows, out)
    private MemorySegment y;

    @Override
    void allocateOutputs() {
        y = zeros(rows, out);
    }

    @Override
    void compare() {
        requireEqualBits("forward", this::forward, y);
    }

    @Benchmark
    public void forward(FloatOperations work) {
        work.count(gflop);
        forward(contender);
    }

    private void forward(KernelSet k) {
        if (out <= LinearKernels.MAX_DOT_OUTPUTS) {
            k.linear().forwardDot(y, outStride, x, inStride, index, 0, w, inStride, bias, rows, in, out, scratch);
        } else {
            k.linear().forwardOuter(y, outStride, x, inStride, index, 0, w, inStride, bias, rows, in, out, scratch);
        }
    }
}
