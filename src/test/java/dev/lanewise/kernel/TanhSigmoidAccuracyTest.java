// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// [ScalarMath#tanh] and [ScalarMath#sigmoid] against `StrictMath` in double, by stepping through bit patterns; the
/// largest error is printed. An error is counted in units of the last place of the rounded true result.
class TanhSigmoidAccuracyTest {
    private static final int STEP = 61;
    private static final int WIDE_STEP = 9973;
    private static final int MINUS = Integer.MIN_VALUE;

    @FunctionalInterface
    private interface FloatFunction {
        float of(float x);
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }

    private static float ofBits(int bits) {
        return Float.intBitsToFloat(bits);
    }

    private static double trueSigmoid(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /// Steps through the floats of both signs with magnitudes between two others.
    private static void assertUlps(String what, FloatFunction function, DoubleUnaryOperator exact, float from, float to,
            int step, double bound) {
        double worst = 0;
        float at = Float.NaN;
        long count = 0;
        for (int b = bits(from); b <= bits(to); b += step) {
            for (int sign = 0; sign <= 1; sign++) {
                float x = ofBits(b | sign << 31);
                double expected = exact.applyAsDouble(x);
                double error = Math.abs(function.of(x) - expected) / Math.ulp((float) expected);
                count++;
                if (!(error <= worst)) { // a NaN counts as an error too
                    worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                    at = x;
                }
            }
        }
        String found = String.format("%s on +-[%s, %s]: %.4f ulp at %s, the most of %,d values", what, from, to, worst,
                Float.toHexString(at), count);
        System.out.println(found);
        assertTrue(count > 100_000, found);
        assertTrue(worst <= bound, found);
    }

    @Test
    void tanhOverItsDomain() {
        assertUlps("tanh", ScalarMath::tanh, StrictMath::tanh, 0f, 0x1p-12f, WIDE_STEP, 1);
        assertUlps("tanh", ScalarMath::tanh, StrictMath::tanh, 0x1p-12f, 0.6249999f, STEP, 1);
        assertUlps("tanh", ScalarMath::tanh, StrictMath::tanh, 0.625f, 1f, 7, 1.5);
        assertUlps("tanh", ScalarMath::tanh, StrictMath::tanh, 1f, 20f, STEP, 1.5);
        assertUlps("tanh", ScalarMath::tanh, StrictMath::tanh, 8.9f, 9.1f, 1, 1.5);
        assertUlps("tanh", ScalarMath::tanh, StrictMath::tanh, 20f, Float.MAX_VALUE, WIDE_STEP, 1);
    }

    @Test
    void sigmoidOverItsDomain() {
        DoubleUnaryOperator exact = TanhSigmoidAccuracyTest::trueSigmoid;
        assertUlps("sigmoid", ScalarMath::sigmoid, exact, 0f, 0x1p-12f, WIDE_STEP, 1);
        assertUlps("sigmoid", ScalarMath::sigmoid, exact, 0x1p-12f, 1f, STEP, 1.5);
        assertUlps("sigmoid", ScalarMath::sigmoid, exact, 1f, 20f, 13, 1.5);
        assertUlps("sigmoid", ScalarMath::sigmoid, exact, 20f, 87.3f, STEP, 1.5);
        assertUlps("sigmoid with a subnormal result", ScalarMath::sigmoid, exact, 87.3f, 104f, 7, 1);
    }

    @Test
    void tanhOfSpecialValues() {
        assertEquals(bits(0f), bits(ScalarMath.tanh(0f)));
        assertEquals(bits(-0f), bits(ScalarMath.tanh(-0f)));
        assertEquals(Float.NaN, ScalarMath.tanh(Float.NaN));
        assertEquals(1f, ScalarMath.tanh(Float.POSITIVE_INFINITY));
        assertEquals(-1f, ScalarMath.tanh(Float.NEGATIVE_INFINITY));
        for (float x : new float[]{Float.MIN_VALUE, 1e-40f, Float.MIN_NORMAL, 1e-20f}) {
            assertEquals(x, ScalarMath.tanh(x));
            assertEquals(-x, ScalarMath.tanh(-x));
        }
    }

    @Test
    void sigmoidOfSpecialValues() {
        assertEquals(0.5f, ScalarMath.sigmoid(0f));
        assertEquals(0.5f, ScalarMath.sigmoid(-0f));
        assertEquals(Float.NaN, ScalarMath.sigmoid(Float.NaN));
        assertEquals(1f, ScalarMath.sigmoid(Float.POSITIVE_INFINITY));
        assertEquals(bits(0f), bits(ScalarMath.sigmoid(Float.NEGATIVE_INFINITY)));
        assertEquals(bits(0f), bits(ScalarMath.sigmoid(-105.1f)));
        assertEquals(bits(0f), bits(ScalarMath.sigmoid(-Float.MAX_VALUE)));
        assertEquals(1f, ScalarMath.sigmoid(17.4f));
        assertEquals(Float.MIN_VALUE, ScalarMath.sigmoid(-103.9f));
        assertEquals(9.98e-39f, ScalarMath.sigmoid(-87.5f), 0.01e-39f);
    }

    /// A range of results that reaches beyond its limits would make a gradient negative.
    @Test
    void resultsStayInRange() {
        for (long b = bits(Float.MIN_NORMAL); b < bits(Float.POSITIVE_INFINITY); b += 4099) {
            for (int sign : new int[]{0, MINUS}) {
                float x = ofBits((int) b | sign);
                assertTrue(Math.abs(ScalarMath.tanh(x)) <= 1f, () -> "tanh of " + x);
                float y = ScalarMath.sigmoid(x);
                assertTrue(y >= 0f && y <= 1f, () -> "sigmoid of " + x);
            }
        }
    }

    @Test
    void neitherFallsByMoreThanRounding() {
        for (int b = bits(0x1p-8f); b < bits(20f); b += 53) {
            float x = ofBits(b);
            float next = ofBits(b + 53);
            assertTrue(ScalarMath.tanh(next) >= ScalarMath.tanh(x) - Math.ulp(1f), () -> "tanh falls at " + x);
            assertTrue(ScalarMath.sigmoid(next) >= ScalarMath.sigmoid(x) - Math.ulp(1f), () -> "sigmoid falls at " + x);
        }
    }
}
