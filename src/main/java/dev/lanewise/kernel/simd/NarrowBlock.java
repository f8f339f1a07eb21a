// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Narrow layers of one block of inputs, sixteen at most. A dot product is one multiply-add a vector here and its fold
/// is most of the work, so nothing goes through scratch, and the weights or the sums of an output stay in registers.
final class NarrowBlock {
    static final VectorShuffle<Float> EIGHT = rotation(8);
    static final VectorShuffle<Float> FOUR = rotation(4);
    static final VectorShuffle<Float> TWO = rotation(2);

    private NarrowBlock() {
    }

    static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane + by) & (LANES - 1));
    }

    /// Writes the outputs of the rows `first .. last - 1`; their padding is left alone. (With fewer than four parts
    /// some of the sums stay 0.)
    static void forward(MemorySegment y, long yRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment w, long wRowBytes, MemorySegment bias, int first, int last, int out) {
        if (!y.isNative() || !x.isNative() || !w.isNative() || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int o = 0; o < out; o++) {
            long wAt = o * wRowBytes;
            float b = bias.get(JAVA_FLOAT_UNALIGNED, (long) o * Float.BYTES);
            FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, wAt, ORDER);
            FloatVector w1 = PARTS > 1 ? FloatVector.fromMemorySegment(FLOATS, w, wAt + BYTES, ORDER) : zero;
            FloatVector w2 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, w, wAt + 2 * BYTES, ORDER) : zero;
            FloatVector w3 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, w, wAt + 3 * BYTES, ORDER) : zero;
            for (int r = first; r < last; r++) {
                long at = RowIndex.row(index, from, r) * xRowBytes;
                FloatVector s = w0.fma(FloatVector.fromMemorySegment(FLOATS, x, at, ORDER), zero);
                if (PARTS == 2) {
                    s = s.add(w1.fma(FloatVector.fromMemorySegment(FLOATS, x, at + BYTES, ORDER), zero));
                }
                if (PARTS > 2) {
                    s = s.add(w2.fma(FloatVector.fromMemorySegment(FLOATS, x, at + 2 * BYTES, ORDER), zero));
                    s = s.add(w1.fma(FloatVector.fromMemorySegment(FLOATS, x, at + BYTES, ORDER), zero)
                            .add(w3.fma(FloatVector.fromMemorySegment(FLOATS, x, at + 3 * BYTES, ORDER), zero)));
                }
                s = LANES == BLOCK ? s.add(s.rearrange(EIGHT)) : s;
                s = LANES >= BLOCK / 2 ? s.add(s.rearrange(FOUR)) : s;
                s = s.add(s.rearrange(TWO));
                y.set(JAVA_FLOAT_UNALIGNED, r * yRowBytes + (long) o * Float.BYTES, s.lane(0) + s.lane(1) + b);
            }
        }
    }

    /// Adds the products of the rows `first .. last - 1` to the gradient, whose padding becomes anything.
    static void gradient(MemorySegment g, long gRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment dY, long dYRowBytes, int first, int last, int out) {
        if (!g.isNative() || !x.isNative() || !dY.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int o = 0; o < out; o++) {
            long gAt = o * gRowBytes;
            FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, gAt, ORDER);
            FloatVector s1 = PARTS > 1 ? FloatVector.fromMemorySegment(FLOATS, g, gAt + BYTES, ORDER) : zero;
            FloatVector s2 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, g, gAt + 2 * BYTES, ORDER) : zero;
            FloatVector s3 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, g, gAt + 3 * BYTES, ORDER) : zero;
            int r = first;
            long end = last * dYRowBytes;
            for (long row = first * dYRowBytes; row != end; row += dYRowBytes) { // each turn waits for the one before
                long at = RowIndex.row(index, from, r++) * xRowBytes;
                FloatVector k = FloatVector.broadcast(FLOATS,
                        dY.get(JAVA_FLOAT_UNALIGNED, row + (long) o * Float.BYTES));
                s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, at, ORDER), s0);
                if (PARTS > 1) {
                    s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, at + BYTES, ORDER), s1);
                }
                if (PARTS > 2) {
                    s2 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, at + 2 * BYTES, ORDER), s2);
                    s3 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, at + 3 * BYTES, ORDER), s3);
                }
            }
            FloatVector one = FloatVector.broadcast(FLOATS, 1f);
            FloatVector none = FloatVector.broadcast(FLOATS, -0f);
            one.fma(s0, none).intoMemorySegment(g, gAt, ORDER);
            if (PARTS > 1) {
                one.fma(s1, none).intoMemorySegment(g, gAt + BYTES, ORDER);
            }
            if (PARTS > 2) {
                one.fma(s2, none).intoMemorySegment(g, gAt + 2 * BYTES, ORDER);
                one.fma(s3, none).intoMemorySegment(g, gAt + 3 * BYTES, ORDER);
            }
        }
    }
}
