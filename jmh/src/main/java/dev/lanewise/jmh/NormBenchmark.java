// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.NormKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the passes of batch and layer normalization get through: are they bound by the caches, or by
/// their sums in double?
///
/// Run: `jmh/run Norm`, or `jmh/run NormBenchmark.normalizeRows -p shape=256x256 -prof gc`
public class NormBenchmark extends KernelBenchmark {
    private static final float EPS = 1e-5f;

    /// Rows and columns: below a block of 16; a chunk of rows of a hidden layer, in L2.
    @Param({"256x10", "256x256"})
    public String shape;

    private int rows;
    private int cols;
    private int stride;
    /// 10^9 bytes of a matrix with its padding.
    private double gbyteOfMatrix;
    /// (rows, cols)
    private MemorySegment x;
    /// (rows, cols)
    private MemorySegment dY;
    /// (rows, cols)
    private MemorySegment dX;
    /// The statistics of the columns, from sums made once.
    private MemorySegment stats;
    /// Sums that are made anew.
    private MemorySegment sums;
    private MemorySegment rowStats;
    /// (cols)
    private MemorySegment weight;
    /// (cols)
    private MemorySegment bias;
    private MemorySegment scratch;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxCOLS");
        rows = sizes[0];
        cols = sizes[1];
        stride = FloatMatrix.stride(cols);
        gbyteOfMatrix = 1e-9 * rows * stride * Float.BYTES;
        x = random("x", rows, cols);
        dY = random("dY", rows, cols);
        dX = zeros(rows, cols);
        stats = random("stats", NormKernels.STATISTICS, cols);
        sums = zeros(NormKernels.STATISTICS, stride);
        rowStats = random("rowStats", rows, NormKernels.ROW_STATISTICS);
        weight = random("weight", 1, cols);
        bias = random("bias", 1, cols);
        scratch = zeros(NormKernels.scratchFloats(cols));
    }

    @Override
    void compare() {
        requireEqualBits("columnSums", this::columnSums, sums);
        requireEqualBits("columnSquares", this::columnSquares, sums);
        requireEqualBits("normalizeColumns", this::normalizeColumns, dX);
        requireEqualBits("columnGradientSums", this::columnGradientSums, sums);
        requireEqualBits("columnsInputGradient", this::columnsInputGradient, dX);
        requireEqualBits("scaleColumns", this::scaleColumns, dX);
        requireEqualBits("normalizeRows", this::normalizeRows, dX, rowStats);
        requireEqualBits("rowsInputGradient", this::rowsInputGradient, dX);
        requireEqualBits("rowsGradientSums", this::rowsGradientSums, sums);
    }

    @Benchmark
    public void columnSums(BytesMoved work) {
        work.gbyte += gbyteOfMatrix;
        columnSums(contender);
    }

    @Benchmark
    public void columnSquares(BytesMoved work) {
        work.gbyte += gbyteOfMatrix;
        columnSquares(contender);
    }

    @Benchmark
    public void normalizeColumns(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        normalizeColumns(contender);
    }

    @Benchmark
    public void columnGradientSums(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        columnGradientSums(contender);
    }

    @Benchmark
    public void columnsInputGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        columnsInputGradient(contender);
    }

    @Benchmark
    public void scaleColumns(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        scaleColumns(contender);
    }

    @Benchmark
    public void normalizeRows(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        normalizeRows(contender);
    }

    @Benchmark
    public void rowsInputGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        rowsInputGradient(contender);
    }

    @Benchmark
    public void rowsGradientSums(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        rowsGradientSums(contender);
    }

    private void columnSums(KernelSet k) {
        k.norm().columnSums(sums, stride, x, stride, 0, rows, 0, cols);
    }

    private void columnSquares(KernelSet k) {
        k.norm().columnSquares(sums, stride, x, stride, 0, rows, 0, cols);
    }

    private void normalizeColumns(KernelSet k) {
        k.norm().normalizeColumns(dX, stride, x, stride, 0, stats, stride, weight, bias, 0, rows, cols);
    }

    private void columnGradientSums(KernelSet k) {
        k.norm().columnGradientSums(sums, stride, dY, stride, x, stride, 0, rows, 0, cols);
    }

    private void columnsInputGradient(KernelSet k) {
        k.norm().columnsInputGradient(dX, stride, dY, stride, x, stride, 0, stats, stride, weight, 0, rows, cols);
    }

    private void scaleColumns(KernelSet k) {
        k.norm().scaleColumns(dX, stride, dY, stride, stats, stride, weight, 0, rows, cols);
    }

    private void normalizeRows(KernelSet k) {
        k.norm().normalizeRows(dX, stride, rowStats, x, stride, 0, weight, bias, 0, rows, cols, EPS, scratch);
    }

    private void rowsInputGradient(KernelSet k) {
        k.norm().rowsInputGradient(dX, stride, dY, stride, rowStats, x, stride, 0, weight, 0, rows, cols, scratch);
    }

    private void rowsGradientSums(KernelSet k) {
        k.norm().rowsGradientSums(sums, stride, dY, stride, rowStats, x, stride, 0, rows, 0, cols);
    }
}
