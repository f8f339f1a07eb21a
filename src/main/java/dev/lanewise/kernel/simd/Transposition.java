// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Weights in panel order, the other way round: blocks of 16 by 16 floats, each contiguous on both sides.
///
/// Scalar on purpose: a load and a store for each float, all in L1, while shuffles of vectors in four steps are more
/// instructions than that.
final class Transposition {
    private Transposition() {
    }

    /// Writes a panel of 16 inputs.
    static void panel(MemorySegment to, MemorySegment from, int in, int out, int panel) {
        int i = panel * BLOCK;
        int rows = Math.min(BLOCK, in - i);
        for (int o = 0; o < out; o += BLOCK) {
            long source = ((long) (o / BLOCK) * in + i) * BLOCK_BYTES;
            long target = ((long) panel * out + o) * BLOCK_BYTES;
            int cols = Math.min(BLOCK, out - o);
            if (rows == BLOCK && cols == BLOCK) {
                block(to, target, from, source);
            } else {
                partOfBlock(to, target, from, source, rows, cols);
            }
        }
    }

    /// A whole block: of slices as long as it, indexed by a loop of known length, nothing is left to check.
    private static void block(MemorySegment to, long target, MemorySegment from, long source) {
        if (!to.isNative() || !from.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment t = to.asSlice(target, BLOCK * BLOCK_BYTES);
        MemorySegment f = from.asSlice(source, BLOCK * BLOCK_BYTES);
        for (int c = 0; c < BLOCK; c++) {
            long at = c * 4L;
            long next = c * BLOCK_BYTES;
            t.set(JAVA_FLOAT_UNALIGNED, next, f.get(JAVA_FLOAT_UNALIGNED, at));
            t.set(JAVA_FLOAT_UNALIGNED, next + 4, f.get(JAVA_FLOAT_UNALIGNED, at + 64));
            t.set(JAVA_FLOAT_UNALIGNED, next + 8, f.get(JAVA_FLOAT_UNALIGNED, at + 128));
            t.set(JAVA_FLOAT_UNALIGNED, next + 12, f.get(JAVA_FLOAT_UNALIGNED, at + 192));
            t.set(JAVA_FLOAT_UNALIGNED, next + 16, f.get(JAVA_FLOAT_UNALIGNED, at + 256));
            t.set(JAVA_FLOAT_UNALIGNED, next + 20, f.get(JAVA_FLOAT_UNALIGNED, at + 320));
            t.set(JAVA_FLOAT_UNALIGNED, next + 24, f.get(JAVA_FLOAT_UNALIGNED, at + 384));
            t.set(JAVA_FLOAT_UNALIGNED, next + 28, f.get(JAVA_FLOAT_UNALIGNED, at + 448));
            t.set(JAVA_FLOAT_UNALIGNED, next + 32, f.get(JAVA_FLOAT_UNALIGNED, at + 512));
            t.set(JAVA_FLOAT_UNALIGNED, next + 36, f.get(JAVA_FLOAT_UNALIGNED, at + 576));
            t.set(JAVA_FLOAT_UNALIGNED, next + 40, f.get(JAVA_FLOAT_UNALIGNED, at + 640));
            t.set(JAVA_FLOAT_UNALIGNED, next + 44, f.get(JAVA_FLOAT_UNALIGNED, at + 704));
            t.set(JAVA_FLOAT_UNALIGNED, next + 48, f.get(JAVA_FLOAT_UNALIGNED, at + 768));
            t.set(JAVA_FLOAT_UNALIGNED, next + 52, f.get(JAVA_FLOAT_UNALIGNED, at + 832));
            t.set(JAVA_FLOAT_UNALIGNED, next + 56, f.get(JAVA_FLOAT_UNALIGNED, at + 896));
            t.set(JAVA_FLOAT_UNALIGNED, next + 60, f.get(JAVA_FLOAT_UNALIGNED, at + 960));
        }
    }

    private static void partOfBlock(MemorySegment to, long target, MemorySegment from, long source, int rows,
            int cols) {
        if (!to.isNative() || !from.isNative()) {
            throw NativeOnly.refused();
        }
        for (int c = 0; c < cols; c++) {
            long next = target + c * BLOCK_BYTES;
            for (int r = 0; r < rows; r++) {
                float value = from.get(JAVA_FLOAT_UNALIGNED, source + r * BLOCK_BYTES + c * 4L);
                to.set(JAVA_FLOAT_UNALIGNED, next + r * 4L, value);
            }
            for (int r = rows; r < BLOCK; r++) {
                to.set(JAVA_FLOAT_UNALIGNED, next + r * 4L, 0f);
            }
        }
    }
}
