// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the optimizer steps move: are they bound by memory, or by Adam's division and root?
///
/// Run: `jmh/run Optimizer`, or `jmh/run OptimizerBenchmark.adam -p floats=4096 -prof gc`
public class OptimizerBenchmark extends KernelBenchmark {
    /// Leaves the weights where they are, however often a step is timed; the work is the same for any rate.
    private static final float TIMED_RATE = 1e-30f;

    /// Floats of the parameter: in L1; in L2; beyond L3.
    @Param({"1024", "16384", "4194304"})
    public int floats;

    /// 10^9 bytes of one plane.
    private double gbyteOfPlane;
    private MemorySegment w;
    private MemorySegment m;
    private MemorySegment v;
    private MemorySegment g;

    @Override
    void allocate() {
        gbyteOfPlane = 1e-9 * floats * Float.BYTES;
        w = random("w", floats / 1024, 1024);
        g = random("g", floats / 1024, 1024);
        m = zeros(floats);
        v = zeros(floats);
    }

    @Override
    void compare() {
        requireEqualBits("sgdDecay", k -> sgdDecay(k, 0.1f), w);
        requireEqualBits("momentum", k -> momentum(k, 0.1f), w, m);
        requireEqualBits("nesterov", k -> nesterov(k, 0.1f), w, m);
        requireEqualBits("adam", k -> adam(k, 0.1f), w, m, v);
    }

    @Benchmark
    public void sgdDecay(BytesMoved work) {
        work.gbyte += 3 * gbyteOfPlane;
        sgdDecay(contender, TIMED_RATE);
    }

    @Benchmark
    public void momentum(BytesMoved work) {
        work.gbyte += 5 * gbyteOfPlane;
        momentum(contender, TIMED_RATE);
    }

    @Benchmark
    public void nesterov(BytesMoved work) {
        work.gbyte += 5 * gbyteOfPlane;
        nesterov(contender, TIMED_RATE);
    }

    @Benchmark
    public void adam(BytesMoved work) {
        work.gbyte += 7 * gbyteOfPlane;
        adam(contender, TIMED_RATE);
    }

    private void sgdDecay(KernelSet k, float lr) {
        k.optimizer().sgdDecayStep(w, 0, g, 0, floats, lr, 1e-4f, 1);
    }

    private void momentum(KernelSet k, float lr) {
        k.optimizer().sgdMomentumStep(w, m, 0, g, 0, floats, lr, 0.9f, 1, 0, 1);
    }

    private void nesterov(KernelSet k, float lr) {
        k.optimizer().sgdNesterovStep(w, m, 0, g, 0, floats, lr, 0.9f, 0, 1);
    }

    private void adam(KernelSet k, float rate) {
        k.optimizer().adamStep(w, m, v, 0, g, 0, floats, rate, 1, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0);
    }
}
