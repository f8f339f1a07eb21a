// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// [ScalarMath] against `StrictMath` in double, by stepping through bit patterns; the largest error is printed. An
/// error is counted in units of the last place of the rounded true result.
class ExpLogAccuracyTest {
    private static final double LN2 = StrictMath.log(2);
    private static final float EXP_LOW = -104f;
    private static final float EXP_HIGH = 88.72f;

    /// The largest error of one function, and where it was.
    private static final class Worst {
        private final String what;
        private double ulps;
        private float at = Float.NaN;
        private long count;

        Worst(String what) {
            this.what = what;
        }

        void add(float x, float actual, double exact) {
            double error = Math.abs(actual - exact) / Math.ulp((float) exact);
            count++;
            if (!(error <= ulps)) { // a NaN counts as an error too
                ulps = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                at = x;
            }
        }

        void exp(float x) {
            if (x >= EXP_LOW && x <= EXP_HIGH) {
                add(x, ScalarMath.exp(x), StrictMath.exp(x));
            }
        }

        void log(float x) {
            add(x, ScalarMath.log(x), StrictMath.log(x));
        }

        void assertAtMostOneUlp(long enough) {
            String found = String.format("%s: %.4f ulp at %s, the most of %,d values", what, ulps,
                    Float.toHexString(at), count);
            System.out.println(found);
            assertTrue(count >= enough, found);
            assertTrue(ulps <= 1, found);
        }
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }

    private static float ofBits(int bits) {
        return Float.intBitsToFloat(bits);
    }

    /// Calls `exp` for floats of one sign whose magnitudes lie between two others.
    private static void expBetween(Worst worst, float smallest, float largest, int step) {
        int sign = bits(largest) & Integer.MIN_VALUE;
        for (int b = bits(Math.abs(smallest)); b <= bits(Math.abs(largest)); b += step) {
            worst.exp(ofBits(b | sign));
        }
    }

    @Test
    void expOverItsDomain() {
        Worst worst = new Worst("exp on [-104, 88.72]");
        expBetween(worst, 0f, 0x1p-12f, 4099);
        expBetween(worst, 0f, -0x1p-12f, 4099);
        expBetween(worst, 0x1p-12f, EXP_HIGH, 101);
        expBetween(worst, -0x1p-12f, EXP_LOW, 101);
        worst.assertAtMostOneUlp(3_000_000);
    }

    @Test
    void expWhereItsParameterIsReduced() {
        Worst worst = new Worst("exp around multiples of ln 2 / 2");
        for (int k = -301; k <= 256; k++) {
            int middle = bits((float) (k * LN2 / 2));
            for (int b = Math.max(-300, -(middle & Integer.MAX_VALUE)); b <= 300; b++) {
                worst.exp(ofBits(middle + b));
            }
        }
        worst.assertAtMostOneUlp(300_000);
    }

    @Test
    void expWithSubnormalResultsAndAtTheBorders() {
        Worst subnormal = new Worst("exp with a subnormal result");
        expBetween(subnormal, -87.3f, EXP_LOW, 2);
        subnormal.assertAtMostOneUlp(1_000_000);
        Worst largest = new Worst("exp near its largest result");
        expBetween(largest, 88.7f, EXP_HIGH, 1);
        expBetween(largest, 0f, Float.MIN_NORMAL, 9973);
        largest.assertAtMostOneUlp(2_000);
    }

