// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Whether a column of a row is its argmax: the largest, of equal ones the first, NaN counting as the largest.
///
/// The argmax itself is not computed: a column `c` without NaN is right if each column before it is less and each
/// column behind it is not more, which takes two comparisons a vector, none of them a branch.
final class Argmax {
    // as many ones and then as many zeros: a vector loaded from between them says which lanes stand before a column
    private static final MemorySegment BEFORE = before();

    private Argmax() {
    }

    private static MemorySegment before() {
        MemorySegment table = Arena.global().allocate(2 * BLOCK_BYTES, BLOCK_BYTES);
        for (int i = 0; i < BLOCK; i++) {
            table.set(JAVA_FLOAT_UNALIGNED, (long) i * Float.BYTES, 1f);
        }
        return table;
    }

    /// Whether column `c` is the argmax of the row of `cols` values at the byte `at`; its padding does not count.
    static boolean is(int c, MemorySegment x, long at, int cols) {
        if (!x.isNative()) {
            throw NativeOnly.refused();
        }
        float value = x.get(JAVA_FLOAT_UNALIGNED, at + (long) c * Float.BYTES);
        if (Float.isNaN(value)) {
            return firstNaN(c, x, at);
        }
        FloatVector wrong = FloatVector.zero(FLOATS);
        int j = 0;
        for (; j <= cols - LANES; j += LANES) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at + (long) j * Float.BYTES, ORDER);
            long window = (long) (BLOCK - Math.clamp(c - j, 0, LANES)) * Float.BYTES;
            FloatVector before = FloatVector.fromMemorySegment(FLOATS, BEFORE, window, ORDER);
            wrong = wrong.add(before.blend(0f, v.compare(VectorOperators.LT, value)));
            wrong = wrong.add(FloatVector.broadcast(FLOATS, 1f).blend(0f, v.compare(VectorOperators.LE, value)));
        }
        boolean right = !wrong.compare(VectorOperators.GT, 0f).anyTrue();
        for (; j < cols; j++) {
            float v = x.get(JAVA_FLOAT_UNALIGNED, at + (long) j * Float.BYTES);
            right &= j < c ? v < value : v <= value;
        }
        return right;
    }

    private static boolean firstNaN(int c, MemorySegment x, long at) {
        if (!x.isNative()) {
            throw NativeOnly.refused();
        }
        for (int j = 0; j < c; j++) {
            if (Float.isNaN(x.get(JAVA_FLOAT_UNALIGNED, at + (long) j * Float.BYTES))) {
                return false;
            }
        }
        return true;
    }
}
