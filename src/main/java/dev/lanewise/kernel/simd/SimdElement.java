// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ElementKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Element-wise operations in lanes; bound by memory, so plain loops will do.
final class SimdElement implements ElementKernels {
    /// Columns of a row that is summed as a whole. Of narrower rows many share a page, so that a vector of columns may walk
    /// down them.
    private static final int WIDE = 128;

    @Override
    public void sgdStep(MemorySegment w, long wFrom, MemorySegment g, long gFrom, long n, float lr) {
        if (!w.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        long wAt = wFrom * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        if (n == Lanes.BLOCK) {
            for (long at = 0; at != BLOCK_BYTES; at += BYTES) {
                FloatVector step = FloatVector.fromMemorySegment(FLOATS, g, gAt + at, ORDER);
                minusLr.fma(step, FloatVector.fromMemorySegment(FLOATS, w, wAt + at, ORDER)).intoMemorySegment(w,
                        wAt + at, ORDER);
            }
            return;
        }
        for (long at = 0; at < n * Float.BYTES; at += BYTES) {
            FloatVector step = FloatVector.fromMemorySegment(FLOATS, g, gAt + at, ORDER);
            minusLr.fma(step, FloatVector.fromMemorySegment(FLOATS, w, wAt + at, ORDER)).intoMemorySegment(w, wAt + at,
                    ORDER);
        }
    }

    @Override
    public void add(MemorySegment a, long aFrom, MemorySegment b, long bFrom, long n) {
        if (!a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        long aAt = aFrom * Float.BYTES;
        long bAt = bFrom * Float.BYTES;
        for (long at = 0; at < n * Float.BYTES; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, a, aAt + at, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, b, bAt + at, ORDER))
                    .intoMemorySegment(a, aAt + at, ORDER);
        }
    }

    /// A vector of columns at a time, or eight rows: the sums over the padding are those of +0.0.
    @Override
    public void columnSums(MemorySegment s, MemorySegment a, int stride, int first, int rows, int cols,
            boolean more) {
        if (!s.isNative() || !a.isNative()) {
            throw NativeOnly.refused();
        }
        if (cols >= WIDE) {
            wideSums(s, a, stride, first, rows, cols, more);
            return;
        }
        long rowBytes = (long) stride * Float.BYTES;
        for (long column = 0; column < (long) cols * Float.BYTES; column += BYTES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            if (more) {
                sum = FloatVector.fromMemorySegment(FLOATS, s, column, ORDER);
            }
            long end = (first + rows) * rowBytes + column;
            for (long at = first * rowBytes + column; at != end; at += rowBytes) { // each turn waits for the one before
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, a, at, ORDER));
            }
            sum.intoMemorySegment(s, column, ORDER);
        }
    }

    /// Eight rows at a time, and those left over one by one: whole rows pass through the caches in their order, and sums
    /// of neighbouring columns do not wait for each other.
    private void wideSums(MemorySegment s, MemorySegment a, int stride, int first, int rows, int cols,
            boolean more) {
        if (!more) {
            Lanes.clear(s, Lanes.paddedBytes(cols));
        }
        long rowBytes = (long) stride * Float.BYTES;
        int r = first;
        for (; r <= first + rows - 8; r += 8) {
            addEight(s, a, r * rowBytes, rowBytes, Lanes.paddedBytes(cols));
        }
        for (; r < first + rows; r++) {
            add(s, 0, a, (long) r * stride, Lanes.padded(cols));
        }
    }

    private static void addEight(MemorySegment s, MemorySegment a, long at, long rowBytes, long bytes) {
        if (!s.isNative() || !a.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < bytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, s, b, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + rowBytes + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + 2 * rowBytes + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + 3 * rowBytes + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + 4 * rowBytes + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + 5 * rowBytes + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + 6 * rowBytes + b, ORDER))
                    .add(FloatVector.fromMemorySegment(FLOATS, a, at + 7 * rowBytes + b, ORDER))
                    .intoMemorySegment(s, b, ORDER);
        }
    }

    @Override
    public void scale(MemorySegment a, long n, float factor) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = 0; at < n * Float.BYTES; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, a, at, ORDER).mul(factor).intoMemorySegment(a, at, ORDER);
        }
    }

    @Override
    public void fill(MemorySegment a, int stride, int rows, int cols, float value) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        for (int r = 0; r < rows; r++) {
            long row = (long) r * stride * Float.BYTES;
            int c = 0;
            for (; c <= cols - LANES; c += LANES) { // a vector made before both loops is now and then an object
                FloatVector.broadcast(FLOATS, value).intoMemorySegment(a, row + (long) c * Float.BYTES, ORDER);
            }
            for (; c < cols; c++) {
                a.set(JAVA_FLOAT_UNALIGNED, row + (long) c * Float.BYTES, value);
            }
        }
    }
}
