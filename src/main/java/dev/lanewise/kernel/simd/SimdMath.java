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
///
/// The methods work on memory and call nothing but the vector API. A method from vector to vector would be compiled on
/// its own before its callers, and then be too large for them to inline: each of its vectors would be an object.
final class SimdMath {
    private SimdMath() {
    }

    /// Replaces each value from byte `begin` to `end`, whole vectors, by its exponential; see [ScalarMath#exp].
    static void exp(MemorySegment a, long begin, long end) {
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
}
