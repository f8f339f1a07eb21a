// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.SoftmaxKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do softmax and its logarithm as layers get through, and their gradients?
///
/// Run: `jmh/run SoftmaxBenchmark`, or `jmh/run SoftmaxBenchmark.logSoftmax -p shape=256x10 -prof gc`
public class SoftmaxBenchmark extends KernelBenchmark {
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
    /// Floats that the logarithm needs.
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
        scratch = zeros(SoftmaxKernels.scratchFloats(stride));
    }

    @Override
    void compare() {
        requireEqualBits("softmax", this::softmax, dX);
        requireEqualBits("softmaxGradient", this::softmaxGradient, dX);
        requireEqualBits("logSoftmax", this::logSoftmax, dX);
        requireEqualBits("logSoftmaxGradient", this::logSoftmaxGradient, dX);
    }

    @Benchmark
    public void softmax(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        softmax(contender);
    }

    @Benchmark
    public void softmaxGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        softmaxGradient(contender);
    }

    @Benchmark
    public void logSoftmax(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        logSoftmax(contender);
    }

    @Benchmark
    public void logSoftmaxGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        logSoftmaxGradient(contender);
    }

    private void softmax(KernelSet k) {
        k.softmax().softmax(dX, x, stride, 0, rows, cols);
    }

    private void softmaxGradient(KernelSet k) {
        k.softmax().softmaxGradient(dX, dY, x, stride, 0, rows, cols);
    }

    private void logSoftmax(KernelSet k) {
        k.softmax().logSoftmax(dX, x, scratch, stride, 0, rows, cols);
    }

    private void logSoftmaxGradient(KernelSet k) {
        k.softmax().logSoftmaxGradient(dX, dY, x, scratch, stride, 0, rows, cols);
    }
}
