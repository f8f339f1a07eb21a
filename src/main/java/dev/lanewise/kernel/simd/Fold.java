// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
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

    /// The sum of the block at `at`. Each width has a way of its own to the end: where ways meet again, even if only one
    /// is ever taken, C2 forgets the class of a vector.
    static float block(MemorySegment sums, long at) {
        if (!sums.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, sums, at, ORDER);
        if (PARTS == 1) {
            FloatVector eight = s0.add(s0.rearrange(NarrowBlock.EIGHT));
            FloatVector four = eight.add(eight.rearrange(NarrowBlock.FOUR));
            return (four.lane(0) + four.lane(2)) + (four.lane(1) + four.lane(3));
        }
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, sums, at + BYTES, ORDER);
        if (PARTS == 2) {
            FloatVector eight = s0.add(s1);
            FloatVector four = eight.add(eight.rearrange(NarrowBlock.FOUR));
            return (four.lane(0) + four.lane(2)) + (four.lane(1) + four.lane(3));
        }
        FloatVector four = s0.add(FloatVector.fromMemorySegment(FLOATS, sums, at + 2 * BYTES, ORDER))
                .add(s1.add(FloatVector.fromMemorySegment(FLOATS, sums, at + 3 * BYTES, ORDER)));
        return (four.lane(0) + four.lane(2)) + (four.lane(1) + four.lane(3));
    }
}
