// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.ScalarMath.EXP_2;
import static dev.lanewise.kernel.ScalarMath.EXP_3;
import static dev.lanewise.kernel.ScalarMath.EXP_4;
import static dev.lanewise.kernel.ScalarMath.EXP_5;
import static dev.lanewise.kernel.ScalarMath.EXP_6;
import static dev.lanewise.kernel.ScalarMath.EXP_MAX;
import static dev.lanewise.kernel.ScalarMath.EXP_MIN;
import static dev.lanewise.kernel.ScalarMath.LN2;
import static dev.lanewise.kernel.ScalarMath.LN2_REST;
import static dev.lanewise.kernel.ScalarMath.LOG2_E;
import static dev.lanewise.kernel.ScalarMath.MAGNITUDE;
import static dev.lanewise.kernel.ScalarMath.ROUND;
import static dev.lanewise.kernel.ScalarMath.TANH_11;
import static dev.lanewise.kernel.ScalarMath.TANH_3;
import static dev.lanewise.kernel.ScalarMath.TANH_5;
import static dev.lanewise.kernel.ScalarMath.TANH_7;
import static dev.lanewise.kernel.ScalarMath.TANH_9;
import static dev.lanewise.kernel.ScalarMath.TANH_EXP;
import static dev.lanewise.kernel.ScalarMath.TANH_MAX;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// [ScalarMath] in lanes, operation for operation.
///
/// The methods work on memory and call nothing but the vector API. A method from vector to vector would be compiled on
/// its own before its callers, and then be too large for them to inline: each of its vectors would be an object. Hence
/// the exponential, which the others are made of, stands in each of them.
final class SimdMath {
    private static final int TWO_TO_64_BITS = (64 + 127) << 23;

    private SimdMath() {
    }

