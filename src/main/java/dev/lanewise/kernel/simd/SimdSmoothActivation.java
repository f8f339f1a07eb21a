// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.SmoothActivationKernels;
import java.lang.foreign.MemorySegment;

/// Functions with exponentials in lanes of doubles. Rows that follow each other without a gap are one run, as in
/// [SimdActivation].
final class SimdSmoothActivation implements SmoothActivationKernels {
    private static long rowBytes(int stride) {
        return (long) stride * Float.BYTES;
    }

    @Override
    public void gate(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double linear,
            double cubic) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            GateLanes.gate(y, x, begin, begin + run, linear, cubic);
        }
    }

    @Override
    public void gateGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double linear, double cubic) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            GateLanes.gradient(dX, dY, x, begin, begin + run, linear, cubic);
        }
    }

    @Override
    public void gelu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            GeluLanes.gelu(y, x, begin, begin + run);
        }
    }

    @Override
    public void geluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            GeluLanes.gradient(dX, dY, x, begin, begin + run);
        }
    }

    @Override
    public void elu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double positive,
            double negative) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            EluLanes.elu(y, x, begin, begin + run, positive, negative);
        }
        Padding.clear(y, 0, rowBytes(stride), first, first + rows, cols); // -0.0 with a negative factor
    }

    @Override
    public void eluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double positive, double negative) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            EluLanes.gradient(dX, dY, x, begin, begin + run, positive, negative);
        }
        Padding.clear(dX, 0, rowBytes(stride), first, first + rows, cols); // -0.0 with a negative factor
    }

    @Override
    public void softplus(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double beta,
            double threshold) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            SoftplusLanes.softplus(y, x, begin, begin + run, beta, threshold);
        }
        Padding.clear(y, 0, rowBytes(stride), first, first + rows, cols); // that of 0 is log(2) / beta
    }

    @Override
    public void softplusGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double beta, double threshold) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            SoftplusLanes.gradient(dX, dY, x, begin, begin + run, beta, threshold);
        }
    }

    @Override
    public void mish(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            MishLanes.mish(y, x, begin, begin + run);
        }
    }

    @Override
    public void mishGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols) {
        long run = SimdActivation.run(stride, rows, cols);
        long next = SimdActivation.next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            MishLanes.gradient(dX, dY, x, begin, begin + run);
        }
    }
}
