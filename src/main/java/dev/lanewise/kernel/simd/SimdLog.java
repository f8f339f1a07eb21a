// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Logarithms of any floats in lanes, and of 1 + e, each a pass over memory that stays in L1.
final class SimdLog {
    private static final float SUBNORMAL_SCALE = 0x1p24f;
    private static final float SUBNORMAL_EXPONENT = 24f;

    private SimdLog() {
    }

    /// Replaces each value from byte `begin` to `end`, whole vectors, by its logarithm; see [ScalarMath#log].
    static void log(MemorySegment a, long begin, long end) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = begin; at < end; at += BYTES) {
            FloatVector x = FloatVector.fromMemorySegment(FLOATS, a, at, ORDER);
            IntVector bits = x.blend(x.mul(SUBNORMAL_SCALE), x.lt(Float.MIN_NORMAL)).reinterpretAsInts();
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
            FloatVector k = exponent.add(ScalarMath.ROUND_BITS).reinterpretAsFloats().sub(ScalarMath.ROUND);
            k = k.blend(k.sub(SUBNORMAL_EXPONENT), x.lt(Float.MIN_NORMAL));
            FloatVector head = k.mul(ScalarMath.LN2_HEAD);
            FloatVector sum = head.add(f);
            FloatVector lost = f.sub(sum.sub(head));
            lost = k.fma(FloatVector.broadcast(FLOATS, ScalarMath.LN2_TAIL), lost);
            FloatVector log = sum.add(q.fma(f.mul(f), lost));
            log = log.blend(Float.NaN, x.lt(0f));
            log = log.blend(Float.NEGATIVE_INFINITY, x.eq(0f));
            log = log.blend(x, x.compare(VectorOperators.NE, x));
            log.blend(x, x.eq(Float.POSITIVE_INFINITY)).intoMemorySegment(a, at, ORDER);
        }
    }

    /// Writes `1 + e` to `u`.
    static void onePlus(MemorySegment u, MemorySegment e, long begin, long end) {
        if (!u.isNative() || !e.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = begin; at < end; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, e, at, ORDER).add(1f).intoMemorySegment(u, at, ORDER);
        }
    }

    /// Replaces each `e` by `log(1 + e)`, from the logarithms of the rounded sums; see [ScalarMath#log1pUnit].
    static void log1pUnit(MemorySegment e, MemorySegment log, long begin, long end) {
        if (!e.isNative() || !log.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = begin; at < end; at += BYTES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, e, at, ORDER);
            FloatVector u = v.add(1f);
            FloatVector.fromMemorySegment(FLOATS, log, at, ORDER).add(v.sub(u.sub(1f)).div(u))
                    .intoMemorySegment(e, at, ORDER);
        }
    }

    /// Writes `1 - p` to `u`.
    static void rest(MemorySegment u, MemorySegment p, long begin, long end) {
        if (!u.isNative() || !p.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long at = begin; at < end; at += BYTES) {
            one.sub(FloatVector.fromMemorySegment(FLOATS, p, at, ORDER)).intoMemorySegment(u, at, ORDER);
        }
    }

    /// Replaces the logarithm of the rounded `1 - p` by that of the exact one; see [ScalarMath#logOfRest].
    static void logOfRest(MemorySegment log, MemorySegment p, long begin, long end) {
        if (!log.isNative() || !p.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long at = begin; at < end; at += BYTES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, p, at, ORDER);
            FloatVector u = one.sub(v);
            FloatVector lost = v.sub(one.sub(u));
            u = u.blend(Float.MIN_NORMAL, u.lt(Float.MIN_NORMAL));
            FloatVector.fromMemorySegment(FLOATS, log, at, ORDER).sub(lost.div(u)).intoMemorySegment(log, at, ORDER);
        }
    }
}
