// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// [ScalarMath#log1pUnit] and [ScalarMath#logOfRest] against `StrictMath` in double, by stepping through bit patterns;
/// the largest error is printed, in units of the last place of the rounded true result.
class LossLogAccuracyTest {
    private static final int STEP = 61;
    private static final int WIDE_STEP = 9973;

    @FunctionalInterface
    private interface FloatFunction {
        float of(float x);
    }

    private static void assertUlps(String what, FloatFunction function, DoubleUnaryOperator exact, float from, float to,
            int step, double bound) {
        double worst = 0;
        float at = Float.NaN;
        long count = 0;
        for (int b = Float.floatToRawIntBits(from); b <= Float.floatToRawIntBits(to); b += step) {
            float x = Float.intBitsToFloat(b);
            double expected = exact.applyAsDouble(x);
            double error = Math.abs(function.of(x) - expected) / Math.ulp((float) expected);
            count++;
            if (!(error <= worst)) { // a NaN counts as an error too
                worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                at = x;
            }
        }
        String found = String.format("%s on [%s, %s]: %.4f ulp at %s, the most of %,d values", what, from, to, worst,
                Float.toHexString(at), count);
        System.out.println(found);
        assertTrue(count > 50_000, found);
        assertTrue(worst <= bound, found);
    }

    @Test
    void logarithmOfOnePlus() {
        assertUlps("log(1 + e)", ScalarMath::log1pUnit, StrictMath::log1p, 0f, 0x1p-30f, WIDE_STEP, 1.5);
        assertUlps("log(1 + e)", ScalarMath::log1pUnit, StrictMath::log1p, 0x1p-30f, 0x1p-8f, STEP, 1.5);
        assertUlps("log(1 + e)", ScalarMath::log1pUnit, StrictMath::log1p, 0x1p-8f, 1f, 13, 1.5);
    }

    @Test
    void logarithmOfTheRest() {
        DoubleUnaryOperator exact = p -> StrictMath.log1p(-p);
        assertUlps("log(1 - p)", ScalarMath::logOfRest, exact, 0f, 0x1p-30f, WIDE_STEP, 1);
        assertUlps("log(1 - p)", ScalarMath::logOfRest, exact, 0x1p-30f, 0x1p-8f, STEP, 2);
        assertUlps("log(1 - p)", ScalarMath::logOfRest, exact, 0x1p-8f, 0x1.fffffep-1f, 13, 2);
    }

    @Test
    void specialValues() {
        assertEquals(0f, ScalarMath.log1pUnit(0f));
        assertEquals(Float.MIN_VALUE, ScalarMath.log1pUnit(Float.MIN_VALUE));
        assertEquals(Float.NaN, ScalarMath.log1pUnit(Float.NaN));
        assertEquals(Float.NEGATIVE_INFINITY, ScalarMath.logOfRest(1f));
        assertEquals(-Float.MIN_VALUE, ScalarMath.logOfRest(Float.MIN_VALUE));
        assertEquals(Float.NaN, ScalarMath.logOfRest(1.5f));
        assertEquals(Float.NaN, ScalarMath.logOfRest(Float.NaN));
    }
}
