// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.KernelSet;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// How many bytes a second do the activations with exponentials in double get through? Their arithmetic bounds them, so
/// the figure hardly depends on the cache that the values lie in.
///
/// Run: `jmh/run SmoothActivation`, or `jmh/run SmoothActivationBenchmark.gelu -p shape=256x256 -prof gc`
public class SmoothActivationBenchmark extends KernelBenchmark {
    /// Rows and columns: in L1; a chunk of rows of a hidden layer, in L2.
    @Param({"16x64", "256x256"})
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
    }

    @Override
    void compare() {
        requireEqualBits("silu", this::silu, dX);
        requireEqualBits("siluGradient", this::siluGradient, dX);
        requireEqualBits("geluTanh", this::geluTanh, dX);
        requireEqualBits("geluTanhGradient", this::geluTanhGradient, dX);
        requireEqualBits("gelu", this::gelu, dX);
        requireEqualBits("geluGradient", this::geluGradient, dX);
        requireEqualBits("elu", this::elu, dX);
        requireEqualBits("eluGradient", this::eluGradient, dX);
        requireEqualBits("softplus", this::softplus, dX);
        requireEqualBits("softplusGradient", this::softplusGradient, dX);
        requireEqualBits("mish", this::mish, dX);
        requireEqualBits("mishGradient", this::mishGradient, dX);
    }

    @Benchmark
    public void silu(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        silu(contender);
    }

    @Benchmark
    public void siluGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        siluGradient(contender);
    }

    @Benchmark
    public void geluTanh(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        geluTanh(contender);
    }

    @Benchmark
    public void geluTanhGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        geluTanhGradient(contender);
    }

    @Benchmark
    public void gelu(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        gelu(contender);
    }

    @Benchmark
    public void geluGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        geluGradient(contender);
    }

    @Benchmark
    public void elu(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        elu(contender);
    }

    @Benchmark
    public void eluGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        eluGradient(contender);
    }

    @Benchmark
    public void softplus(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        softplus(contender);
    }

    @Benchmark
    public void softplusGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        softplusGradient(contender);
    }

    @Benchmark
    public void mish(BytesMoved work) {
        work.gbyte += 2 * gbyteOfMatrix;
        mish(contender);
    }

    @Benchmark
    public void mishGradient(BytesMoved work) {
        work.gbyte += 3 * gbyteOfMatrix;
        mishGradient(contender);
    }

    private void silu(KernelSet k) {
        k.smoothActivation().gate(dX, x, stride, 0, rows, cols, 1, 0);
    }

    private void siluGradient(KernelSet k) {
        k.smoothActivation().gateGradient(dX, dY, x, stride, 0, rows, cols, 1, 0);
    }

    private void geluTanh(KernelSet k) {
        k.smoothActivation().gate(dX, x, stride, 0, rows, cols, 1.6, 0.07);
    }

    private void geluTanhGradient(KernelSet k) {
        k.smoothActivation().gateGradient(dX, dY, x, stride, 0, rows, cols, 1.6, 0.07);
    }

    private void gelu(KernelSet k) {
        k.smoothActivation().gelu(dX, x, stride, 0, rows, cols);
    }

    private void geluGradient(KernelSet k) {
        k.smoothActivation().geluGradient(dX, dY, x, stride, 0, rows, cols);
    }

    private void elu(KernelSet k) {
        k.smoothActivation().elu(dX, x, stride, 0, rows, cols, 1, 1);
    }

    private void eluGradient(KernelSet k) {
        k.smoothActivation().eluGradient(dX, dY, x, stride, 0, rows, cols, 1, 1);
    }

    private void softplus(KernelSet k) {
        k.smoothActivation().softplus(dX, x, stride, 0, rows, cols, 1, 20);
    }

    private void softplusGradient(KernelSet k) {
        k.smoothActivation().softplusGradient(dX, dY, x, stride, 0, rows, cols, 1, 20);
    }

    private void mish(KernelSet k) {
        k.smoothActivation().mish(dX, x, stride, 0, rows, cols);
    }

    private void mishGradient(KernelSet k) {
        k.smoothActivation().mishGradient(dX, dY, x, stride, 0, rows, cols);
    }
}
