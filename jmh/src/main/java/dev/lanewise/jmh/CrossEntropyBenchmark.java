// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.LossSum;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do softmax and cross-entropy with its gradient get through, against class labels and against
/// probabilities, how many does counting the right predictions, and how far behind is the scalar specification?
///
/// `gbyte` counts logits, probabilities and the written matrix, without padding; labels, losses and row numbers are not
/// counted. Bytes a second over bytes per element are elements a second.
///
/// Run: `jmh/run CrossEntropy`, or `jmh/run CrossEntropy -p shape=256x10 -prof gc`
public class CrossEntropyBenchmark extends KernelBenchmark {
    private static final float SCALE = 1 / 256f;

    /// Rows and classes: below, at and above a block of 16, in L1; many classes, in L2; beyond L3.
    @Param({"256x10", "256x16", "256x17", "64x1000", "147456x64"})
    public String shape;

    private int rows;
    private int classes;
    private int stride;
    private double gbyteOfMatrix;
    /// (rows, classes)
    private MemorySegment x;
    /// (rows, classes)
    private MemorySegment dX;
    /// (rows)
    private MemorySegment labels;
    /// (rows, classes); any numbers do, because the work does not depend on them.
    private MemorySegment probabilities;
    /// (rows)
    private MemorySegment index;
    /// (rows)
    private MemorySegment loss;
    /// One double: the sum of the losses.
    private MemorySegment sum;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxCLASSES");
        rows = sizes[0];
        classes = sizes[1];
        stride = FloatMatrix.stride(classes);
        gbyteOfMatrix = 1e-9 * rows * classes * Float.BYTES;
        x = random("x", rows, classes);
        dX = zeros(rows, classes);
        labels = shuffledRows(rows);
        for (int r = 0; r < rows; r++) {
            labels.setAtIndex(ValueLayout.JAVA_INT, r, labels.getAtIndex(ValueLayout.JAVA_INT, r) % classes);
        }
        probabilities = random("probabilities", rows, classes);
        index = shuffledRows(rows);
        loss = zeros(rows);
        sum = zeros(2);
    }

    @Override
    void compare() {
        requireEqualBits("softmaxCrossEntropy", this::softmaxCrossEntropy, loss, dX, sum);
        requireEqualBits("softmaxCrossEntropyProbabilities", this::softmaxCrossEntropyProbabilities, loss, dX, sum);
        requireEqualBits("softmax", this::softmax, dX);
        requireEqualBits("countCorrect", this::countCorrect, sum);
    }

    @Benchmark
    public void softmaxCrossEntropy(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        softmaxCrossEntropy(contender);
    }

    @Benchmark
    public void softmaxCrossEntropyProbabilities(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        softmaxCrossEntropyProbabilities(contender);
    }

    @Benchmark
    public void softmax(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        softmax(contender);
    }

    @Benchmark
    public void countCorrect(BytesMoved work) {
        work.gbyte += gbyteOfMatrix;
        countCorrect(contender);
    }

    private void countCorrect(KernelSet k) {
        sum.set(ValueLayout.JAVA_LONG, 0, k.loss().countCorrect(x, stride, labels, index, 0, 0, rows, classes));
    }

    private void softmaxCrossEntropy(KernelSet k) {
        k.loss().softmaxCrossEntropy(loss, dX, x, stride, labels, index, 0, 0, rows, classes, SCALE);
        sum.set(ValueLayout.JAVA_DOUBLE, 0, LossSum.of(loss, 1, rows, 1));
    }

    private void softmaxCrossEntropyProbabilities(KernelSet k) {
        k.loss().softmaxCrossEntropyProbabilities(loss, dX, x, stride, probabilities, stride, index, 0, 0, rows,
                classes,
                SCALE);
        sum.set(ValueLayout.JAVA_DOUBLE, 0, LossSum.of(loss, 1, rows, 1));
    }

    private void softmax(KernelSet k) {
        k.loss().softmax(dX, x, stride, rows, classes);
    }
}
