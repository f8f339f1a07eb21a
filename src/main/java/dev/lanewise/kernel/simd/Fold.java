// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static dev.lanewise.kernel.simd.Lanes.QUARTER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Folding sixteen partial sums to one: lanes 8 apart are added first, then 4, 2, 1 apart.
final class Fold {
    private static final int QUARTER_BYTES = 4 * Float.BYTES;
    // lane l takes lane l + LANES / 2, and so on; the upper lanes hold values that nobody reads
    private static final VectorShuffle<Float> EIGHT = shift(8);
    private static final VectorShuffle<Float> FOUR = shift(4);
    private static final VectorShuffle<Float> TWO = shift(2);

    private Fold() {
    }

    private static VectorShuffle<Float> shift(int by) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane + by) & (LANES - 1));
    }

    /// The fold of sixteen lanes in as many vectors as a block has; the other arguments are ignored.
    static float sum(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        FloatVector s = PARTS == 4 ? s0.add(s2).add(s1.add(s3)) : PARTS == 2 ? s0.add(s1) : s0;
        if (LANES == BLOCK) {
            s = s.add(s.rearrange(EIGHT));
        }
        if (LANES >= 8) {
            s = s.add(s.rearrange(FOUR));
        }
        s = s.add(s.rearrange(TWO));
        return s.lane(0) + s.lane(1);
    }

    /// Folds `count` blocks of sixteen partial sums in `sums`, adds `bias[o]`, `bias[o + 1]`, ... and writes
    /// `y[o], y[o + 1], ...`, `at` and `biasAt` being the byte offsets of the first.
    static void addBias(MemorySegment y, long at, MemorySegment bias, long biasAt, MemorySegment sums, long sumsAt,
            int count) {
        for (int t = 0; t < count; t++) {
            long q = sumsAt + (long) t * BLOCK_BYTES;
            FloatVector low = FloatVector.fromMemorySegment(QUARTER, sums, q, ORDER)
                    .add(FloatVector.fromMemorySegment(QUARTER, sums, q + 2 * QUARTER_BYTES, ORDER));
            FloatVector high = FloatVector.fromMemorySegment(QUARTER, sums, q + QUARTER_BYTES, ORDER)
                    .add(FloatVector.fromMemorySegment(QUARTER, sums, q + 3 * QUARTER_BYTES, ORDER));
            low.add(high).intoMemorySegment(sums, q, ORDER);
        }
        for (int t = 0; t < count; t++) {
            long q = sumsAt + (long) t * BLOCK_BYTES;
            float sum = sums.get(JAVA_FLOAT_UNALIGNED, q) + sums.get(JAVA_FLOAT_UNALIGNED, q + 8)
                    + (sums.get(JAVA_FLOAT_UNALIGNED, q + 4) + sums.get(JAVA_FLOAT_UNALIGNED, q + 12));
            long o = (long) t * Float.BYTES;
            y.set(JAVA_FLOAT_UNALIGNED, at + o, sum + bias.get(JAVA_FLOAT_UNALIGNED, biasAt + o));
        }
    }
}
