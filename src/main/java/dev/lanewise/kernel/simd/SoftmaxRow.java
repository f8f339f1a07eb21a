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
import jdk.incubator.vector.VectorShuffle;

/// One row of a softmax: `rowBytes`, whole blocks, from the byte offset `at`.
///
/// Only floats cross the borders of these methods, and they call nothing but the vector API: in a large caller the
/// compiler would stop inlining helpers, and a vector handed to one would become an object.
final class SoftmaxRow {
    // lane l takes lane l + 8, and so on, round about
    static final VectorShuffle<Float> EIGHT = rotation(8);
    static final VectorShuffle<Float> FOUR = rotation(4);
    static final VectorShuffle<Float> TWO = rotation(2);
    private static final VectorShuffle<Float> ONE = rotation(1);

    private SoftmaxRow() {
    }

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane + by) & (LANES - 1));
    }

    /// Replaces each value `x` by `x - m` and returns the maximum `m`. The padding is -infinity, before and after.
    ///
    /// If one value is NaN, `m` may or may not be: the difference is NaN there, so is the sum, and so are all results.
    /// Which of two zeros is the greater does not show in them either.
    static float subtractMax(MemorySegment x, long at, long rowBytes) {
        if (!x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector m = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
        for (long b = BYTES; b < rowBytes; b += BYTES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER);
            m = m.blend(v, m.lt(v));
        }
        FloatVector turned;
        if (LANES == BLOCK) {
            turned = m.rearrange(EIGHT);
            m = m.blend(turned, m.lt(turned));
        }
        if (LANES >= BLOCK / 2) {
            turned = m.rearrange(FOUR);
            m = m.blend(turned, m.lt(turned));
        }
        turned = m.rearrange(TWO);
        m = m.blend(turned, m.lt(turned));
        turned = m.rearrange(ONE);
        m = m.blend(turned, m.lt(turned));
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER).sub(m).intoMemorySegment(x, at + b, ORDER);
        }
        return m.lane(0);
    }

    /// The sum of the row: sixteen partial sums, folded. (With fewer than four parts some of them stay 0.)
    static float sum(MemorySegment x, long at, long rowBytes) {
        if (!x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (long b = 0; b < rowBytes; b += BLOCK_BYTES) {
            s0 = s0.add(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER));
            if (PARTS > 1) {
                s1 = s1.add(FloatVector.fromMemorySegment(FLOATS, x, at + b + BYTES, ORDER));
            }
            if (PARTS > 2) {
                s2 = s2.add(FloatVector.fromMemorySegment(FLOATS, x, at + b + 2 * BYTES, ORDER));
                s3 = s3.add(FloatVector.fromMemorySegment(FLOATS, x, at + b + 3 * BYTES, ORDER));
            }
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        FloatVector s = one.fma(s0, none);
        s = PARTS == 2 ? s.add(one.fma(s1, none)) : s;
        s = PARTS == 4 ? s.add(one.fma(s2, none)).add(one.fma(s1, none).add(one.fma(s3, none))) : s;
        s = LANES == BLOCK ? s.add(s.rearrange(EIGHT)) : s;
        s = LANES >= BLOCK / 2 ? s.add(s.rearrange(FOUR)) : s;
        s = s.add(s.rearrange(TWO));
        return s.lane(0) + s.lane(1);
    }

    /// `sum_j y[j] * (logS - (x[j] - m))`: sixteen partial sums, folded. The padding of both rows is +0.0.
    static float crossEntropy(MemorySegment x, long at, MemorySegment y, long yAt, long rowBytes, float m, float logS) {
        if (!x.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector log = FloatVector.broadcast(FLOATS, logS);
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (long b = 0; b < rowBytes; b += BLOCK_BYTES) {
            FloatVector v = log.sub(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER).sub(m));
            s0 = v.fma(FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER), s0);
            if (PARTS > 1) {
                v = log.sub(FloatVector.fromMemorySegment(FLOATS, x, at + b + BYTES, ORDER).sub(m));
                s1 = v.fma(FloatVector.fromMemorySegment(FLOATS, y, yAt + b + BYTES, ORDER), s1);
            }
            if (PARTS > 2) {
                v = log.sub(FloatVector.fromMemorySegment(FLOATS, x, at + b + 2 * BYTES, ORDER).sub(m));
                s2 = v.fma(FloatVector.fromMemorySegment(FLOATS, y, yAt + b + 2 * BYTES, ORDER), s2);
                v = log.sub(FloatVector.fromMemorySegment(FLOATS, x, at + b + 3 * BYTES, ORDER).sub(m));
                s3 = v.fma(FloatVector.fromMemorySegment(FLOATS, y, yAt + b + 3 * BYTES, ORDER), s3);
            }
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        FloatVector s = one.fma(s0, none);
        s = PARTS == 2 ? s.add(one.fma(s1, none)) : s;
        s = PARTS == 4 ? s.add(one.fma(s2, none)).add(one.fma(s1, none).add(one.fma(s3, none))) : s;
        s = LANES == BLOCK ? s.add(s.rearrange(EIGHT)) : s;
        s = LANES >= BLOCK / 2 ? s.add(s.rearrange(FOUR)) : s;
        s = s.add(s.rearrange(TWO));
        return s.lane(0) + s.lane(1);
    }

    /// Replaces each exponential `e` by `e / s * factor`.
    static void divide(MemorySegment e, long at, long rowBytes, float s, float factor) {
        if (!e.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, e, at + b, ORDER).div(s).mul(factor).intoMemorySegment(e, at + b,
                    ORDER);
        }
    }

    /// Replaces each exponential `e` by `fma(e / s, t, -y) * factor`.
    static void divideSubtract(MemorySegment e, long at, MemorySegment y, long yAt, long rowBytes, float s, float t,
            float factor) {
        if (!e.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector total = FloatVector.broadcast(FLOATS, t);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector p = FloatVector.fromMemorySegment(FLOATS, e, at + b, ORDER).div(s);
            p.fma(total, FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER).neg()).mul(factor)
                    .intoMemorySegment(e, at + b, ORDER);
        }
    }
}
