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
import static dev.lanewise.kernel.ScalarMath.ROUND;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// [ScalarMath] in lanes, operation for operation.
final class SimdMath {
    private static final FloatVector C2 = FloatVector.broadcast(FLOATS, EXP_2);
    private static final FloatVector C3 = FloatVector.broadcast(FLOATS, EXP_3);
    private static final FloatVector C4 = FloatVector.broadcast(FLOATS, EXP_4);
    private static final FloatVector C5 = FloatVector.broadcast(FLOATS, EXP_5);
    private static final FloatVector C6 = FloatVector.broadcast(FLOATS, EXP_6);
    private static final FloatVector MAGIC = FloatVector.broadcast(FLOATS, ROUND);

    private SimdMath() {
    }

    /// Replaces each value from byte `begin` to `end`, whole vectors, by its exponential.
    static void exp(MemorySegment a, long begin, long end) {
        for (long at = begin; at < end; at += BYTES) {
            exp(FloatVector.fromMemorySegment(FLOATS, a, at, ORDER)).intoMemorySegment(a, at, ORDER);
        }
    }

    /// `e^x`; see [ScalarMath#exp].
    static FloatVector exp(FloatVector x) {
        FloatVector c = x.blend(EXP_MIN, x.lt(EXP_MIN));
        c = c.blend(EXP_MAX, c.compare(VectorOperators.GT, EXP_MAX));
        FloatVector t = c.fma(FloatVector.broadcast(FLOATS, LOG2_E), MAGIC);
        FloatVector n = t.sub(MAGIC);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2), c);
        r = n.fma(FloatVector.broadcast(FLOATS, -LN2_REST), r);
        FloatVector q = C6.fma(r, C5).fma(r, C4).fma(r, C3).fma(r, C2);
        return timesPowerOfTwo(q.fma(r.mul(r), r).add(1f), t);
    }

    /// `p * 2^n` in two steps, where `n` stands in the low bits of `t`.
    private static FloatVector timesPowerOfTwo(FloatVector p, FloatVector t) {
        IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector second = exponent.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return p.mul(first).mul(second);
    }
}
