// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the activations and dropout move: are they bound by the caches, or by their arithmetic?
///
/// Run: `jmh/run Activation`, or `jmh/run ActivationBenchmark.dropout -p shape=256x256 -prof gc`
public class ActivationBenchmark extends KernelBenchmark {
    private static final long KEY = 1;

    /// Rows and columns: in L1; a chunk of rows of a hidden layer, in L2; beyond L3.
    @Param({"16x64", "256x256", "147456x64"})
    public String shape;

    private int rows;
    private int cols;
    private int stride;
    /// 10^9 bytes of a matrix with its padding.
    private double gbyteOfMatrix;
    /// (rows, cols)
    private MemorySegment x;
    /// (rows, cols)
    private MemorySegment y;
    /// (rows, cols)
    private MemorySegment dX;

    @Override
    void allocate() {
        int[] sizes = sizes(shape, "ROWSxCOLS");
        rows = sizes[0];
        cols = sizes[1];
        stride = FloatMatrix.stride(cols);
        gbyteOfMatrix = 1e-9 * rows * stride * Float.BYTES;
        x = random("x", rows, cols);
        y = random("y", rows, cols);
        dX = zeros(rows, cols);
    }

    @Override
    void compare() {
        requireEqualBits("relu", this::relu, dX);
        requireEqualBits("reluGradient", this::reluGradient, dX);
        requireEqualBits("leakyRelu", this::leakyRelu, dX);
        requireEqualBits("leakyReluGradient", this::leakyReluGradient, dX);
        requireEqualBits("hardtanh", this::hardtanh, dX);
        requireEqualBits("hardtanhGradient", this::hardtanhGradient, dX);
        requireEqualBits("sigmoid", this::sigmoid, dX);
        requireEqualBits("sigmoidGradient", this::sigmoidGradient, dX);
        requireEqualBits("tanh", this::tanh, dX);
        requireEqualBits("tanhGradient", this::tanhGradient, dX);
        requireEqualBits("dropout", this::dropout, dX);
    }

    @Benchmark
    public void relu(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        relu(contender);
    }

    @Benchmark
    public void reluGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        reluGradient(contender);
    }

    @Benchmark
    public void leakyRelu(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        leakyRelu(contender);
    }

    @Benchmark
    public void leakyReluGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        leakyReluGradient(contender);
    }

    @Benchmark
    public void hardtanh(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        hardtanh(contender);
    }

    @Benchmark
    public void hardtanhGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        hardtanhGradient(contender);
    }

    @Benchmark
    public void sigmoid(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        sigmoid(contender);
    }

    @Benchmark
    public void sigmoidGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        sigmoidGradient(contender);
    }

    @Benchmark
    public void tanh(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        tanh(contender);
    }

    @Benchmark
    public void tanhGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        tanhGradient(contender);
    }

    @Benchmark
    public void dropout(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        dropout(contender);
    }

    private void relu(KernelSet k) {
        k.activation().relu(dX, x, stride, 0, rows, cols);
    }

    private void reluGradient(KernelSet k) {
        k.activation().reluGradient(dX, x, y, stride, 0, rows, cols);
    }

    private void leakyRelu(KernelSet k) {
        k.activation().leakyRelu(dX, x, stride, 0, rows, cols, 0.01f);
    }

    private void leakyReluGradient(KernelSet k) {
        k.activation().leakyReluGradient(dX, y, x, stride, 0, rows, cols, 0.01f);
    }

    private void hardtanh(KernelSet k) {
        k.activation().hardtanh(dX, x, stride, 0, rows, cols, -0.5f, 0.5f);
    }

    private void hardtanhGradient(KernelSet k) {
        k.activation().hardtanhGradient(dX, x, y, stride, 0, rows, cols, -0.5f, 0.5f);
    }

    private void sigmoid(KernelSet k) {
        k.activation().sigmoid(dX, x, stride, 0, rows, cols);
    }

    private void sigmoidGradient(KernelSet k) {
        k.activation().sigmoidGradient(dX, x, y, stride, 0, rows, cols);
    }

    private void tanh(KernelSet k) {
        k.activation().tanh(dX, x, stride, 0, rows, cols);
    }

    private void tanhGradient(KernelSet k) {
        k.activation().tanhGradient(dX, x, y, stride, 0, rows, cols);
    }

    private void dropout(KernelSet k) {
        k.activation().dropout(dX, x, stride, 0, rows, cols, KEY, 0.5f);
    }
}
