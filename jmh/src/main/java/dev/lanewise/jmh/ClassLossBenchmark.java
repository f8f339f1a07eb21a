// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the losses with class weights, ignored rows, smoothed labels and margins get through?
///
/// `gbyte` counts predictions, probabilities and the written gradient with their padding; labels, losses and row numbers
/// are not counted.
///
/// Run: `jmh/run ClassLoss`, or `jmh/run ClassLossBenchmark.multiMargin -p shape=256x10 -prof gc`
public class ClassLossBenchmark extends KernelBenchmark {
    private static final float SCALE = 1 / 256f;
    private static final int IGNORE = -100;

    /// Rows and classes: below a block of 16; in L2.
    @Param({"256x10", "64x1000"})
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
    /// (rows), every fifth ignored
    private MemorySegment labels;
    /// (rows), none ignored
    private MemorySegment allLabels;

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
        labels = shuffledRows(rows);
        allLabels = shuffledRows(rows);
        for (int r = 0; r < rows; r++) {
            int label = labels.getAtIndex(ValueLayout.JAVA_INT, r) % cols;
            allLabels.setAtIndex(ValueLayout.JAVA_INT, r, label);
            labels.setAtIndex(ValueLayout.JAVA_INT, r, r % 5 == 0 ? IGNORE : label);
        }
    }

    @Override
    void compare() {
        requireEqualBits("weightedCrossEntropy", this::weightedCrossEntropy, loss, dX);
        requireEqualBits("smoothedCrossEntropy", this::smoothedCrossEntropy, loss, dX);
        requireEqualBits("weightedCrossEntropyProbabilities", this::weightedCrossEntropyProbabilities, loss, dX);
        requireEqualBits("negativeLogLikelihood", this::negativeLogLikelihood, loss, dX);
        requireEqualBits("multiMargin", this::multiMargin, loss, dX);
        requireEqualBits("squaredMultiMargin", this::squaredMultiMargin, loss, dX);
    }

    @Benchmark
    public void weightedCrossEntropy(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        weightedCrossEntropy(contender);
    }

    @Benchmark
    public void smoothedCrossEntropy(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        smoothedCrossEntropy(contender);
    }

    @Benchmark
    public void weightedCrossEntropyProbabilities(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        weightedCrossEntropyProbabilities(contender);
    }

    @Benchmark
    public void negativeLogLikelihood(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        negativeLogLikelihood(contender);
    }

    @Benchmark
    public void multiMargin(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        multiMargin(contender);
    }

    @Benchmark
    public void squaredMultiMargin(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        squaredMultiMargin(contender);
    }

    private void weightedCrossEntropy(KernelSet k) {
        k.classLoss().weightedCrossEntropy(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, weight,
                MemorySegment.NULL, 1, IGNORE, SCALE);
    }

    private void smoothedCrossEntropy(KernelSet k) {
        k.classLoss().weightedCrossEntropy(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, weight, weight,
                0.75f, IGNORE, SCALE);
    }

    private void weightedCrossEntropyProbabilities(KernelSet k) {
        k.classLoss().weightedCrossEntropyProbabilities(loss, dX, x, stride, y, stride, index, 0, 0, rows, cols, weight,
                weight, SCALE);
    }

    private void negativeLogLikelihood(KernelSet k) {
        k.classLoss().negativeLogLikelihood(loss, 1, dX, x, stride, labels, index, 0, 0, rows, cols, weight, IGNORE,
                SCALE);
    }

    private void multiMargin(KernelSet k) {
        k.classLoss().multiMargin(loss, 1, dX, x, stride, allLabels, index, 0, 0, rows, cols, weight, 1, false, SCALE);
    }

    private void squaredMultiMargin(KernelSet k) {
        k.classLoss().multiMargin(loss, 1, dX, x, stride, allLabels, index, 0, 0, rows, cols, weight, 1, true, SCALE);
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
