// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Random tables for tests, from one seed (property `lanewise.test.seed`) that a failing test tells; and comparisons of
/// tables bit by bit. As an extension it adds the seed to the failure.
public final class RandomTables implements TestExecutionExceptionHandler {
    /// The seed of all random tests.
    public static final long SEED = Long.getLong("lanewise.test.seed", 1);

    /// Numbers for `salt`, which keeps the data of different tests apart.
    public static SplittableRandom random(long salt) {
        return new SplittableRandom(SEED * 0x9E3779B97F4A7C15L + salt);
    }

    /// Values in [-1, 1).
    public static FloatMatrix floats(SplittableRandom random, int rows, int cols) {
        FloatMatrix matrix = FloatMatrix.allocate(rows, cols);
        fill(matrix, random);
        return matrix;
    }

    /// Overwrites with values in [-1, 1).
    public static void fill(FloatMatrix matrix, SplittableRandom random) {
        for (int r = 0; r < matrix.rows(); r++) {
            for (int c = 0; c < matrix.cols(); c++) {
                matrix.set(r, c, (float) random.nextDouble(-1, 1));
            }
        }
    }

    /// Rows of probabilities: positive, with a sum of 1.
    public static FloatMatrix probabilities(SplittableRandom random, int rows, int classes) {
        FloatMatrix matrix = FloatMatrix.allocate(rows, classes);
        for (int r = 0; r < rows; r++) {
            double[] p = random.doubles(classes, 0.01, 1).toArray();
            double sum = 0;
            for (double value : p) {
                sum += value;
            }
            for (int c = 0; c < classes; c++) {
                matrix.set(r, c, (float) (p[c] / sum));
            }
        }
        return matrix;
    }

    /// Labels from 0 to `classes - 1`.
    public static ClassLabels labels(SplittableRandom random, int rows, int classes) {
        ClassLabels labels = ClassLabels.allocate(rows);
        for (int r = 0; r < rows; r++) {
            labels.set(r, random.nextInt(classes));
        }
        return labels;
    }

    /// A native index of `count` row numbers below `rows`, with repetitions.
    public static NativeBuffer index(SplittableRandom random, int count, int rows) {
        NativeBuffer index = NativeBuffer.allocate("test index", (long) count * Integer.BYTES);
        for (int i = 0; i < count; i++) {
            index.segment().setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(rows));
        }
        return index;
    }

    /// The bits of all floats, padding included, with one NaN for all.
    public static int[] bits(FloatMatrix matrix) {
        MemorySegment memory = matrix.segment();
        int[] bits = new int[(int) matrix.paddedSize()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(memory.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
        return bits;
    }

    /// Fails unless both have the same shape and bits, padding included.
    public static void assertSameBits(FloatMatrix expected, FloatMatrix actual, String what) {
        assertEquals(expected.toString(), actual.toString(), what);
        assertArrayEquals(bits(expected), bits(actual), what);
    }

    /// Fails unless all padding is +0.0.
    public static void assertPaddingIsZero(FloatMatrix matrix, String what) {
        int[] bits = bits(matrix);
        int lanes = FloatMatrix.LANES;
        for (int i = 0; i < bits.length; i++) {
            int row = matrix.isPanels() ? i / (lanes * matrix.cols()) * lanes + i % lanes : i / matrix.stride();
            int col = matrix.isPanels() ? i / lanes % matrix.cols() : i % matrix.stride();
            if (row >= matrix.rows() || col >= matrix.cols()) {
                assertEquals(0, bits[i], what + ": padding of row " + row + " at column " + col);
            }
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        failure.addSuppressed(new Exception("random data of seed " + SEED + ", set with -Dlanewise.test.seed"));
        throw failure;
    }
}
