// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.SmoothMath.EXPONENT_SHIFT;
import static dev.lanewise.kernel.SmoothMath.EXP_2;
import static dev.lanewise.kernel.SmoothMath.EXP_3;
import static dev.lanewise.kernel.SmoothMath.EXP_4;
import static dev.lanewise.kernel.SmoothMath.EXP_5;
import static dev.lanewise.kernel.SmoothMath.EXP_6;
import static dev.lanewise.kernel.SmoothMath.EXP_7;
import static dev.lanewise.kernel.SmoothMath.LN2;
import static dev.lanewise.kernel.SmoothMath.LOG2_E;
import static dev.lanewise.kernel.SmoothMath.NORMAL;
import static dev.lanewise.kernel.SmoothMath.ROUND;
import static dev.lanewise.kernel.SmoothMath.TAIL_MAX;
import static dev.lanewise.kernel.SmoothMath.TAIL_P0;
import static dev.lanewise.kernel.SmoothMath.TAIL_P1;
import static dev.lanewise.kernel.SmoothMath.TAIL_P2;
import static dev.lanewise.kernel.SmoothMath.TAIL_P3;
import static dev.lanewise.kernel.SmoothMath.TAIL_P4;
import static dev.lanewise.kernel.SmoothMath.TAIL_P5;
import static dev.lanewise.kernel.SmoothMath.TAIL_Q1;
import static dev.lanewise.kernel.SmoothMath.TAIL_Q2;
import static dev.lanewise.kernel.SmoothMath.TAIL_Q3;
import static dev.lanewise.kernel.SmoothMath.TAIL_Q4;
import static dev.lanewise.kernel.SmoothMath.TAIL_Q5;
import static dev.lanewise.kernel.SmoothMath.TAIL_Q6;
import static dev.lanewise.kernel.simd.Lanes.DOUBLES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.SIGN_SHIFT;
import static dev.lanewise.kernel.simd.Lanes.SINGLES;
import static dev.lanewise.kernel.simd.Lanes.SINGLES_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static jdk.incubator.vector.DoubleVector.broadcast;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.BITWISE_BLEND;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.lanewise.kernel.SmoothMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;

/// [SmoothMath#gelu] and its slope in lanes, operation for operation. The largest magnitude keeps the exponent in range.
final class GeluLanes {
    private GeluLanes() {
    }

    /// `y = x * Phi(x)` from byte `begin` to `end`, whole vectors; `y` may be `x`.
    static void gelu(MemorySegment y, MemorySegment x, long begin, long end) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector a = v.abs();
            a = a.min(TAIL_MAX);
            DoubleVector c = a.mul(a).mul(-0.5);
            DoubleVector t = c.fma(broadcast(DOUBLES, LOG2_E), broadcast(DOUBLES, ROUND));
            DoubleVector r = t.sub(ROUND).fma(broadcast(DOUBLES, -LN2), c);
            DoubleVector power = t.reinterpretAsLongs().lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsDoubles();
            DoubleVector q = broadcast(DOUBLES, EXP_7);
            q = q.fma(r, broadcast(DOUBLES, EXP_6));
            q = q.fma(r, broadcast(DOUBLES, EXP_5));
            q = q.fma(r, broadcast(DOUBLES, EXP_4));
            q = q.fma(r, broadcast(DOUBLES, EXP_3));
            q = q.fma(r, broadcast(DOUBLES, EXP_2));
            q = q.fma(r, one);
            DoubleVector e = power.mul(q.fma(r, one));
            DoubleVector dividend = broadcast(DOUBLES, TAIL_P5);
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P4));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P3));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P2));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P1));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P0));
            DoubleVector divisor = broadcast(DOUBLES, TAIL_Q6);
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q5));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q4));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q3));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q2));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q1));
            divisor = divisor.fma(a, one);
            DoubleVector tail = e.mul(dividend.div(divisor));
            LongVector minus = v.reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            tail = one.sub(tail).reinterpretAsLongs().lanewise(BITWISE_BLEND, tail.reinterpretAsLongs(), minus)
                    .reinterpretAsDoubles();
            LongVector bits = v.mul(tail).convertShape(D2F, FLOATS, 0).reinterpretAsLongs();
            y.set(JAVA_LONG_UNALIGNED, at, bits.lane(0));
            if (LANES > 4) {
                y.set(JAVA_LONG_UNALIGNED, at + 8, bits.lane(1));
            }
            if (LANES > 8) {
                y.set(JAVA_LONG_UNALIGNED, at + 16, bits.lane(2));
                y.set(JAVA_LONG_UNALIGNED, at + 24, bits.lane(3));
            }
        }
    }

    /// `dX = dY` times the slope at `x`; `dX` may be `dY` or `x`.
    static void gradient(MemorySegment dX, MemorySegment dY, MemorySegment x, long begin, long end) {
        if (!dX.isNative() || !dY.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector a = v.abs();
            a = a.min(TAIL_MAX);
            DoubleVector c = a.mul(a).mul(-0.5);
            DoubleVector t = c.fma(broadcast(DOUBLES, LOG2_E), broadcast(DOUBLES, ROUND));
            DoubleVector r = t.sub(ROUND).fma(broadcast(DOUBLES, -LN2), c);
            DoubleVector power = t.reinterpretAsLongs().lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsDoubles();
            DoubleVector q = broadcast(DOUBLES, EXP_7);
            q = q.fma(r, broadcast(DOUBLES, EXP_6));
            q = q.fma(r, broadcast(DOUBLES, EXP_5));
            q = q.fma(r, broadcast(DOUBLES, EXP_4));
            q = q.fma(r, broadcast(DOUBLES, EXP_3));
            q = q.fma(r, broadcast(DOUBLES, EXP_2));
            q = q.fma(r, one);
            DoubleVector e = power.mul(q.fma(r, one));
            DoubleVector dividend = broadcast(DOUBLES, TAIL_P5);
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P4));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P3));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P2));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P1));
            dividend = dividend.fma(a, broadcast(DOUBLES, TAIL_P0));
            DoubleVector divisor = broadcast(DOUBLES, TAIL_Q6);
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q5));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q4));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q3));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q2));
            divisor = divisor.fma(a, broadcast(DOUBLES, TAIL_Q1));
            divisor = divisor.fma(a, one);
            DoubleVector tail = e.mul(dividend.div(divisor));
            LongVector minus = v.reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            tail = one.sub(tail).reinterpretAsLongs().lanewise(BITWISE_BLEND, tail.reinterpretAsLongs(), minus)
                    .reinterpretAsDoubles();
            LongVector bits = FloatVector.fromMemorySegment(SINGLES, dY, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles()
                    .mul(v.fma(e.mul(NORMAL), tail)).convertShape(D2F, FLOATS, 0).reinterpretAsLongs();
            dX.set(JAVA_LONG_UNALIGNED, at, bits.lane(0));
            if (LANES > 4) {
                dX.set(JAVA_LONG_UNALIGNED, at + 8, bits.lane(1));
            }
            if (LANES > 8) {
                dX.set(JAVA_LONG_UNALIGNED, at + 16, bits.lane(2));
                dX.set(JAVA_LONG_UNALIGNED, at + 24, bits.lane(3));
            }
        }
    }
}
