// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LinearKernels;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.kernel.ScalarKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How many floating-point operations a second do the four passes of a linear layer reach, and how far is the scalar
/// specification behind?
///
/// `flops` in the result counts two for each multiply-add, a second. Both contenders must give the same bits before
/// anything is timed.
///
/// Run: `jmh/run LinearBenchmark`, or `jmh/run LinearBenchmark -p shape=256x784x10 -prof gc`
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class LinearBenchmark {
    /// Rows, features and outputs: narrow (dot form) and wide (outer form), in L1, in L2 and beyond.
    @Param({"16x64x10", "256x784x10", "256x784x256"})
    public String shape;

    @Param({"scalar", "simd"})
    public String kernels;

    private int rows;
    private int in;
    private int out;
    private int inStride;
    private int outStride;
    private LinearKernels linear;
    private Arena arena;
    private MemorySegment x;
    private MemorySegment w;
    private MemorySegment bias;
    private MemorySegment y;
    private MemorySegment dX;
    private MemorySegment dW;
    private MemorySegment scratch;

    /// Counts floating-point operations.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Work {
        public long flops;
    }

    @Setup
    public void setUp() {
        String[] sizes = shape.split("x", -1);
        rows = Integer.parseInt(sizes[0]);
        in = Integer.parseInt(sizes[1]);
        out = Integer.parseInt(sizes[2]);
        inStride = (in + 15) & -16;
        outStride = (out + 15) & -16;
        arena = Arena.ofShared();
        x = random("x", rows, inStride, in);
        w = random("w", out, inStride, in);
        bias = random("bias", 1, outStride, out);
        y = random("y", rows, outStride, out);
        dX = floats((long) rows * inStride);
        dW = floats((long) out * inStride);
        scratch = floats(LinearKernels.scratchFloats(in, out));
        if (kernels.equals("simd") && !Kernels.active().startsWith("simd")) {
            throw new IllegalStateException("LinearBenchmark: the active kernels are " + Kernels.active()
                    + ", expected simd: " + Kernels.scalarReason() + "; or measure -p kernels=scalar alone");
        }
        linear = kernels.equals("simd") ? Kernels.LINEAR : new ScalarKernels().linear();
        requireEqualBits();
    }

    @TearDown
    public void tearDown() {
        arena.close();
    }

    @Benchmark
    public MemorySegment forward(Work work) {
        work.flops += flops();
        forward(linear, y);
        return y;
    }

    @Benchmark
    public MemorySegment inputGradient(Work work) {
        work.flops += flops();
        linear.inputGradient(dX, inStride, y, outStride, w, inStride, rows, in, out);
        return dX;
    }

    @Benchmark
    public MemorySegment weightGradient(Work work) {
        work.flops += flops();
        linear.weightGradient(dW, inStride, x, inStride, MemorySegment.NULL, 0, y, outStride, rows, in, out, scratch);
        return dW;
    }

    /// The learning rate is so small that the weights stay in range however often this runs.
    @Benchmark
    public MemorySegment weightSgdStep(Work work) {
        work.flops += flops();
        linear.weightSgdStep(w, inStride, x, inStride, MemorySegment.NULL, 0, y, outStride, rows, in, out, 1e-30f,
                scratch);
        return w;
    }

    private long flops() {
        return 2L * rows * in * out;
    }

    private void forward(LinearKernels contender, MemorySegment to) {
        if (out <= LinearKernels.MAX_DOT_OUTPUTS) {
            contender.forwardDot(to, outStride, x, inStride, MemorySegment.NULL, 0, w, inStride, bias, rows, in, out,
                    scratch);
        } else {
            contender.forwardOuter(to, outStride, x, inStride, MemorySegment.NULL, 0, w, inStride, bias, rows, in, out,
                    scratch);
        }
    }

    private void requireEqualBits() {
        LinearKernels twin = new ScalarKernels().linear();
        MemorySegment expected = floats((long) rows * outStride);
        MemorySegment given = floats((long) rows * outStride);
        forward(twin, expected);
        forward(linear, given);
        requireEqualBits("forward", given, expected);
        MemorySegment gradient = floats((long) rows * inStride);
        twin.inputGradient(gradient, inStride, y, outStride, w, inStride, rows, in, out);
        linear.inputGradient(dX, inStride, y, outStride, w, inStride, rows, in, out);
        requireEqualBits("inputGradient", dX, gradient);
        MemorySegment weights = floats((long) out * inStride);
        twin.weightGradient(weights, inStride, x, inStride, MemorySegment.NULL, 0, y, outStride, rows, in, out,
                scratch);
        linear.weightGradient(dW, inStride, x, inStride, MemorySegment.NULL, 0, y, outStride, rows, in, out, scratch);
        requireEqualBits("weightGradient", dW, weights);
        MemorySegment stepped = floats((long) out * inStride).copyFrom(w);
        MemorySegment copy = floats((long) out * inStride).copyFrom(w);
        twin.weightSgdStep(stepped, inStride, x, inStride, MemorySegment.NULL, 0, y, outStride, rows, in, out, 0.1f,
                scratch);
        linear.weightSgdStep(copy, inStride, x, inStride, MemorySegment.NULL, 0, y, outStride, rows, in, out, 0.1f,
                scratch);
        requireEqualBits("weightSgdStep", copy, stepped);
    }

    private void requireEqualBits(String operation, MemorySegment given, MemorySegment expected) {
        long at = given.mismatch(expected);
        if (at >= 0) {
            throw new IllegalStateException("LinearBenchmark." + operation + ": " + kernels + " differs from the scalar"
                    + " specification at byte " + at + " for shape " + shape);
        }
    }

    private MemorySegment floats(long n) {
        return arena.allocate(n * Float.BYTES, 64);
    }

    /// Seeded values in [-1, 1), padding +0.0.
    private MemorySegment random(String name, int count, int stride, int cols) {
        RandomGenerator random = RandomStreams.stream(0, name);
        MemorySegment segment = floats((long) count * stride);
        for (int r = 0; r < count; r++) {
            for (int c = 0; c < cols; c++) {
                segment.setAtIndex(ValueLayout.JAVA_FLOAT, (long) r * stride + c,
                        2 * RandomStreams.uniform(random) - 1);
            }
        }
        return segment;
    }
}
