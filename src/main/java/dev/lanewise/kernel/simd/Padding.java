// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.INTS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;

/// The padding of rows: the lanes of their last block beyond the last column.
///
/// A table of sixteen entries for lanes to keep and sixteen for lanes to replace serves as mask: a vector loaded from
/// between them masks any number of lanes. Masks of the vector API became objects now and then on machines without mask
/// registers.
final class Padding {
    // 256 bytes for the life of the program, outside the count of the buffers
    /// Sixteen times all bits set, then sixteen times none.
    static final MemorySegment KEEP = table(-1, 0);
    /// Sixteen times +0.0, then sixteen times -infinity.
    static final MemorySegment LOWEST = table(0, Float.floatToRawIntBits(Float.NEGATIVE_INFINITY));

    private Padding() {
    }

    private static MemorySegment table(int first, int second) {
        MemorySegment table = Arena.global().allocate(2 * BLOCK_BYTES, BLOCK_BYTES);
        for (int i = 0; i < BLOCK; i++) {
            table.setAtIndex(ValueLayout.JAVA_INT, i, first);
            table.setAtIndex(ValueLayout.JAVA_INT, BLOCK + i, second);
        }
        return table;
    }

    /// Sets the padding behind `cols` floats of the rows `begin .. end - 1`, of `rowBytes` each, to +0.0; row 0 is at
    /// the byte offset `at`.
    ///
    /// Needed wherever padding has been multiplied: the product is NaN if the other factor was infinite or NaN.
    static void clear(MemorySegment a, long at, long rowBytes, int begin, int end, int cols) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        int last = cols / BLOCK * BLOCK;
        if (last == cols) {
            return;
        }
        long window = (long) (BLOCK - (cols - last)) * Float.BYTES;
        long column = at + (long) last * Float.BYTES;
        for (int r = begin; r < end; r++) {
            long block = column + r * rowBytes;
            for (long b = 0; b < BLOCK_BYTES; b += BYTES) {
                IntVector.fromMemorySegment(INTS, a, block + b, ORDER)
                        .and(IntVector.fromMemorySegment(INTS, KEEP, window + b, ORDER))
                        .intoMemorySegment(a, block + b, ORDER);
            }
        }
    }
}
