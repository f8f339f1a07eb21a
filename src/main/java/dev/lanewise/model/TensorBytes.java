// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A tensor as bytes, chunk by chunk: row-major little-endian float32 without padding, every NaN written as `7fc00000`;
/// or the bits of a counter.
///
/// NaN payloads depend on the compiler tier that made them, so they carry nothing; with one NaN, equal weights give
/// equal bytes. Values travel as `int`, because a float register may change the bits of a NaN.
final class TensorBytes {
    static final int CHUNK_FLOATS = 1 << 14;
    private static final int NAN = 0x7fc00000;

    private final FloatMatrix matrix;
    private final boolean counter;
    private final int[] bits = new int[CHUNK_FLOATS];
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int row;
    private int col;

    TensorBytes(NamedTensor tensor) {
        this.matrix = tensor.values();
        this.counter = tensor.isCounter();
    }

    /// The next bytes, in a buffer that the next call uses again; none remaining at the end.
    ByteBuffer next() {
        int count = 0;
        while (count < bits.length && row < matrix.rows()) {
            int run = Math.min(bits.length - count, matrix.cols() - col);
            matrix.copyBits(row, col, bits, count, run);
            count += run;
            col += run;
            if (col == matrix.cols()) {
                col = 0;
                row++;
            }
        }
        for (int i = 0; i < count && !counter; i++) {
            if ((bits[i] & 0x7fffffff) > 0x7f800000) {
                bits[i] = NAN;
            }
        }
        bytes.clear();
        bytes.asIntBuffer().put(bits, 0, count);
        return bytes.limit(count * Float.BYTES);
    }

    static long offset(FloatMatrix matrix, int row, int col) {
        return ((long) row * matrix.stride() + col) * Float.BYTES;
    }
}
