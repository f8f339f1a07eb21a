// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.kernel.ScalarKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/// What all benchmarks have in common: nothing is timed before its results are right, and the settings of JMH.
///
/// The result is calls a second. Counters next to it say how much work that is, also a second: `gflop` (a multiply-add
/// is two), `gbyte` (what has to be read and written at the least), `samples`.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(5)
public abstract class GatedBenchmark {
    /// The scalar specification, which defines every result to the last bit.
    static final KernelSet SPECIFICATION = new ScalarKernels();
    private static final int ALIGNMENT_BYTES = 64;
    private static final int DISTINCT_ROWS = 1024;

    private Arena arena;

    /// Makes what the benchmark works on.
    abstract void prepare();

    /// Throws unless what is about to be timed, the method of that name, gives the bits of the scalar specification.
    abstract void gate(String timed);

    @Setup
    public final void setUp(BenchmarkParams benchmark) {
        arena = Arena.ofShared();
        prepare();
        String name = benchmark.getBenchmark();
        gate(name.substring(name.lastIndexOf('.') + 1));
    }

    @TearDown
    public final void freeMemory() {
        arena.close();
    }

    /// The numbers in a shape such as `256x784x10`, as many as `names` has.
    static int[] sizes(String shape, String names) {
        int[] sizes = Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
        if (sizes.length != names.split("x", -1).length) {
            throw new IllegalArgumentException("shape=" + shape + " given, expected " + names);
        }
        return sizes;
    }

    final MemorySegment zeros(long floats) {
        return arena.allocate(floats * Float.BYTES, ALIGNMENT_BYTES);
    }

    final MemorySegment zeros(int rows, int cols) {
        return zeros((long) rows * FloatMatrix.stride(cols));
    }

    /// Values in [-1, 1) from a stream of that name, padding +0.0. The first rows are repeated: drawing numbers for a
    /// table that no cache holds would take longer than measuring on it.
    final MemorySegment random(String name, int rows, int cols) {
        RandomGenerator random = RandomStreams.stream(0, name);
        int stride = FloatMatrix.stride(cols);
        long rowBytes = (long) stride * Float.BYTES;
        MemorySegment table = zeros(rows, cols);
        for (int r = 0; r < Math.min(rows, DISTINCT_ROWS); r++) {
            for (int c = 0; c < cols; c++) {
                table.setAtIndex(ValueLayout.JAVA_FLOAT, (long) r * stride + c, 2 * RandomStreams.uniform(random) - 1);
            }
        }
        for (int r = DISTINCT_ROWS; r < rows; r++) {
            MemorySegment.copy(table, (r - DISTINCT_ROWS) * rowBytes, table, r * rowBytes, rowBytes);
        }
        return table;
    }

    /// The row numbers `0 .. rows - 1`, shuffled as for an epoch.
    final MemorySegment shuffledRows(int rows) {
        MemorySegment index = arena.allocate((long) rows * Integer.BYTES, ALIGNMENT_BYTES);
        RandomStreams.permutation(RandomStreams.stream(0, "shuffle"), index, rows);
        return index;
    }

    static void requireEqualBits(String what, MemorySegment given, MemorySegment expected) {
        long at = given.mismatch(expected);
        if (at >= 0) {
            throw new IllegalStateException(
                    what + " differs from the scalar specification at byte " + at + " of " + expected.byteSize()
                            + "; nothing is timed before the bits are equal");
        }
    }
}
