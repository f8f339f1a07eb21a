// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTextTest {
    private static float parse(String text) {
        char[] padded = ("9" + text + "9").toCharArray();
        assertTrue(DecimalText.isDecimal(padded, 1, padded.length - 1), text);
        return DecimalText.toFloat(padded, 1, padded.length - 1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-0, -0.0", "1, 1", "+1, 1", "-1, -1", ".5, 0.5", "5., 5", "-.5e1, -5", "1e5, 100000",
            "1E+5, 100000", "1e-5, 0.00001", "00012.500, 12.5", "3.4028235e38, 3.4028235e38",
            "340282350000000000000000000000000000000, 3.4028235e38", "1e-400, 0", "1e-45, 1e-45", "0e999999999999, 0",
            "1e400, Infinity", "-1e39, -Infinity", "3.4028236e38, Infinity", "1e99999999999999999999, Infinity",
            "1e-99999999999999999999, 0"})
    void decimalsAreParsed(String text, float expected) {
        assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(parse(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+", "-", ".", "e", "e5", ".e5", "1e", "1e+", "1e-", "1.2.3", "1e5.0", "--1", "+-1",
            "1-2",
            "1d", "1f", "0x1", "0x1p3", "NaN", "Infinity", "1_0", " 1", "1 ", "1,0", "\u0661", "\uFF11", "1\u0000"})
    void otherTextIsNone(String text) {
        assertFalse(DecimalText.isDecimal(text.toCharArray(), 0, text.length()));
        assertFalse(DecimalText.isInteger(text.toCharArray(), 0, text.length()));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "+7, 7", "-7, -7", "007, 7", "9223372036854775807, 9223372036854775807",
            "-9223372036854775808, -9223372036854775808", "16777217, 16777217"})
    void wholeNumbersAreExact(String text, long expected) {
        char[] padded = ("9" + text + "9").toCharArray();
        assertTrue(DecimalText.isInteger(padded, 1, padded.length - 1));
        assertEquals(expected, DecimalText.toLong(padded, 1, padded.length - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "-9223372036854775809", "100000000000000000000000000"})
    void wholeNumbersBeyond64BitsAreRefused(String text) {
        char[] chars = text.toCharArray();
        assertTrue(DecimalText.isInteger(chars, 0, chars.length));
        assertThrows(NumberFormatException.class, () -> DecimalText.toLong(chars, 0, chars.length));
    }

    /// Halfway cases and their neighbours a hair away: a detour over double, or a wrong tie, shows here.
    @Test
    void decimalsAreRoundedOnceToTheNearestFloatTiesToEven() {
        SplittableRandom random = new SplittableRandom(20260101);
        for (int i = 0; i < 20_000; i++) {
            float low = Math.abs(Float.intBitsToFloat(random.nextInt()));
            if (!Float.isFinite(low) || low == Float.MAX_VALUE) {
                continue;
            }
            float high = Math.nextUp(low);
            float even = (Float.floatToIntBits(low) & 1) == 0 ? low : high;
            BigDecimal middle = new BigDecimal(low).add(new BigDecimal(high)).divide(BigDecimal.valueOf(2));
            BigDecimal hair = middle.ulp().movePointLeft(5);
            assertEquals(even, parse(middle.toString()), middle + " (the middle)");
            assertEquals(low, parse(middle.subtract(hair).toPlainString()), middle + " (below)");
            assertEquals(high, parse(middle.add(hair).toString()), middle + " (above)");
            BigDecimal shortened = new BigDecimal(low).round(new MathContext(9));
            assertEquals(low, parse(shortened.toString()), "nine digits identify a float");
        }
    }

    @Test
    void aMillionDigitsAreNoProblem() {
        assertEquals(1f, parse("1." + "0".repeat(1_000_000) + "1"));
        assertEquals(Math.nextUp(1f), parse("1.00000005960464477539062500" + "0".repeat(1_000_000) + "1"));
        assertEquals(0f, parse("0." + "0".repeat(1_000_000) + "1"));
        assertEquals(Float.POSITIVE_INFINITY, parse("1" + "0".repeat(1_000_000)));
    }
}
