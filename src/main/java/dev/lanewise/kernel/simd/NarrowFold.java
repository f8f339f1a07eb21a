// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Folding sixteen partial sums to one: lanes 8 apart are added first, then 4, 2, 1 apart.
final class NarrowFold {
    private static final long QUARTER_BYTES = 4L * Float.BYTES;
    private static final VectorShuffle<Float> UPPER_HALF = VectorShuffle.fromValues(Lanes.QUARTER, 2, 3, 2, 3);

    private NarrowFold() {
    }

    /// Folds the blocks of partial sums of some rows and outputs, adds the biases and writes the outputs. The block of
    /// row `r` and output `o` is at the byte `sumsAt + r * rowStep + o * outStep`.
    static void addBias(MemorySegment y, long at, long yRowBytes, int rows, int out, MemorySegment bias, long biasAt,
            MemorySegment sums, long sumsAt, long rowStep, long outStep) {
        if (!y.isNative() || !bias.isNative() || !sums.isNative()) {
            throw NativeOnly.refused();
        }
        for (int o = 0; o < out; o++) {
            float b = bias.get(JAVA_FLOAT_UNALIGNED, biasAt + (long) o * Float.BYTES);
            long block = sumsAt + o * outStep;
            long to = at + (long) o * Float.BYTES;
            for (int r = 0; r < rows; r++) {
                FloatVector low = FloatVector.fromMemorySegment(Lanes.QUARTER, sums, block, ORDER)
                        .add(FloatVector.fromMemorySegment(Lanes.QUARTER, sums, block + 2 * QUARTER_BYTES, ORDER));
                FloatVector high = FloatVector.fromMemorySegment(Lanes.QUARTER, sums, block + QUARTER_BYTES, ORDER)
                        .add(FloatVector.fromMemorySegment(Lanes.QUARTER, sums, block + 3 * QUARTER_BYTES, ORDER));
                FloatVector four = low.add(high);
                FloatVector two = four.add(four.rearrange(UPPER_HALF));
                y.set(JAVA_FLOAT_UNALIGNED, to, two.lane(0) + two.lane(1) + b);
                block += rowStep;
                to += yRowBytes;
            }
        }
    }
}
