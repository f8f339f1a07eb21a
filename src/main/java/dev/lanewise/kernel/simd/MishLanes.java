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

/// [SmoothMath#mish] and its slope in lanes, operation for operation.
final class MishLanes {
    private MishLanes() {
    }

    /// `y = x * tanh(log(1 + e^x))` from byte `begin` to `end`, whole vectors; `y` may be `x`.
    static void mish(MemorySegment y, MemorySegment x, long begin, long end) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        DoubleVector two = broadcast(DOUBLES, 2);
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector c = v.abs().neg();
            c = c.max(EXP_LOWEST);
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
            LongVector minus = v.reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            DoubleVector a = e.add(e).add(one).reinterpretAsLongs()
                    .lanewise(BITWISE_BLEND, e.mul(e.add(2)).reinterpretAsLongs(), minus).reinterpretAsDoubles();
            DoubleVector b = e.mul(2).mul(e).reinterpretAsLongs()
                    .lanewise(BITWISE_BLEND, two.reinterpretAsLongs(), minus).reinterpretAsDoubles();
            LongVector bits = v.mul(a.div(a.add(b))).convertShape(D2F, FLOATS, 0).reinterpretAsLongs();
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
        DoubleVector two = broadcast(DOUBLES, 2);
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector c = v.abs().neg();
            c = c.max(EXP_LOWEST);
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
            LongVector minus = v.reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            DoubleVector a = e.add(e).add(one).reinterpretAsLongs()
                    .lanewise(BITWISE_BLEND, e.mul(e.add(2)).reinterpretAsLongs(), minus).reinterpretAsDoubles();
            DoubleVector b = e.mul(2).mul(e).reinterpretAsLongs()
                    .lanewise(BITWISE_BLEND, two.reinterpretAsLongs(), minus).reinterpretAsDoubles();
            DoubleVector inverse = one.div(a.add(b));
            DoubleVector tanh = a.mul(inverse);
            DoubleVector sigmoid = one.reinterpretAsLongs().lanewise(BITWISE_BLEND, e.reinterpretAsLongs(), minus)
                    .reinterpretAsDoubles().div(e.add(one));
            DoubleVector slope = v.fma(sigmoid.mul(b.mul(inverse).mul(tanh.add(one))), tanh);
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
