// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Native buffers for kernels under test, each between two cache lines of guard values that no kernel may touch.
///
/// The segments are slices of larger ones with the guards inside, so that a write beyond the end is seen even where the
/// bounds of a segment would be checked against the whole.
final class GuardedMemory implements AutoCloseable {
    private static final int GUARD_BYTES = 64;
    private static final int GUARD_BITS = 0x7FABCDEF; // a NaN: poison for whoever reads it

    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> buffers = new ArrayList<>();

    /// A buffer of `n` floats, all +0.0.
    MemorySegment floats(long n) {
        long bytes = n * Float.BYTES;
        MemorySegment buffer = arena.allocate(bytes + 2 * GUARD_BYTES, 64);
        for (long at = 0; at < GUARD_BYTES; at += Integer.BYTES) {
            buffer.set(JAVA_INT, at, GUARD_BITS);
            buffer.set(JAVA_INT, GUARD_BYTES + bytes + at, GUARD_BITS);
        }
        buffers.add(buffer);
        return buffer.asSlice(GUARD_BYTES, bytes);
    }

    /// A buffer with a copy of `values`.
    MemorySegment floats(float[] values) {
        MemorySegment buffer = floats(values.length);
        MemorySegment.copy(values, 0, buffer, JAVA_FLOAT, 0, values.length);
        return buffer;
    }

    /// A matrix of `rows` rows of `cols` values, each row padded to `stride` floats with `padding`.
    MemorySegment matrix(float[] values, int rows, int cols, int stride, float padding) {
        MemorySegment buffer = floats((long) rows * stride);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < stride; c++) {
                buffer.setAtIndex(JAVA_FLOAT, (long) r * stride + c, c < cols ? values[r * cols + c] : padding);
            }
        }
        return buffer;
    }

    /// A matrix of `rows` rows of `cols` unsigned bytes, each row padded with zeros to `stride` bytes, a multiple of 4.
    MemorySegment bytes(byte[] values, int rows, int cols, int stride) {
        MemorySegment buffer = floats((long) rows * stride / Float.BYTES);
        for (int r = 0; r < rows; r++) {
            MemorySegment.copy(values, r * cols, buffer, JAVA_BYTE, (long) r * stride, cols);
        }
        return buffer;
    }

    /// A buffer with a copy of `values`; an empty array gives an empty segment.
    MemorySegment ints(int... values) {
        MemorySegment buffer = floats(values.length);
        MemorySegment.copy(values, 0, buffer, JAVA_INT, 0, values.length);
        return buffer;
    }

    static float[] read(MemorySegment buffer) {
        return buffer.toArray(JAVA_FLOAT);
    }

    void assertGuardsIntact(String what) {
        for (MemorySegment buffer : buffers) {
            for (long at = 0; at < GUARD_BYTES; at += Integer.BYTES) {
                assertEquals(GUARD_BITS, buffer.get(JAVA_INT, at), what + ": guard before a buffer");
                assertEquals(GUARD_BITS, buffer.get(JAVA_INT, buffer.byteSize() - GUARD_BYTES + at),
                        what + ": guard behind a buffer");
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