    /// Replaces each value from byte `begin` to `end`, whole vectors, by its exponential; see [ScalarMath#exp].
    static void exp(MemorySegment a, long begin, long end) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = begin; at < end; at += BYTES) {
            FloatVector x = FloatVector.fromMemorySegment(FLOATS, a, at, ORDER);
            x = x.blend(EXP_MIN, x.lt(EXP_MIN));
            x = x.blend(EXP_MAX, x.compare(VectorOperators.GT, EXP_MAX));
            FloatVector t = x.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUND));
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2), x);
            r = n.fma(FloatVector.broadcast(FLOATS, -LN2_REST), r);
            FloatVector q = FloatVector.broadcast(FLOATS, EXP_6);
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_5));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_4));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_3));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_2));
            FloatVector sum = r.add(1f);
            FloatVector lost = r.sub(sum.sub(1f));
            FloatVector p = sum.add(q.fma(r.mul(r), lost));
            IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            IntVector rest = exponent.sub(half);
            p = p.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p = p.mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p.intoMemorySegment(a, at, ORDER);
        }
    }

    /// Writes `exp(x - m)` for `nBytes`, whole vectors; `y` may be `x`. Where a difference is larger than 0, anything is
    /// written.
    ///
    /// So nothing overflows, and one power of two, 2^64 times too large, serves for all results: what it multiplies stays
    /// exact, and the factor 2^-64 rounds once, as in [#exp].
    static void expUpToZero(MemorySegment y, long yAt, MemorySegment x, long xAt, long nBytes, float m) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < nBytes; b += BYTES) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, xAt + b, ORDER).sub(m);
            d = d.blend(EXP_MIN, d.lt(EXP_MIN));
            FloatVector t = d.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUND));
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2), d);
            r = n.fma(FloatVector.broadcast(FLOATS, -LN2_REST), r);
            FloatVector q = FloatVector.broadcast(FLOATS, EXP_6);
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_5));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_4));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_3));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_2));
            FloatVector sum = r.add(1f);
            q = q.fma(r.mul(r), r.sub(sum.sub(1f)));
            // the low bits of ROUND are zero: what is left of t is n
            IntVector power = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(TWO_TO_64_BITS);
            q = q.fma(power.reinterpretAsFloats(), sum.mul(power.reinterpretAsFloats()));
            q.mul(0x1p-64f).intoMemorySegment(y, yAt + b, ORDER);
        }
    }

    /// `y = sigmoid(x)` from byte `begin` to `end`, whole vectors; `y` may be `x`. See [ScalarMath#sigmoid].
    static void sigmoid(MemorySegment y, MemorySegment x, long begin, long end) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long at = begin; at < end; at += BYTES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
            FloatVector c = v.reinterpretAsInts().or(~MAGNITUDE).reinterpretAsFloats();
            c = c.blend(EXP_MIN, c.lt(EXP_MIN));
            FloatVector t = c.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUND));
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2), c);
            r = n.fma(FloatVector.broadcast(FLOATS, -LN2_REST), r);
            FloatVector q = FloatVector.broadcast(FLOATS, EXP_6);
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_5));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_4));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_3));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_2));
            FloatVector s = r.add(1f);
            FloatVector e = s.add(q.fma(r.mul(r), r.sub(s.sub(1f))));
            IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            IntVector rest = exponent.sub(half);
            e = e.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            e = e.mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            FloatVector sum = e.add(1f);
            FloatVector lost = e.sub(sum.sub(1f));
            FloatVector dividend = one.blend(e, v.lt(0f));
            FloatVector inverse = one.div(sum);
            FloatVector quotient = dividend.mul(inverse);
            FloatVector minus = quotient.neg();
            minus.fma(lost, minus.fma(sum, dividend)).fma(inverse, quotient).intoMemorySegment(y, at, ORDER);
        }
    }

    /// `y = tanh(x)` from byte `begin` to `end`, whole vectors; `y` may be `x`. See [ScalarMath#tanh]. The exponents
    /// are small here: a power of two in one factor is as exact as in two.
    static void tanh(MemorySegment y, MemorySegment x, long begin, long end) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = begin; at < end; at += BYTES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
            FloatVector a = v.reinterpretAsInts().and(MAGNITUDE).reinterpretAsFloats();
            FloatVector c = a.blend(TANH_MAX, a.compare(VectorOperators.GT, TANH_MAX));
            c = c.add(c);
            FloatVector t = c.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUND));
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2), c);
            r = n.fma(FloatVector.broadcast(FLOATS, -LN2_REST), r);
            FloatVector q = FloatVector.broadcast(FLOATS, EXP_6);
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_5));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_4));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_3));
            q = q.fma(r, FloatVector.broadcast(FLOATS, EXP_2));
            FloatVector s = r.add(1f);
            FloatVector e = s.add(q.fma(r.mul(r), r.sub(s.sub(1f))));
            IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
            e = e.mul(exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            FloatVector large = FloatVector.broadcast(FLOATS, 1f)
                    .sub(FloatVector.broadcast(FLOATS, 2f).div(e.add(1f)));
            FloatVector z = a.mul(a);
            FloatVector p = FloatVector.broadcast(FLOATS, TANH_11);
            p = p.fma(z, FloatVector.broadcast(FLOATS, TANH_9));
            p = p.fma(z, FloatVector.broadcast(FLOATS, TANH_7));
            p = p.fma(z, FloatVector.broadcast(FLOATS, TANH_5));
            p = p.fma(z, FloatVector.broadcast(FLOATS, TANH_3));
            FloatVector small = a.mul(z).fma(p, a);
            large.blend(small, a.lt(TANH_EXP)).reinterpretAsInts().or(v.reinterpretAsInts().and(~MAGNITUDE))
                    .intoMemorySegment(y, at, ORDER);
        }
    }

    /// Replaces each value from byte `begin` to `end` by its logarithm; see [ScalarMath#log]. The values are NaN or
    /// finite and at least 1, as a sum of exponentials of differences from the largest is.
    static void logFromOne(MemorySegment a, long begin, long end) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        long at = begin;
        for (; at <= end - BYTES; at += BYTES) {
            FloatVector x = FloatVector.fromMemorySegment(FLOATS, a, at, ORDER);
            IntVector bits = x.reinterpretAsInts();
            IntVector exponent = bits.sub(ScalarMath.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
            FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
            FloatVector q = FloatVector.broadcast(FLOATS, ScalarMath.LOG_10);
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_9));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_8));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_7));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_6));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_5));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_4));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_3));
            q = q.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.LOG_2));
            // an exponent in the low bits of ROUND is one of the floats around it
            FloatVector k = exponent.add(ScalarMath.ROUND_BITS).reinterpretAsFloats().sub(ROUND);
            FloatVector head = k.mul(ScalarMath.LN2_HEAD);
            FloatVector sum = head.add(f);
            FloatVector lost = f.sub(sum.sub(head));
            lost = k.fma(FloatVector.broadcast(FLOATS, ScalarMath.LN2_TAIL), lost);
            FloatVector log = sum.add(q.fma(f.mul(f), lost));
            log.blend(x, x.compare(VectorOperators.NE, x)).intoMemorySegment(a, at, ORDER);
        }
        for (; at < end; at += Float.BYTES) {
            a.set(JAVA_FLOAT_UNALIGNED, at, ScalarMath.log(a.get(JAVA_FLOAT_UNALIGNED, at)));
        }
    }
}
