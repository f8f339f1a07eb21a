// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many floating-point operations a second do the matrix products of layers of many outputs reach, packing
/// included, in each orientation, and how far behind is the scalar specification?
///
/// The weight gradient is stored; the time to store it counts, as an optimizer's would. Transposing the weights has no
/// operations: its figure is calls a second.
///
/// Run: `jmh/run Wide -p kernels=simd`, or `jmh/run Wide.forward -p kernels=simd -p shape=1x784x256`
public class WideBenchmark extends KernelBenchmark {
    /// Rows, features and outputs. A row and a few for a prediction; the layers of perceptrons on a batch of MNIST; a
    /// softmax regression of a thousand classes; a square as others publish it.
    @Param({"1x784x256", "10x100x32", "256x784x256", "256x784x512", "256x512x256", "512x1024x1000", "1024x1024x1024"})
    public String shape;

    private int rows;
    private int in;
    private int out;
    private int inStride;
    private int outStride;
    /// (rows, in)
    private MemorySegment x;
    /// (rows)
    private MemorySegment index;
    /// (out, in), in panel order
    private MemorySegment w;
    /// (in, out), in panel order
    private MemorySegment wT;
    /// (out)
    private MemorySegment bias;
    /// (rows, out)
    private MemorySegment y;
    /// (rows, out)
    private MemorySegment dY;
    /// (rows, in)
    private MemorySegment dX;
    /// (out, in), in panel order
    private MemorySegment dW;
    private MemorySegment scratch;
    private MemorySegment packed;
    private GradientSink sink;
    private double gflop;

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
        w = random("w", outStride / WideKernels.PANEL, in * WideKernels.PANEL);
        clearFilledUp(w);
        wT = zeros(WideKernels.panelFloats(out, in));
        SPECIFICATION.wide().transpose(wT, w, in, out, 0, inStride / WideKernels.PANEL);
        bias = random("bias", 1, out);
        y = zeros(rows, out);
        dY = random("dY", rows, out);
        dX = zeros(rows, in);
        dW = zeros(WideKernels.panelFloats(in, out));
        packed = zeros(WideKernels.packedFloats(rows, out));
        scratch = zeros(WideKernels.scratchFloats(rows, in, out));
        sink = (g, gFrom, at, n) -> MemorySegment.copy(g, gFrom * Float.BYTES, dW, at * Float.BYTES,
                (long) n * Float.BYTES);
        gflop = 2e-9 * rows * in * out;
    }

    /// Sets the weights of the outputs that fill up the last panel to +0.0.
    private void clearFilledUp(MemorySegment panels) {
        int missing = outStride - out;
        for (long i = 0; missing > 0 && i < in; i++) {
            long end = panels.byteSize() - i * WideKernels.PANEL * Float.BYTES;
            panels.asSlice(end - (long) missing * Float.BYTES, (long) missing * Float.BYTES).fill((byte) 0);
        }
    }

    @Override
    void compare() {
        requireEqualBits("forward", this::forward, y);
        requireEqualBits("inputGradient", this::inputGradient, dX);
        requireEqualBits("weightGradient", this::weightGradient, dW);
        requireEqualBits("transpose", this::transpose, wT);
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

    @Benchmark
    public void transpose() {
        transpose(contender);
    }

    private void forward(KernelSet k) {
        k.wide().forward(y, outStride, x, inStride, index, 0, w, bias, 0, rows, in, out, scratch);
    }

    private void inputGradient(KernelSet k) {
        k.wide().inputGradient(dX, inStride, dY, outStride, wT, 0, rows, in, out, scratch);
    }

    private void weightGradient(KernelSet k) {
        k.wide().packGradient(packed, dY, outStride, 0, rows, rows, out);
        k.wide().weightGradient(sink, x, inStride, index, 0, packed, rows, 0, in, in, out, scratch);
    }

    private void transpose(KernelSet k) {
        k.wide().transpose(wT, w, in, out, 0, inStride / WideKernels.PANEL);
    }
}
