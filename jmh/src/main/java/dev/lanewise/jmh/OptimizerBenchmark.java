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
    /// A third plane of state.
    private MemorySegment largest;
    /// Sixteen doubles.
    private MemorySegment sums;

    @Override
    void allocate() {
        gbyteOfPlane = 1e-9 * floats * Float.BYTES;
        w = random("w", floats / 1024, 1024);
        g = random("g", floats / 1024, 1024);
        m = zeros(floats);
        v = zeros(floats);
        largest = zeros(floats);
        sums = zeros(32);
    }

    @Override
    void compare() {
        requireEqualBits("sgdDecay", k -> sgdDecay(k, 0.1f), w);
        requireEqualBits("momentum", k -> momentum(k, 0.1f), w, m);
        requireEqualBits("nesterov", k -> nesterov(k, 0.1f), w, m);
        requireEqualBits("adam", k -> adam(k, 0.1f), w, m, v);
        requireEqualBits("amsgrad", k -> amsgrad(k, 0.1f), w, m, v, largest);
        requireEqualBits("rmsprop", k -> rmsprop(k, 0.1f), w, v);
        requireEqualBits("rmspropMomentum", k -> rmspropMomentum(k, 0.1f), w, v, m);
        requireEqualBits("centered", k -> centered(k, 0.1f), w, v, m);
        requireEqualBits("centeredMomentum", k -> centeredMomentum(k, 0.1f), w, v, m, largest);
        requireEqualBits("adagrad", k -> adagrad(k, 0.1f), w, v);
        requireEqualBits("clamp", this::clamp, g);
        requireEqualBits("average", this::average, m);
        requireEqualBits("addSquares", this::addSquares, sums);
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

    @Benchmark
    public void amsgrad(BytesMoved work) {
        work.gbyte += 9 * gbyteOfPlane;
        amsgrad(contender, TIMED_RATE);
    }

    @Benchmark
    public void rmsprop(BytesMoved work) {
        work.gbyte += 5 * gbyteOfPlane;
        rmsprop(contender, TIMED_RATE);
    }

    @Benchmark
    public void rmspropMomentum(BytesMoved work) {
        work.gbyte += 7 * gbyteOfPlane;
        rmspropMomentum(contender, TIMED_RATE);
    }

    @Benchmark
    public void centered(BytesMoved work) {
        work.gbyte += 7 * gbyteOfPlane;
        centered(contender, TIMED_RATE);
    }

    @Benchmark
    public void centeredMomentum(BytesMoved work) {
        work.gbyte += 9 * gbyteOfPlane;
        centeredMomentum(contender, TIMED_RATE);
    }

    @Benchmark
    public void adagrad(BytesMoved work) {
        work.gbyte += 5 * gbyteOfPlane;
        adagrad(contender, TIMED_RATE);
    }

    @Benchmark
    public void clamp(BytesMoved work) {
        work.gbyte += 2 * gbyteOfPlane;
        clamp(contender);
    }

    @Benchmark
    public void average(BytesMoved work) {
        work.gbyte += 3 * gbyteOfPlane;
        average(contender);
    }

    @Benchmark
    public void addSquares(BytesMoved work) {
        work.gbyte += gbyteOfPlane;
        addSquares(contender);
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
        k.optimizer().adamStep(w, m, v, 0, g, 0, floats, rate, 1, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0, 0, 1);
    }

    private void amsgrad(KernelSet k, float rate) {
        k.optimizer().amsgradStep(w, m, v, largest, 0, g, 0, floats, rate, 1, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0, 0,
                1);
    }

    private void rmsprop(KernelSet k, float rate) {
        k.optimizer().rmspropStep(w, v, 0, g, 0, floats, rate, 0.99f, 0.01f, 1e-8f, 0, 1);
    }

    private void rmspropMomentum(KernelSet k, float rate) {
        k.optimizer().rmspropMomentumStep(w, v, m, 0, g, 0, floats, rate, 0.9f, 0.99f, 0.01f, 1e-8f, 0, 1);
    }

    private void centered(KernelSet k, float rate) {
        k.optimizer().centeredStep(w, v, m, 0, g, 0, floats, rate, 0.99f, 0.01f, 1e-8f, 0, 1);
    }

    private void centeredMomentum(KernelSet k, float rate) {
        k.optimizer().centeredMomentumStep(w, v, m, largest, 0, g, 0, floats, rate, 0.9f, 0.99f, 0.01f, 1e-8f, 0, 1);
    }

    private void adagrad(KernelSet k, float rate) {
        k.optimizer().adagradStep(w, v, 0, g, 0, floats, rate, 1e-10f, 0, 1);
    }

    private void clamp(KernelSet k) {
        k.optimizer().clamp(g, 0, floats, 0.75f);
    }

    private void average(KernelSet k) {
        k.optimizer().average(m, w, floats, 0.01f);
    }

    private void addSquares(KernelSet k) {
        k.optimizer().addSquares(sums, g, floats);
    }
}
