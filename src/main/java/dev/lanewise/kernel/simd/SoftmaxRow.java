// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The reductions of one row of logits, at byte offset `row`.
final class SoftmaxRow {
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);
    private static final FloatVector LOWEST = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);

    private SoftmaxRow() {
    }

    /// The greatest of `n` values, NaN if one is NaN.
    static float max(MemorySegment x, long row, int n) {
        FloatVector m = LOWEST;
        for (int j = 0; j < n; j += LANES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, row + (long) j * Float.BYTES, ORDER);
            m = m.max(LOWEST.blend(v, Lanes.first(n - j)));
        }
        return m.reduceLanes(VectorOperators.MAX);
    }

    /// Writes `e[j] = exp(x[j] - m)`, 0 beyond `n`, and returns their sum.
    static float exponentials(MemorySegment e, MemorySegment x, long row, int stride, int n, float m) {
        for (int j = 0; j < stride; j += LANES) {
            long at = row + (long) j * Float.BYTES;
            FloatVector v = SimdMath.exp(FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).sub(m));
            ZERO.blend(v, Lanes.first(n - j)).intoMemorySegment(e, at, ORDER);
        }
        return sum(e, row, n);
    }

    /// The sum of `n` values: sixteen partial sums, folded.
    static float sum(MemorySegment a, long row, int n) {
        FloatVector s0 = ZERO;
        FloatVector s1 = ZERO;
        FloatVector s2 = ZERO;
        FloatVector s3 = ZERO;
        for (int j = 0; j < n; j += BLOCK) {
            long at = row + (long) j * Float.BYTES;
            s0 = s0.add(masked(a, at, n - j));
            if (PARTS > 1) {
                s1 = s1.add(masked(a, at + BYTES, n - j - LANES));
            }
            if (PARTS > 2) {
                s2 = s2.add(masked(a, at + 2L * BYTES, n - j - 2 * LANES));
                s3 = s3.add(masked(a, at + 3L * BYTES, n - j - 3 * LANES));
            }
        }
        return Fold.sum(s0, s1, s2, s3);
    }

    private static FloatVector masked(MemorySegment a, long at, int left) {
        return ZERO.blend(FloatVector.fromMemorySegment(FLOATS, a, at, ORDER), Lanes.first(left));
    }

    /// `sum_j y[j] * (logS - (x[j] - m))`: sixteen partial sums, folded.
    static float crossEntropy(MemorySegment x, long row, MemorySegment y, long yRow, int n, float m, float logS) {
        FloatVector s0 = ZERO;
        FloatVector s1 = ZERO;
        FloatVector s2 = ZERO;
        FloatVector s3 = ZERO;
        for (int j = 0; j < n; j += BLOCK) {
            long at = (long) j * Float.BYTES;
            s0 = addTerms(s0, x, row + at, y, yRow + at, n - j, m, logS);
            if (PARTS > 1) {
                s1 = addTerms(s1, x, row + at + BYTES, y, yRow + at + BYTES, n - j - LANES, m, logS);
            }
            if (PARTS > 2) {
                s2 = addTerms(s2, x, row + at + 2L * BYTES, y, yRow + at + 2L * BYTES, n - j - 2 * LANES, m, logS);
                s3 = addTerms(s3, x, row + at + 3L * BYTES, y, yRow + at + 3L * BYTES, n - j - 3 * LANES, m, logS);
            }
        }
        return Fold.sum(s0, s1, s2, s3);
    }

    private static FloatVector addTerms(FloatVector sum, MemorySegment x, long xAt, MemorySegment y, long yAt, int left,
            float m, float logS) {
        VectorMask<Float> valid = Lanes.first(left);
        FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER).sub(m);
        FloatVector minusLogP = FloatVector.broadcast(FLOATS, logS).sub(d);
        return sum.blend(FloatVector.fromMemorySegment(FLOATS, y, yAt, ORDER).fma(minusLogP, sum), valid);
    }
}
