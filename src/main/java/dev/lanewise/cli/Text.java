// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HexFormat;

/// Text for people: values from outside made harmless, numbers with a fixed number of decimals.
///
/// `String.format` would do the latter, at 30 ms for its first call: a tenth of a small job.
final class Text {
    private static final int LONGEST = 40;
    private static final HexFormat HEX = HexFormat.of();

    private Text() {
    }

    /// `value` escaped and cut to 40 characters.
    static String shown(String value) {
        if (value.codePointCount(0, value.length()) <= LONGEST) {
            return escaped(value);
        }
        return escaped(value.substring(0, value.offsetByCodePoints(0, LONGEST))) + "...";
    }

    /// `value` without characters that could pass for another line or colour of a terminal or a log.
    static String escaped(String value) {
        int i = 0;
        while (i < value.length() && value.charAt(i) >= ' ' && value.charAt(i) <= '~') {
            i++;
        }
        return i == value.length() ? value : escapedFrom(value, i);
    }

    private static String escapedFrom(String value, int plain) {
        StringBuilder shown = new StringBuilder(value.length() + 16).append(value, 0, plain);
        for (int i = plain; i < value.length(); i += Character.charCount(value.codePointAt(i))) {
            int c = value.codePointAt(i);
            if (isVisible(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append("\\u").append(HEX.toHexDigits(c, c > 0xFFFF ? 6 : 4));
            }
        }
        return shown.toString();
    }

    private static boolean isVisible(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }

    /// As `%f` of C: six decimals; `inf` and `nan` as they are.
    static String loss(double value) {
        return fixed(value, 6);
    }

    /// A share of 1 with four decimals.
    static String share(double value) {
        return fixed(value, 4);
    }

    /// `value` rounded to so many decimals, half to even, in plain notation.
    static String fixed(double value, int decimals) {
        return Double.isFinite(value)
                ? new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString()
                : Double.toString(value);
    }

    /// `1 row`, `2 rows`.
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /// Bytes in the largest unit that leaves at least 1, with one decimal.
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " bytes";
        }
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < 3) {
            value /= 1024;
            unit++;
        }
        return fixed(value, 1) + " " + "KMGT".charAt(unit) + "iB";
    }
}
