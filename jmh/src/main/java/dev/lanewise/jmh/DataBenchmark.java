// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How fast do rows of a table reach the place where the kernels work on them, as bytes and as floats, in order and
/// shuffled?
///
/// One call brings a batch of 256 rows together, 16 at a time in the same place, as a training step does; the next call
/// takes the next batch. `gbyte` counts the bytes of the values in the table, without those written: of the same batch,
/// bytes count a quarter.
///
/// Run: `jmh/run Data`, or `jmh/run DataBenchmark.widen -p table=60000x784 -prof gc`
public class DataBenchmark extends KernelBenchmark {
    private static final int BATCH = 256;
    private static final int CHUNK = 16;
    private static final float SCALE = 1f / 255f;

    /// Rows and columns of the table: in L2, and beyond L3.
    @Param({"256x784", "60000x784"})
    public String table;

    @Param({"false", "true"})
    public boolean shuffled;

    private int rows;
    private int cols;
    private long next;
    /// (16, cols)
    private MemorySegment to;
    /// (rows, cols)
    private MemorySegment bytes;
    /// (rows, cols)
    private MemorySegment floats;
    /// (rows), or empty
    private MemorySegment index;

    @Override
    void allocate() {
        int[] sizes = sizes(table, "ROWSxCOLS");
        rows = sizes[0];
        cols = sizes[1];
        to = zeros(CHUNK, cols);
        floats = random("floats", rows, cols);
        bytes = zeros((long) rows * ByteMatrix.stride(cols) / Float.BYTES);
        RandomGenerator random = RandomStreams.stream(0, "bytes");
        for (long r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                bytes.set(ValueLayout.JAVA_BYTE, r * ByteMatrix.stride(cols) + c, (byte) random.nextLong());
            }
        }
        index = shuffled ? shuffledRows(rows) : MemorySegment.NULL;
    }

    @Override
    void compare() {
        requireEqualBits("widen", k -> widen(k, 0), to);
        requireEqualBits("gather", k -> gather(k, 0), to);
    }

    @Benchmark
    public void widen(BytesMoved work) {
        work.gbyte += 1e-9 * BATCH * cols;
        widen(contender, batch());
    }

    @Benchmark
    public void gather(BytesMoved work) {
        work.gbyte += 1e-9 * BATCH * cols * Float.BYTES;
        gather(contender, batch());
    }

    /// First row of the next batch.
    private long batch() {
        long first = next;
        next = first + 2 * BATCH > rows ? 0 : first + BATCH;
        return first;
    }

    private void widen(KernelSet k, long from) {
        for (int first = 0; first < BATCH; first += CHUNK) {
            k.data().widen(to, FloatMatrix.stride(cols), 0, bytes, ByteMatrix.stride(cols), index, from, first, CHUNK,
                    cols, SCALE);
        }
    }

    private void gather(KernelSet k, long from) {
        for (int first = 0; first < BATCH; first += CHUNK) {
            k.data().gather(to, FloatMatrix.stride(cols), 0, floats, FloatMatrix.stride(cols), index, from, first,
                    CHUNK,
                    cols);
        }
    }
}
