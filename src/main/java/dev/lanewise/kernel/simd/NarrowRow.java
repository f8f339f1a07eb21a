// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One row of a narrow layer, such as a single prediction: there is no second row to share the weights with, so every
/// multiply-add loads one vector of them, and the tile is as large as keeps both multipliers busy.
final class NarrowRow {
    private static final int STEP = (int) BLOCK_BYTES;
    private static final int OUTPUTS = 5;
    /// Bytes of the parts of a block that a tile takes at a time: two vectors, or all there is.
    private static final long TILE_BYTES = Math.min(2 * BYTES, BLOCK_BYTES);

    private NarrowRow() {
    }

    /// Writes all outputs of a row, five at a time if there are so many; the last five overlap. Padding is left alone.
    static void forward(MemorySegment y, long at, MemorySegment x, long x0, MemorySegment w, long wRowBytes,
            MemorySegment bias, int nBytes, int out, MemorySegment sums) {
        int blocks = nBytes / STEP;
        int group = out >= OUTPUTS && blocks >= WideTiles.FEW ? OUTPUTS : 1;
        for (int o = 0; o < out; o += group) {
            long begin = Math.min(o, out - group);
            for (long p = 0; p < BLOCK_BYTES; p += TILE_BYTES) {
                if (group == OUTPUTS) {
                    five(sums, p, x, x0 + p, w, begin * wRowBytes + p, wRowBytes, blocks, WideTiles.NEVER);
                } else {
                    one(sums, p, x, x0 + p, w, begin * wRowBytes + p, nBytes);
                }
            }
            long column = begin * Float.BYTES;
            NarrowFold.addBias(y, at + column, 0, 1, group, bias, column, sums, 0, 0, BLOCK_BYTES);
        }
    }

    /// Two parts, or the only one, of the sums of five outputs; `stop` as in [WideTiles].
    private static void five(MemorySegment sums, long at, MemorySegment x, long x0, MemorySegment w, long w0,
            long wRowBytes, int blocks, int stop) {
        if (!sums.isNative() || !x.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        long w1 = w0 + wRowBytes;
        long w2 = w1 + wRowBytes;
        long w3 = w2 + wRowBytes;
        long w4 = w3 + wRowBytes;
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        FloatVector s4 = FloatVector.zero(FLOATS);
        FloatVector t0 = FloatVector.zero(FLOATS);
        FloatVector t1 = FloatVector.zero(FLOATS);
        FloatVector t2 = FloatVector.zero(FLOATS);
        FloatVector t3 = FloatVector.zero(FLOATS);
        FloatVector t4 = FloatVector.zero(FLOATS);
        for (int k = 0; k < blocks; k++) {
            long b = k * BLOCK_BYTES;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, x0 + b, ORDER);
            s0 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w0 + b, ORDER), s0);
            s1 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w1 + b, ORDER), s1);
            s2 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w2 + b, ORDER), s2);
            s3 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w3 + b, ORDER), s3);
            s4 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w4 + b, ORDER), s4);
            if (k == stop) {
                break;
            }
            if (PARTS > 1) {
                u = FloatVector.fromMemorySegment(FLOATS, x, x0 + BYTES + b, ORDER);
                t0 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w0 + BYTES + b, ORDER), t0);
                t1 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w1 + BYTES + b, ORDER), t1);
                t2 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w2 + BYTES + b, ORDER), t2);
                t3 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w3 + BYTES + b, ORDER), t3);
                t4 = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w4 + BYTES + b, ORDER), t4);
            }
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(sums, at, ORDER);
        one.fma(s1, none).intoMemorySegment(sums, at + BLOCK_BYTES, ORDER);
        one.fma(s2, none).intoMemorySegment(sums, at + 2 * BLOCK_BYTES, ORDER);
        one.fma(s3, none).intoMemorySegment(sums, at + 3 * BLOCK_BYTES, ORDER);
        one.fma(s4, none).intoMemorySegment(sums, at + 4 * BLOCK_BYTES, ORDER);
        if (PARTS > 1) {
            long second = at + BYTES;
            one.fma(t0, none).intoMemorySegment(sums, second, ORDER);
            one.fma(t1, none).intoMemorySegment(sums, second + BLOCK_BYTES, ORDER);
            one.fma(t2, none).intoMemorySegment(sums, second + 2 * BLOCK_BYTES, ORDER);
            one.fma(t3, none).intoMemorySegment(sums, second + 3 * BLOCK_BYTES, ORDER);
            one.fma(t4, none).intoMemorySegment(sums, second + 4 * BLOCK_BYTES, ORDER);
        }
    }

    /// Two parts, or the only one, of the sums of one output.
    private static void one(MemorySegment sums, long at, MemorySegment x, long x0, MemorySegment w, long w0,
            int nBytes) {
        if (!sums.isNative() || !x.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s = FloatVector.zero(FLOATS);
        FloatVector t = FloatVector.zero(FLOATS);
        for (int i = 0; i != nBytes; i += STEP) {
            s = FloatVector.fromMemorySegment(FLOATS, x, x0 + i, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, w, w0 + i, ORDER), s);
            if (PARTS > 1) {
                t = FloatVector.fromMemorySegment(FLOATS, x, x0 + i + BYTES, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, w, w0 + i + BYTES, ORDER), t);
            }
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s, none).intoMemorySegment(sums, at, ORDER);
        if (PARTS > 1) {
            one.fma(t, none).intoMemorySegment(sums, at + BYTES, ORDER);
        }
    }
}
