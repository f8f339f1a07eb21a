// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Folding sixteen partial sums to one: lanes 8 apart are added first, then 4, 2, 1 apart.
final class Fold {
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
        FloatVector s = FloatVector.fromMemorySegment(FLOATS, sums, at, ORDER);
        if (PARTS == 2) {
            s = s.add(FloatVector.fromMemorySegment(FLOATS, sums, at + BYTES, ORDER));
        }
        if (PARTS > 2) {
            s = s.add(FloatVector.fromMemorySegment(FLOATS, sums, at + 2 * BYTES, ORDER));
            s = s.add(FloatVector.fromMemorySegment(FLOATS, sums, at + BYTES, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, sums, at + 3 * BYTES, ORDER)));
        }
        s = LANES == BLOCK ? s.add(s.rearrange(NarrowBlock.EIGHT)) : s;
        s = LANES >= BLOCK / 2 ? s.add(s.rearrange(NarrowBlock.FOUR)) : s;
        s = s.add(s.rearrange(NarrowBlock.TWO));
        return s.lane(0) + s.lane(1);
    }
}
