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
import static dev.lanewise.kernel.SmoothMath.LOG_11;
import static dev.lanewise.kernel.SmoothMath.LOG_3;
import static dev.lanewise.kernel.SmoothMath.LOG_5;
import static dev.lanewise.kernel.SmoothMath.LOG_7;
import static dev.lanewise.kernel.SmoothMath.LOG_9;
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

/// [SmoothMath#softplus] and its slope in lanes, operation for operation.
final class SoftplusLanes {
    private SoftplusLanes() {
    }

    /// `y = beta * x > threshold ? x : log(1 + e^(beta * x)) / beta` from byte `begin` to `end`, whole vectors; `y` may be `x`.
    static void softplus(MemorySegment y, MemorySegment x, long begin, long end, double beta, double threshold) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        double inverse = 1 / beta;
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector z = v.mul(beta);
            DoubleVector c = z.abs().neg();
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
            DoubleVector w = e.div(e.add(2));
            DoubleVector s = w.mul(w);
            DoubleVector p = broadcast(DOUBLES, LOG_11);
            p = p.fma(s, broadcast(DOUBLES, LOG_9));
            p = p.fma(s, broadcast(DOUBLES, LOG_7));
            p = p.fma(s, broadcast(DOUBLES, LOG_5));
            p = p.fma(s, broadcast(DOUBLES, LOG_3));
            DoubleVector log = w.mul(s.fma(p, broadcast(DOUBLES, 2)));
            DoubleVector sum = z.max(0).add(log);
            LongVector beyond = broadcast(DOUBLES, threshold).sub(z).reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            // -0 becomes +0 after rounding to float
            LongVector bits = sum.mul(inverse).reinterpretAsLongs()
                    .lanewise(BITWISE_BLEND, v.reinterpretAsLongs(), beyond).reinterpretAsDoubles()
                    .convertShape(D2F, FLOATS, 0).reinterpretAsFloats().add(0).reinterpretAsLongs();
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
    static void gradient(MemorySegment dX, MemorySegment dY, MemorySegment x, long begin, long end, double beta,
            double threshold) {
        if (!dX.isNative() || !dY.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector one = broadcast(DOUBLES, 1);
        for (long at = begin; at < end; at += SINGLES_BYTES) {
            DoubleVector v = FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES, 0)
                    .reinterpretAsDoubles();
            DoubleVector z = v.mul(beta);
            DoubleVector c = z.abs().neg();
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
            LongVector minus = z.reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            LongVector beyond = broadcast(DOUBLES, threshold).sub(z).reinterpretAsLongs().lanewise(ASHR, SIGN_SHIFT);
            DoubleVector sigmoid = one.reinterpretAsLongs().lanewise(BITWISE_BLEND, e.reinterpretAsLongs(), minus)
                    .reinterpretAsDoubles().div(e.add(one));
            DoubleVector slope = sigmoid.reinterpretAsLongs().lanewise(BITWISE_BLEND, one.reinterpretAsLongs(), beyond)
                    .reinterpretAsDoubles();
            slope = e.fma(DoubleVector.zero(DOUBLES), slope); // NaN has either sign
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
