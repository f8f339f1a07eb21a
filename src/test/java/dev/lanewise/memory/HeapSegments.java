// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/// What a program around the library may do: use heap segments of all kinds, slices of them, and vectors on them.
///
/// The JVM then has seen several classes where the kernels' code has seen one, in methods that both use. The kernels
/// must not be slower for it.
public final class HeapSegments {
    private static final int TURNS = 20_000;

    private HeapSegments() {
    }

    /// Uses them until all of it is compiled; bits of what was read, not 0.
    public static long use() {
        MemorySegment[] kinds = {MemorySegment.ofArray(new byte[256]), MemorySegment.ofArray(new short[128]),
                MemorySegment.ofArray(new int[64]), MemorySegment.ofArray(new float[64]),
                MemorySegment.ofArray(new long[32]), MemorySegment.ofArray(new double[32]),
                Arena.ofAuto().allocate(256)};
        long bits = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            for (MemorySegment kind : kinds) {
                MemorySegment slice = kind.asSlice(turn & 7, 200);
                slice.set(JAVA_FLOAT_UNALIGNED, turn & 63, turn);
                bits |= 1 + slice.get(JAVA_INT_UNALIGNED, 5) + kind.get(JAVA_BYTE, 9)
                        + Float.floatToRawIntBits(slice.get(JAVA_FLOAT_UNALIGNED, turn & 31));
                FloatVector vector = FloatVector.fromMemorySegment(FloatVector.SPECIES_PREFERRED, slice, turn & 63,
                        ByteOrder.nativeOrder());
                vector.fma(vector, vector).intoMemorySegment(slice, turn & 31, ByteOrder.nativeOrder());
                MemorySegment.copy(slice, 0, kind, 100, 50);
                slice.asSlice(3).fill((byte) turn);
            }
        }
        return bits;
    }
}