    @Test
    void expOfSpecialValues() {
        assertEquals(1f, ScalarMath.exp(0f));
        assertEquals(1f, ScalarMath.exp(-0f));
        assertEquals(1f, ScalarMath.exp(Float.MIN_VALUE));
        assertEquals(1f, ScalarMath.exp(-Float.MIN_VALUE));
        assertEquals(0f, ScalarMath.exp(Float.NEGATIVE_INFINITY));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.POSITIVE_INFINITY));
        assertEquals(Float.NaN, ScalarMath.exp(Float.NaN));
        float subnormal = ScalarMath.exp(-87.5f);
        assertEquals(9.98e-39f, subnormal, 0.01e-39f);
        assertTrue(subnormal < Float.MIN_NORMAL);
        assertEquals(Float.MIN_VALUE, ScalarMath.exp(-103.9f));
    }

    @Test
    void expBeyondItsDomain() {
        for (int b = bits(-104f); b <= bits(Float.NEGATIVE_INFINITY) && b < 0; b += b > bits(-110f) ? 99991 : 11) {
            assertEquals(0, bits(ScalarMath.exp(ofBits(b))), () -> "+0.0 below -104");
        }
        assertEquals(0, bits(ScalarMath.exp(-Float.MAX_VALUE)));
        for (int b = bits(88.73f); b < bits(Float.POSITIVE_INFINITY); b += b > bits(90f) ? 99991 : 11) {
            assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(ofBits(b)), "above 88.73");
        }
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.MAX_VALUE));
        assertTrue(Float.isFinite(ScalarMath.exp(EXP_HIGH)));
    }

    @Test
    void expNeverFallsByMoreThanRounding() {
        float before = 0f;
        for (int b = bits(-104f); b >= bits(-0x1p-6f); b -= 97) {
            float value = ScalarMath.exp(ofBits(b));
            assertTrue(value >= before, "exp falls at " + Float.toHexString(ofBits(b)));
            before = value;
        }
    }

    @Test
    void logOverItsDomain() {
        Worst worst = new Worst("log of all positive floats");
        for (int b = 1; b < bits(Float.POSITIVE_INFINITY) - 1009; b += 1009) {
            worst.log(ofBits(b));
        }
        worst.log(Float.MAX_VALUE);
        worst.assertAtMostOneUlp(2_000_000);
        Worst one = new Worst("log on [1/2, 2]");
        for (int b = bits(0.5f); b <= bits(2f); b += 11) {
            one.log(ofBits(b));
        }
        for (int b = bits(1f) - 3000; b <= bits(1f) + 3000; b++) {
            one.log(ofBits(b));
        }
        one.assertAtMostOneUlp(1_500_000);
    }

    @Test
    void logWhereItsParameterIsReduced() {
        Worst worst = new Worst("log around powers of sqrt 2, and of subnormal numbers");
        for (int k = -297; k <= 255; k++) {
            int middle = bits((float) StrictMath.pow(2, k / 2.0));
            for (int b = Math.max(-300, 1 - middle); b <= 300; b++) {
                worst.log(ofBits(middle + b));
            }
        }
        for (int b = 1; b < bits(Float.MIN_NORMAL); b += 13) {
            worst.log(ofBits(b));
        }
        worst.assertAtMostOneUlp(900_000);
    }

    @Test
    void logOfSpecialValues() {
        assertEquals(0, bits(ScalarMath.log(1f)), "log(1) is +0.0");
        assertEquals(Float.NEGATIVE_INFINITY, ScalarMath.log(0f));
        assertEquals(Float.NEGATIVE_INFINITY, ScalarMath.log(-0f));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.log(Float.POSITIVE_INFINITY));
        for (float x : new float[]{Float.NaN, -Float.MIN_VALUE, -1e-40f, -1f, -Float.MAX_VALUE,
                Float.NEGATIVE_INFINITY}) {
            assertEquals(Float.NaN, ScalarMath.log(x), () -> "log of " + x);
        }
        assertEquals((float) (-149 * LN2), ScalarMath.log(Float.MIN_VALUE));
    }

    @Test
    void logNeverFalls() {
        float before = Float.NEGATIVE_INFINITY;
        for (int b = bits(0.7f); b <= bits(1.5f); b += 3) {
            float value = ScalarMath.log(ofBits(b));
            assertTrue(value >= before, "log falls at " + Float.toHexString(ofBits(b)));
            before = value;
        }
    }
}
