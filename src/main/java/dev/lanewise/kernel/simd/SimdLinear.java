// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.LinearKernels;

import java.lang.foreign.MemorySegment;

/// The linear layer in lanes: each operation and the class that does it.
final class SimdLinear implements LinearKernels {
    @Override
    public void forwardDot(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out, MemorySegment scratch) {
        DotForward.run(y, yStride, x, xStride, index, from, w, wStride, bias, rows, in, out, scratch);
    }

    @Override
    public void forwardOuter(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment w, int wStride, MemorySegment bias, int rows, int in, int out,
            MemorySegment scratch) {
        OuterForward.run(y, yStride, x, xStride, index, from, w, wStride, bias, rows, in, out, scratch);
    }

    @Override
    public void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment w,
            int wStride, int rows, int in, int out) {
        InputGradient.run(dX, dXStride, dY, dYStride, w, wStride, rows, in, out);
    }

    @Override
    public void weightGradient(MemorySegment dW, int dWStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, MemorySegment scratch) {
        for (int o = 0; o < out; o += WeightGradient.OUTPUTS) {
            int n = Math.min(WeightGradient.OUTPUTS, out - o);
            long g = WeightGradient.run(scratch, x, xStride, index, from, dY, dYStride, rows, in, o, n);
            GradientUse.store(dW, (long) o * dWStride * Float.BYTES, dWStride, scratch, g, n, in);
        }
    }

    @Override
    public void weightGradientAdd(MemorySegment dW, int dWStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, MemorySegment scratch) {
        for (int o = 0; o < out; o += WeightGradient.OUTPUTS) {
            int n = Math.min(WeightGradient.OUTPUTS, out - o);
            long g = WeightGradient.run(scratch, x, xStride, index, from, dY, dYStride, rows, in, o, n);
            GradientUse.add(dW, (long) o * dWStride * Float.BYTES, dWStride, scratch, g, n, in);
        }
    }

    @Override
    public void weightSgdStep(MemorySegment w, int wStride, MemorySegment x, int xStride, MemorySegment index,
            long from, MemorySegment dY, int dYStride, int rows, int in, int out, float lr, MemorySegment scratch) {
        for (int o = 0; o < out; o += WeightGradient.OUTPUTS) {
            int n = Math.min(WeightGradient.OUTPUTS, out - o);
            long g = WeightGradient.run(scratch, x, xStride, index, from, dY, dYStride, rows, in, o, n);
            GradientUse.sgdStep(w, (long) o * wStride * Float.BYTES, wStride, scratch, g, n, in, lr);
        }
    }

    @Override
    public void biasGradient(MemorySegment dBias, MemorySegment dY, int dYStride, int rows, int out,
            MemorySegment scratch) {
        BiasGradient.run(scratch, dY, dYStride, rows, out);
        GradientUse.store(dBias, 0, 0, scratch, 0, 1, out);
    }

    @Override
    public void biasGradientAdd(MemorySegment dBias, MemorySegment dY, int dYStride, int rows, int out,
            MemorySegment scratch) {
        BiasGradient.run(scratch, dY, dYStride, rows, out);
        GradientUse.add(dBias, 0, 0, scratch, 0, 1, out);
    }

    @Override
    public void biasSgdStep(MemorySegment bias, MemorySegment dY, int dYStride, int rows, int out, float lr,
            MemorySegment scratch) {
        BiasGradient.run(scratch, dY, dYStride, rows, out);
        GradientUse.sgdStep(bias, 0, 0, scratch, 0, 1, out, lr);
    }
}
