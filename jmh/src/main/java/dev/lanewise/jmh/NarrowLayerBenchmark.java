// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many floating-point operations a second does a layer of few outputs reach, in its forward pass and in its
/// gradients, in pieces of rows as training takes them, and how far behind is the scalar specification?
///
/// Run: `jmh/run NarrowLayer`, or `jmh/run NarrowLayerBenchmark.forward -p shape=32x784x10 -prof gc`
public class NarrowLayerBenchmark extends KernelBenchmark {
    private static final int PIECE_ROWS = 32;

    /// Rows, features and outputs. The tutorial's regression, one block of inputs; one row of MNIST, as in prediction;
    /// one piece of a batch, in L2; the last layer of a perceptron; a regression of many rows; rows beyond L3.
    @Param({"10x2x1", "1x784x10", "32x784x10", "256x256x10", "1024x100x1", "16384x784x10"})
    public String shape;

    private int rows;
    private int in;
    private int out;
    private int inStride;
    private int outStride;
    private double gflop;
    /// (rows, in)
    private MemorySegment x;
    /// (rows)
    private MemorySegment index;
    /// (out, in)
    private MemorySegment w;
    /// (out)
    private MemorySegment bias;
    /// (rows, out)
    private MemorySegment y;
    /// (rows, out)
    private MemorySegment dY;
    /// (rows, in)
    private MemorySegment dX;
    /// (out, in)
    private MemorySegment dW;
    private MemorySegment scratch;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxINxOUT");
        rows = sizes[0];
        in = sizes[1];
        out = sizes[2];
        inStride = FloatMatrix.stride(in);
        outStride = FloatMatrix.stride(out);
        x = random("x", rows, in);
        index = shuffledRows(rows);
        w = random("w", out, in);
        bias = random("bias", 1, out);
        y = zeros(rows, out);
        dY = random("dY", rows, out);
        dX = zeros(rows, in);
        dW = zeros(out, in);
        scratch = zeros(NarrowKernels.scratchFloats(in, out));
        gflop = 2e-9 * rows * in * out;
    }

    @Override
    void compare() {
        requireEqualBits("forward", this::forward, y);
        requireEqualBits("inputGradient", this::inputGradient, dX);
        requireEqualBits("weightGradient", this::weightGradient, dW);
    }

    @Benchmark
    public void forward(FloatOperations work) {
        work.count(gflop);
        forward(contender);
    }

    @Benchmark
    public void inputGradient(FloatOperations work) {
        work.count(gflop);
        inputGradient(contender);
    }

    @Benchmark
    public void weightGradient(FloatOperations work) {
        work.count(gflop);
        weightGradient(contender);
    }

    private void forward(KernelSet k) {
        for (int r = 0; r < rows; r += PIECE_ROWS) {
            k.narrow().forward(y, outStride, x, inStride, index, 0, w, inStride, bias, r,
                    Math.min(PIECE_ROWS, rows - r), in, out, scratch);
        }
    }

    private void inputGradient(KernelSet k) {
        for (int r = 0; r < rows; r += PIECE_ROWS) {
            k.narrow().inputGradient(dX, inStride, dY, outStride, w, inStride, r, Math.min(PIECE_ROWS, rows - r), in,
                    out);
        }
    }

    private void weightGradient(KernelSet k) {
        for (int r = 0; r < rows; r += PIECE_ROWS) {
            k.narrow().weightGradient(dW, inStride, x, inStride, index, 0, dY, outStride, r,
                    Math.min(PIECE_ROWS, rows - r), 0, in, out, r > 0, scratch);
        }
    }
}
