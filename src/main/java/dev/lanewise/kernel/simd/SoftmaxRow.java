// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

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

    /// Writes `exp(x - m)` to `e`, 0 to its padding, and returns the maximum `m` of `cols` floats.
    ///
    /// If one value is NaN, the difference is NaN there, so is the sum, and so are all results. Which of two zeros is the
    /// greater does not show in them.
    static float exponentials(MemorySegment e, long eAt, MemorySegment x, long at, long rowBytes, int cols) {
        float m = max(x, at, cols);
        SimdMath.expUpToZero(e, eAt, x, at, rowBytes, m);
        Padding.clear(e, eAt, rowBytes, 0, 1, cols);
        return m;
    }

    /// The largest of `cols` floats that are no NaN.
    static float max(MemorySegment x, long at, int cols) {
        if (!x.isNative()) {
            throw NativeOnly.refused();
        }
        if (cols < LANES) {
            float m = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < cols; j++) {
                float v = x.get(JAVA_FLOAT_UNALIGNED, at + (long) j * Float.BYTES);
                m = m < v ? v : m;
            }
            return m;
        }
        FloatVector m0 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector m1 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector m2 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector m3 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        long last = at + (long) (cols - LANES) * Float.BYTES; // overlaps the vector before
        long b = at;
        for (; b < last - 3 * BYTES; b += 4 * BYTES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, b, ORDER);
            m0 = m0.blend(v, m0.lt(v));
            v = FloatVector.fromMemorySegment(FLOATS, x, b + BYTES, ORDER);
            m1 = m1.blend(v, m1.lt(v));
            v = FloatVector.fromMemorySegment(FLOATS, x, b + 2 * BYTES, ORDER);
            m2 = m2.blend(v, m2.lt(v));
            v = FloatVector.fromMemorySegment(FLOATS, x, b + 3 * BYTES, ORDER);
            m3 = m3.blend(v, m3.lt(v));
        }
        // maxima that come out of a loop are used as sums that do: see the page of this package
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        FloatVector m = FloatVector.fromMemorySegment(FLOATS, x, last, ORDER);
        FloatVector other = one.fma(m0, none);
        m = other.blend(m, other.lt(m));
        other = one.fma(m1, none);
        m = m.blend(other, m.lt(other));
        other = one.fma(m2, none);
        m = m.blend(other, m.lt(other));
        other = one.fma(m3, none);
        m = m.blend(other, m.lt(other));
        for (; b < last; b += BYTES) {
            other = FloatVector.fromMemorySegment(FLOATS, x, b, ORDER);
            m = m.blend(other, m.lt(other));
        }
        m = one.fma(m, none);
        if (LANES == BLOCK) {
            other = m.rearrange(EIGHT);
            m = m.blend(other, m.lt(other));
        }
        if (LANES >= BLOCK / 2) {
            other = m.rearrange(FOUR);
            m = m.blend(other, m.lt(other));
        }
        other = m.rearrange(TWO);
        m = m.blend(other, m.lt(other));
        other = m.rearrange(ONE);
        m = m.blend(other, m.lt(other));
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
