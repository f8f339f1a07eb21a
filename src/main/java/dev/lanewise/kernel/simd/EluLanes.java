// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.SmoothMath.EXPONENT_SHIFT;
import static dev.lanewise.kernel.SmoothMath.EXP_2;
import static dev.lanewise.kernel.SmoothMath.EXP_3;
import static dev.lanewise.kernel.SmoothMath.EXP_4;
import static dev.lanewise.kernel.SmoothMath.EXP_5;
import static dev.lanewise.kernel.SmoothMath.EXP_6;
import static dev.lanewise.kernel.SmoothMath.EXP_7;
import static dev.lanewise.kernel.SmoothMath.EXP_LOWEST;
import static dev.lanewise.kernel.SmoothMath.LN2;
import static dev.lanewise.kernel.SmoothMath.LOG2_E;
import static dev.lanewise.kernel.SmoothMath.ROUND;
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

/// [SmoothMath#elu] and its slope in lanes, operation for operation.
final class EluLanes {
    private EluLanes() {
    }

    /// `y = x >= 0 ? positive * x : negative * (e^x - 1)` from byte `begin` to `end`, whole vectors; `y` may be `x`.
    static void elu(MemorySegment y, MemorySegment x, long begin, long end, double positive, double negative) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector c = v;
            c = c.max(EXP_LOWEST).min(0);
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
            DoubleVector below = power.fma(r.mul(q), power.sub(one)).mul(negative);
            LongVector bits = v.max(0).mul(positive).add(below).convertShape(D2F, FLOATS, 0).reinterpretAsLongs();
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
    static void gradient(MemorySegment dX, MemorySegment dY, MemorySegment x, long begin, long end, double positive,
            double negative) {
        if (!dX.isNative() || !dY.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        LongVector above = broadcast(DOUBLES, positive).reinterpretAsLongs();
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector c = v;
            c = c.max(EXP_LOWEST).min(0);
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
            LongVector plus = DoubleVector.zero(DOUBLES).sub(v).reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            DoubleVector slope = broadcast(DOUBLES, negative).reinterpretAsLongs()
                    .lanewise(BITWISE_BLEND, above, plus).reinterpretAsDoubles().mul(e);
            LongVector bits = FloatVector.fromMemorySegment(SINGLES, dY, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles()
                    .mul(slope).convertShape(D2F, FLOATS, 0).reinterpretAsLongs();
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
