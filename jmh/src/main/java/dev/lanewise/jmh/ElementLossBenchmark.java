// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the losses of single outputs with their gradients get through, and what is done to losses
/// and gradients afterwards?
///
/// Run: `jmh/run ElementLoss`, or `jmh/run ElementLossBenchmark.hinge -p shape=256x64 -prof gc`
public class ElementLossBenchmark extends KernelBenchmark {
    private static final float SCALE = 1 / 256f;
    /// Keeps the values in range, however often they are scaled.
    private static final float TIMED_SCALE = -1;
    /// Leaves a gradient where it is, however often a penalty is added.
    private static final float TIMED_PENALTY = 1e-30f;

    /// Rows and outputs: below a block of 16; in L2.
    @Param({"256x10", "256x64"})
    public String shape;

    private int rows;
    private int cols;
    private int stride;
    /// 10^9 bytes of a matrix with its padding.
    private double gbyteOfMatrix;
    /// (rows, cols)
    private MemorySegment x;
    /// (rows, cols), from 0 to 1
    private MemorySegment y;
    /// (rows, cols)
    private MemorySegment dX;
    /// (rows, cols)
    private MemorySegment loss;
    /// (rows)
    private MemorySegment index;
    /// (cols)
    private MemorySegment weight;
    /// (rows)
    private MemorySegment rowWeights;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxCOLS");
        rows = sizes[0];
        cols = sizes[1];
        stride = FloatMatrix.stride(cols);
        gbyteOfMatrix = 1e-9 * rows * stride * Float.BYTES;
        x = unit("x", rows, cols);
        y = unit("y", rows, cols);
        dX = zeros(rows, cols);
        loss = zeros(rows, cols);
        index = shuffledRows(rows);
        weight = unit("weight", 1, cols);
        rowWeights = zeros(rows);
        rowWeights.fill((byte) 0);
        for (int r = 0; r < rows; r++) {
            rowWeights.setAtIndex(ValueLayout.JAVA_FLOAT, r, 1);
        }
    }

    @Override
    void compare() {
        requireEqualBits("absoluteError", this::absoluteError, loss, dX);
        requireEqualBits("binaryCrossEntropyLogits", this::binaryCrossEntropyLogits, loss, dX);
        requireEqualBits("binaryCrossEntropy", this::binaryCrossEntropy, loss, dX);
        requireEqualBits("hinge", this::hinge, loss, dX);
        requireEqualBits("hingeEmbedding", this::hingeEmbedding, loss, dX);
        requireEqualBits("weighRows", this::weighRows, loss, dX);
        requireEqualBits("scaleRows", this::scaleRows, x);
        requireEqualBits("addPenalty", this::addPenalty, x);
    }

    @Benchmark
    public void absoluteError(BytesMoved work) {
        work.gbyte += 4 * gbyteOfMatrix;
        absoluteError(contender);
    }

    @Benchmark
    public void binaryCrossEntropyLogits(BytesMoved work) {
        work.gbyte += 4 * gbyteOfMatrix;
        binaryCrossEntropyLogits(contender);
    }

    @Benchmark
    public void binaryCrossEntropy(BytesMoved work) {
        work.gbyte += 4 * gbyteOfMatrix;
        binaryCrossEntropy(contender);
    }

    @Benchmark
    public void hinge(BytesMoved work) {
        work.gbyte += 4 * gbyteOfMatrix;
        hinge(contender);
    }

    @Benchmark
    public void hingeEmbedding(BytesMoved work) {
        work.gbyte += 4 * gbyteOfMatrix;
        hingeEmbedding(contender);
    }

    @Benchmark
    public void weighRows(BytesMoved work) {
        work.gbyte += 4 * gbyteOfMatrix;
        weighRows(contender);
    }

    @Benchmark
    public void scaleRows(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        scaleRows(contender);
    }

    @Benchmark
    public void addPenalty(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        addPenalty(contender);
    }

    private void absoluteError(KernelSet k) {
        k.elementLoss().absoluteError(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 0.5f, 0.5f, 1, SCALE);
    }

    private void binaryCrossEntropyLogits(KernelSet k) {
        k.elementLoss().binaryCrossEntropyLogits(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, weight,
                weight, SCALE);
    }

    private void binaryCrossEntropy(KernelSet k) {
        k.elementLoss().binaryCrossEntropy(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, weight, SCALE);
    }

    private void hinge(KernelSet k) {
        k.elementLoss().hinge(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1, SCALE);
    }

    private void hingeEmbedding(KernelSet k) {
        k.elementLoss().hingeEmbedding(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, 1, SCALE);
    }

    private void weighRows(KernelSet k) {
        k.elementLoss().weighRows(loss, stride, dX, stride, rowWeights, 1, index, 0, 0, rows, TIMED_SCALE);
    }

    private void scaleRows(KernelSet k) {
        k.elementLoss().scaleRows(x, stride, 0, rows, cols, TIMED_SCALE);
    }

    private void addPenalty(KernelSet k) {
        k.elementLoss().addPenalty(x, 0, y, 0, (long) rows * stride, TIMED_PENALTY, TIMED_PENALTY);
    }

    /// Values in [0, 1), padding +0.0.
    private MemorySegment unit(String name, int tableRows, int tableCols) {
        MemorySegment table = random(name, tableRows, tableCols);
        for (long i = 0; i < table.byteSize() / Float.BYTES; i++) {
            table.setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.abs(table.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
        }
        return table;
    }
}
