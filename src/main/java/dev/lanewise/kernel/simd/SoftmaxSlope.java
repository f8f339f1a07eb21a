// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One row of the gradient of a softmax: `rowBytes`, whole blocks, from the byte offset `at`. Only floats cross the
/// borders of these methods, as in [SoftmaxRow].
final class SoftmaxSlope {
    private SoftmaxSlope() {
    }

    /// The dot product of two rows: sixteen partial sums, folded. Their padding is +0.0.
    static float dot(MemorySegment a, MemorySegment b, long at, long rowBytes) {
        if (!a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (long block = at; block < at + rowBytes; block += BLOCK_BYTES) {
            s0 = FloatVector.fromMemorySegment(FLOATS, a, block, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, b, block, ORDER), s0);
            if (PARTS > 1) {
                s1 = FloatVector.fromMemorySegment(FLOATS, a, block + BYTES, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, b, block + BYTES, ORDER), s1);
            }
            if (PARTS > 2) {
                s2 = FloatVector.fromMemorySegment(FLOATS, a, block + 2 * BYTES, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, b, block + 2 * BYTES, ORDER), s2);
                s3 = FloatVector.fromMemorySegment(FLOATS, a, block + 3 * BYTES, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, b, block + 3 * BYTES, ORDER), s3);
            }
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        FloatVector s = one.fma(s0, none);
        s = PARTS == 2 ? s.add(one.fma(s1, none)) : s;
        s = PARTS == 4 ? s.add(one.fma(s2, none)).add(one.fma(s1, none).add(one.fma(s3, none))) : s;
        s = LANES == BLOCK ? s.add(s.rearrange(SoftmaxRow.EIGHT)) : s;
        s = LANES >= BLOCK / 2 ? s.add(s.rearrange(SoftmaxRow.FOUR)) : s;
        s = s.add(s.rearrange(SoftmaxRow.TWO));
        return s.lane(0) + s.lane(1);
    }

    /// `dX = (dY - s) * y`.
    static void ofProbabilities(MemorySegment dX, MemorySegment dY, MemorySegment y, long at, long rowBytes, float s) {
        if (!dX.isNative() || !dY.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = at; b < at + rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, dY, b, ORDER).sub(s)
                    .mul(FloatVector.fromMemorySegment(FLOATS, y, b, ORDER)).intoMemorySegment(dX, b, ORDER);
        }
    }

    /// `dX = fma(-p, s, dY)`; the probabilities `p` begin at `pAt`.
    static void ofLogarithms(MemorySegment dX, MemorySegment dY, long at, MemorySegment p, long pAt, long rowBytes,
            float s) {
        if (!dX.isNative() || !dY.isNative() || !p.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector sum = FloatVector.broadcast(FLOATS, s);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, p, pAt + b, ORDER).neg()
                    .fma(sum, FloatVector.fromMemorySegment(FLOATS, dY, at + b, ORDER))
                    .intoMemorySegment(dX, at + b, ORDER);
        }
    }

    /// `y = x - m - s`.
    static void subtract(MemorySegment y, MemorySegment x, long at, long rowBytes, float m, float s) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = at; b < at + rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, x, b, ORDER).sub(m).sub(s).intoMemorySegment(y, b, ORDER);
        }
    }
}
