// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;

/// Data of the right shape, made fast: only its size matters to the clock. The same in every process.
final class MadeUpData {
    private static final long SEED = 0x9E3779B97F4A7C15L;
    private static final int FRACTION_BITS = 24;

    private MadeUpData() {
    }

    /// Numbers in [0, 1) as features, floats or bytes, and such targets or labels.
    static Dataset dataset(int rows, int cols, int outputs, boolean asBytes) {
        Table x = asBytes ? bytes(rows, cols, SEED) : matrix(rows, cols, SEED);
        if (outputs == 1) {
            return Dataset.of(x, fill(FloatMatrix.allocateColumn(rows), ~SEED));
        }
        ClassLabels labels = ClassLabels.allocate(rows);
        long state = SEED;
        for (int r = 0; r < rows; r++) {
            state = next(state);
            labels.set(r, (int) Long.remainderUnsigned(state, outputs));
        }
        return Dataset.of(x, labels, outputs);
    }

    /// Numbers in [0, 1), padding +0.0; owned by the caller.
    static FloatMatrix matrix(int rows, int cols, long seed) {
        return fill(FloatMatrix.allocate(rows, cols), seed);
    }

    private static FloatMatrix fill(FloatMatrix matrix, long seed) {
        MemorySegment values = matrix.segment();
        long state = seed;
        for (int r = 0; r < matrix.rows(); r++) {
            long row = (long) r * matrix.stride();
            for (int c = 0; c < matrix.cols(); c++) {
                state = next(state);
                values.setAtIndex(JAVA_FLOAT, row + c, (state >>> (Long.SIZE - FRACTION_BITS)) * 0x1p-24f);
            }
        }
        return matrix;
    }

    /// Bytes that stand for numbers in [0, 1], padding 0; owned by the caller.
    private static ByteMatrix bytes(int rows, int cols, long seed) {
        ByteMatrix matrix = ByteMatrix.allocate(rows, cols, 1f / 255f);
        MemorySegment values = matrix.segment();
        long state = seed;
        for (int r = 0; r < rows; r++) {
            long row = (long) r * matrix.stride();
            for (int c = 0; c < cols; c++) {
                state = next(state);
                values.set(JAVA_BYTE, row + c, (byte) (state >>> (Long.SIZE - Byte.SIZE)));
            }
        }
        return matrix;
    }

    /// A generator of full period with three shifts: a nanosecond a number.
    private static long next(long state) {
        long a = state ^ (state << 13);
        long b = a ^ (a >>> 7);
        return b ^ (b << 17);
    }
}
