// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.RooflineKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;

/// The yardstick itself: how many operations a second are there with nothing but multiply-adds, and how many bytes with
/// nothing but reading?
///
/// Run: `jmh/run Roofline`, or `jmh/run Roofline -prof gc`
public class RooflineBenchmark extends KernelBenchmark {
    private static final int TURNS = 10_000;
    /// 32 KiB, in L1 or L2; `lanewise bench` tells what memory gives.
    private static final long FLOATS = 8192;

    private MemorySegment v;
    private MemorySegment x;
    private MemorySegment bits;

    @Override
    void allocate() {
        v = random("v", 1, RooflineKernels.CHAINS);
        x = random("x", 1, (int) FLOATS);
        bits = zeros(1);
    }

    @Override
    void compare() {
        requireEqualBits("multiplyAdd", this::multiplyAdd, v);
        requireEqualBits("xor", this::xor, bits);
    }

    @Benchmark
    public void multiplyAdd(FloatOperations work) {
        work.count(1e-9 * RooflineKernels.operations(TURNS));
        multiplyAdd(contender);
    }

    @Benchmark
    public void xor(BytesMoved work) {
        work.gbyte += 1e-9 * FLOATS * Float.BYTES;
        xor(contender);
    }

    private void multiplyAdd(KernelSet k) {
        k.roofline().multiplyAdd(v, 0.5f, 0.25f, TURNS);
    }

    private void xor(KernelSet k) {
        bits.set(ValueLayout.JAVA_INT, 0, k.roofline().xor(x, 0, FLOATS));
    }
}
