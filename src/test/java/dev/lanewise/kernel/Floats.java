// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.random.RandomGenerator;

/// Seeded test values, and the comparison of bits.
final class Floats {
    /// Values that arithmetic treats specially.
    private static final float[] SPECIAL = {Float.NaN, 0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f, -1e-40f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_NORMAL};

    private Floats() {
    }

    /// The seed of all random tests; `-Dlanewise.testSeed=N` sets another.
    static long seed() {
        return Long.getLong("lanewise.testSeed", 20260917L);
    }

    /// `n` signed values of mixed magnitude, so that sums cancel.
    static float[] mixed(RandomGenerator random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = Math.scalb(2 * RandomStreams.uniform(random) - 1, random.nextInt(16) - 8);
        }
        return values;
    }

    /// As [#mixed], with about one special value among `every`.
    static float[] withSpecial(RandomGenerator random, int n, int every) {
        float[] values = mixed(random, n);
        for (int i = 0; i < n; i++) {
            if (random.nextInt(every) == 0) {
                values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
            }
        }
        return values;
    }

    /// Fails unless all bits are equal, any NaN being equal to any other.
    static void assertSameBits(float[] expected, float[] actual, String what) {
        if (expected.length != actual.length) {
            fail(what + ": " + actual.length + " values, expected " + expected.length);
        }
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                fail(what + ": value " + i + " is " + Float.toHexString(actual[i]) + ", expected "
                        + Float.toHexString(expected[i]) + " (seed " + seed() + ")");
            }
        }
    }
}
