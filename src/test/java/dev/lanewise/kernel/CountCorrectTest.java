// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Counting right predictions: ties, NaN and infinities in every column against every label.
@Tag("lanes")
class CountCorrectTest {
    private static final float[] VALUES = {1f, 2f, 2f, -0f, 0f, Float.NaN, Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY};

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static long count(float[] row, int label) {
        int stride = LinearCase.padded(row.length);
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = memory.matrix(row, 1, row.length, stride, Float.NaN); // padding must not count
            return Kernels.LOSS.countCorrect(x, stride, memory.ints(label), memory.ints(), 0, 0, 1, row.length);
        }
    }

    @Test
    void ofEqualValuesTheFirstCounts() {
        float[] row = {1f, 3f, 3f, -1f, 3f};
        for (int label = 0; label < row.length; label++) {
            assertEquals(label == 1 ? 1 : 0, count(row, label), "label " + label);
        }
    }

    @Test
    void theFirstNaNIsTheLargest() {
        float[] row = {1f, Float.POSITIVE_INFINITY, Float.NaN, 7f, Float.NaN};
        for (int label = 0; label < row.length; label++) {
            assertEquals(label == 2 ? 1 : 0, count(row, label), "label " + label);
        }
    }

    @Test
    void aLabelOfNoColumnIsNeverRight() {
        float[] row = {-5f, -4f, -3f}; // smaller than the padding
        for (int label : new int[]{-1, 3, 15, 16, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertEquals(0, count(row, label), "label " + label);
        }
    }

    @Test
    void zerosOfBothSignsAreEqual() {
        assertEquals(1, count(new float[]{-0f, 0f}, 0));
        assertEquals(0, count(new float[]{-0f, 0f}, 1));
    }

    @Test
    void oneLabelOfEachRowIsRight() {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "CountCorrectTest");
        for (int cols = 1; cols <= 40; cols++) {
            for (int i = 0; i < 20; i++) {
                float[] row = new float[cols];
                for (int c = 0; c < cols; c++) {
                    row[c] = VALUES[random.nextInt(VALUES.length)];
                }
                long right = 0;
                for (int label = 0; label < cols; label++) {
                    right += count(row, label);
                }
                assertEquals(1, right, cols + " columns, seed " + Floats.seed());
            }
        }
    }
}
