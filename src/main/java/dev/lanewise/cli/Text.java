// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HexFormat;

/// Text for people: values from outside made harmless, numbers with a fixed number of decimals.
///
/// `String.format` would do the latter, at 30 ms for its first call and `BigDecimal` at 15: a tenth of a small job.
final class Text {
    private static final int LONGEST = 40;
    private static final HexFormat HEX = HexFormat.of();
    private static final long[] UNITS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

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

    /// `value` rounded to so many decimals (1 to 6), half up, in plain notation.
    static String fixed(double value, int decimals) {
        long unit = UNITS[decimals];
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        if (Math.abs(value) >= 0x1p53 / unit) { // the product below would not be exact to the last decimal
            return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_UP).toPlainString();
        }
        long scaled = Math.round(Math.abs(value) * unit);
        String fraction = Long.toString(unit + scaled % unit).substring(1);
        return (value < 0 && scaled > 0 ? "-" : "") + scaled / unit + "." + fraction;
    }

    /// A time in the unit that leaves at least 1, with three digits or more; `-` for none.
    static String seconds(double seconds) {
        if (Double.isNaN(seconds)) {
            return "-";
        }
        return seconds >= 1 ? fixed(seconds, 3) + " s"
                : seconds >= 1e-3 ? fixed(seconds * 1e3, 2) + " ms" : fixed(seconds * 1e6, 3) + " us";
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
