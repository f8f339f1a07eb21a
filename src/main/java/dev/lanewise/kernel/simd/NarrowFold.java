// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Folding sixteen partial sums to one: lanes 8 apart are added first, then 4, 2, 1 apart.
final class NarrowFold {
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
                FloatVector s = FloatVector.fromMemorySegment(FLOATS, sums, block, ORDER);
                if (PARTS == 2) {
                    s = s.add(FloatVector.fromMemorySegment(FLOATS, sums, block + BYTES, ORDER));
                }
                if (PARTS > 2) {
                    s = s.add(FloatVector.fromMemorySegment(FLOATS, sums, block + 2 * BYTES, ORDER));
                    s = s.add(FloatVector.fromMemorySegment(FLOATS, sums, block + BYTES, ORDER)
                            .add(FloatVector.fromMemorySegment(FLOATS, sums, block + 3 * BYTES, ORDER)));
                }
                s = LANES == BLOCK ? s.add(s.rearrange(NarrowBlock.EIGHT)) : s;
                s = LANES >= BLOCK / 2 ? s.add(s.rearrange(NarrowBlock.FOUR)) : s;
                s = s.add(s.rearrange(NarrowBlock.TWO));
                y.set(JAVA_FLOAT_UNALIGNED, to, s.lane(0) + s.lane(1) + b);
                block += rowStep;
                to += yRowBytes;
            }
        }
    }
}
