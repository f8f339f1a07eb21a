// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.INTS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.ActivationKernels;
import dev.lanewise.kernel.DropoutMask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Functions between layers in lanes. Rows that follow each other without a gap are one run: a row of 16 floats is too
/// short for a loop of its own.
final class SimdActivation implements ActivationKernels {
    // 64 bytes for the life of the program, outside the count of the buffers
    private static final MemorySegment LANE_NUMBERS = laneNumbers();

    private static MemorySegment laneNumbers() {
        MemorySegment numbers = Arena.global().allocate(BLOCK_BYTES, BLOCK_BYTES);
        for (int i = 0; i < BLOCK; i++) {
            numbers.setAtIndex(ValueLayout.JAVA_INT, i, i);
        }
        return numbers;
    }

    private static long rowBytes(int stride) {
        return (long) stride * Float.BYTES;
    }

    /// Bytes of a run.
    static long run(int stride, int rows, int cols) {
        long row = Lanes.paddedBytes(cols);
        return row == rowBytes(stride) ? row * rows : row;
    }

    /// Bytes from one run to the next.
    static long next(int stride, int rows, int cols) {
        return Math.max(run(stride, rows, cols), rowBytes(stride));
    }

    @Override
    public void relu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
                v.blend(0f, v.lt(0f)).intoMemorySegment(y, at, ORDER);
            }
        }
    }

    @Override
    public void reluGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        if (!dX.isNative() || !dY.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector output = FloatVector.fromMemorySegment(FLOATS, y, at, ORDER);
                FloatVector.fromMemorySegment(FLOATS, dY, at, ORDER)
                        .blend(0f, output.compare(VectorOperators.LE, 0f))
                        .intoMemorySegment(dX, at, ORDER);
            }
        }
    }

    @Override
    public void leakyRelu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, float slope) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
                v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0f)).intoMemorySegment(y, at, ORDER);
            }
        }
        Padding.clear(y, 0, rowBytes(stride), first, first + rows, cols); // -0.0 with a negative slope
    }

    @Override
    public void leakyReluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, float slope) {
        if (!dX.isNative() || !dY.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector input = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
                FloatVector gradient = FloatVector.fromMemorySegment(FLOATS, dY, at, ORDER);
                gradient.mul(slope).blend(gradient, input.compare(VectorOperators.GT, 0f))
                        .intoMemorySegment(dX, at, ORDER);
            }
        }
        Padding.clear(dX, 0, rowBytes(stride), first, first + rows, cols); // -0.0 with a negative slope
    }

    @Override
    public void hardtanh(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, float min,
            float max) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
                v.blend(max, v.compare(VectorOperators.GT, max)).blend(min, v.lt(min)).intoMemorySegment(y, at, ORDER);
            }
        }
        Padding.clear(y, 0, rowBytes(stride), first, first + rows, cols); // 0 may lie outside
    }

    @Override
    public void hardtanhGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols, float min, float max) {
        if (!dX.isNative() || !dY.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector output = FloatVector.fromMemorySegment(FLOATS, y, at, ORDER);
                FloatVector.fromMemorySegment(FLOATS, dY, at, ORDER)
                        .blend(0f, output.compare(VectorOperators.LE, min))
                        .blend(0f, output.compare(VectorOperators.GE, max))
                        .intoMemorySegment(dX, at, ORDER);
            }
        }
    }

    @Override
    public void sigmoid(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            SimdMath.sigmoid(y, x, begin, begin + run);
        }
        Padding.clear(y, 0, rowBytes(stride), first, first + rows, cols); // the sigmoid of 0 is 1/2
    }

    @Override
    public void sigmoidGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        if (!dX.isNative() || !dY.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector output = FloatVector.fromMemorySegment(FLOATS, y, at, ORDER);
                FloatVector.fromMemorySegment(FLOATS, dY, at, ORDER).mul(one.sub(output)).mul(output)
                        .intoMemorySegment(dX, at, ORDER);
            }
        }
    }

    @Override
    public void tanh(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            SimdMath.tanh(y, x, begin, begin + run);
        }
    }

    @Override
    public void tanhGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        if (!dX.isNative() || !dY.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        long run = run(stride, rows, cols);
        long next = next(stride, rows, cols);
        long end = (first + rows) * rowBytes(stride);
        for (long begin = first * rowBytes(stride); begin < end; begin += next) {
            for (long at = begin; at < begin + run; at += BYTES) {
                FloatVector output = FloatVector.fromMemorySegment(FLOATS, y, at, ORDER);
                FloatVector.fromMemorySegment(FLOATS, dY, at, ORDER).mul(output.neg().fma(output, one))
                        .intoMemorySegment(dX, at, ORDER);
            }
        }
    }

    @Override
    public void dropout(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, long key,
            float p) {
        int threshold = DropoutMask.threshold(p);
        float scale = DropoutMask.scale(p);
        for (int r = first; r < first + rows; r++) {
            dropoutRow(y, x, r * rowBytes(stride), Lanes.padded(cols), DropoutMask.row(key, r), threshold, scale);
        }
    }

    /// [DropoutMask#keeps] in lanes. The comparison is the sign of a difference, spread over all bits: no masks of the
    /// vector API, of ints least of all. What padding becomes is +0.0, dropped or not.
    private static void dropoutRow(MemorySegment y, MemorySegment x, long row, int cols, long rowKey, int threshold,
            float scale) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        IntVector lane = IntVector.fromMemorySegment(INTS, LANE_NUMBERS, 0, ORDER);
        for (int c = 0; c < cols; c += LANES) {
            long at = row + (long) c * Float.BYTES;
            IntVector h = IntVector.broadcast(INTS, (int) rowKey + c).add(lane);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
            h = h.mul(DropoutMask.FIRST);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15));
            h = h.lanewise(VectorOperators.XOR, (int) (rowKey >>> 32));
            h = h.mul(DropoutMask.SECOND);
            IntVector keep = h.lanewise(VectorOperators.LSHR, DropoutMask.UNUSED_BITS).sub(threshold)
                    .lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
            FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).mul(scale).reinterpretAsInts().and(keep)
                    .intoMemorySegment(y, at, ORDER);
        }
    }
}
