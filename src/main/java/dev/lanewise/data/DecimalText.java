// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import ch.randelshofer.fastdoubleparser.JavaFloatParser;
import java.nio.CharBuffer;

/// Decimal numbers as people and programs write them, and nothing else: `[+-] digits [. digits] [e [+-] digits]`,
/// ASCII, with digits before or after the point.
///
/// Java's own parsers also take `1d`, `0x1p3`, `NaN`, digits of other scripts, and turn `1e400` into infinity.
final class DecimalText {
    private DecimalText() {
    }

    /// Whether `text[from .. to - 1]` is a decimal number.
    static boolean isDecimal(char[] text, int from, int to) {
        int at = from < to && isSign(text[from]) ? from + 1 : from;
        int point = skipDigits(text, at, to);
        int digits = point - at;
        at = point;
        if (at < to && text[at] == '.') {
            int end = skipDigits(text, at + 1, to);
            digits += end - at - 1;
            at = end;
        }
        if (digits > 0 && at < to && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            at = at < to && isSign(text[at]) ? at + 1 : at;
            int end = skipDigits(text, at, to);
            digits = end - at;
            at = end;
        }
        return digits > 0 && at == to;
    }

    /// Whether `text[from .. to - 1]` is a whole number without point and exponent.
    static boolean isInteger(char[] text, int from, int to) {
        int at = from < to && isSign(text[from]) ? from + 1 : from;
        return at < to && skipDigits(text, at, to) == to;
    }

    private static boolean isSign(char c) {
        return c == '+' || c == '-';
    }

    private static int skipDigits(char[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at;
    }

    /// The float nearest to a decimal number, rounded once; infinite if it is out of range, 0 or subnormal if it is
    /// tiny.
    static float toFloat(char[] decimal, int from, int to) {
        return JavaFloatParser.parseFloat(decimal, from, to - from);
    }

    /// The value of a whole number.
    ///
    /// **Throws** `NumberFormatException` if it does not fit a `long`.
    static long toLong(char[] integer, int from, int to) {
        return Long.parseLong(CharBuffer.wrap(integer, from, to - from), 0, to - from, 10);
    }
}
