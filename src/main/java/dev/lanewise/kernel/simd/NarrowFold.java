// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

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
                y.set(JAVA_FLOAT_UNALIGNED, to, Fold.block(sums, block) + b);
                block += rowStep;
                to += yRowBytes;
            }
        }
    }
}
