// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Folding sixteen partial sums to one: lanes 8 apart are added first, then 4, 2, 1 apart.
final class Fold {
    private static final long QUARTER_BYTES = 4L * Float.BYTES;
    private static final VectorShuffle<Float> UPPER_HALF = VectorShuffle.fromValues(Lanes.QUARTER, 2, 3, 2, 3);

    private Fold() {
    }

    /// Folds the five blocks of sixteen partial sums at `sumsAt`, adds five biases and writes five outputs. Offsets are
    /// bytes.
    static void addBias5(MemorySegment y, long at, MemorySegment bias, long biasAt, MemorySegment sums, long sumsAt) {
        if (!y.isNative() || !bias.isNative() || !sums.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment to = y.asSlice(at, 5L * Float.BYTES);
        MemorySegment added = bias.asSlice(biasAt, 5L * Float.BYTES);
        MemorySegment blocks = sums.asSlice(sumsAt, 5 * BLOCK_BYTES);
        for (int t = 0; t < 5; t++) {
            float sum = block(blocks, t * BLOCK_BYTES);
            to.set(JAVA_FLOAT_UNALIGNED, (long) t * Float.BYTES,
                    sum + added.get(JAVA_FLOAT_UNALIGNED, (long) t * Float.BYTES));
        }
    }

    /// Folds the block at `sumsAt`, adds a bias and writes an output. Offsets are bytes.
    static void addBias(MemorySegment y, long at, MemorySegment bias, long biasAt, MemorySegment sums, long sumsAt) {
        if (!y.isNative() || !bias.isNative() || !sums.isNative()) {
            throw NativeOnly.refused();
        }
        y.set(JAVA_FLOAT_UNALIGNED, at,
                block(sums, sumsAt) + bias.get(JAVA_FLOAT_UNALIGNED, biasAt));
    }

    private static float block(MemorySegment sums, long at) {
        FloatVector low = FloatVector.fromMemorySegment(Lanes.QUARTER, sums, at, ORDER)
                .add(FloatVector.fromMemorySegment(Lanes.QUARTER, sums, at + 2 * QUARTER_BYTES, ORDER));
        FloatVector high = FloatVector.fromMemorySegment(Lanes.QUARTER, sums, at + QUARTER_BYTES, ORDER)
                .add(FloatVector.fromMemorySegment(Lanes.QUARTER, sums, at + 3 * QUARTER_BYTES, ORDER));
        FloatVector four = low.add(high);
        FloatVector two = four.add(four.rearrange(UPPER_HALF));
        return two.lane(0) + two.lane(1);
    }
}
