// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.parallel.WorkerTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The numbers that options take: ASCII decimal, nothing else.
///
/// Java's own parsers take more than anybody means: `Integer.parseInt` digits of every script, `Float.parseFloat`
/// `1d`, `0x1p3` and blanks, and it turns `1e400` into infinity. So the characters are checked first.
final class Grammar {
    private Grammar() {
    }

    /// A whole number from 1 to 2147483647.
    static int count(String option, String text) {
        long value = wholeNumber(text);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw CommandException.usage(option, "not a whole number in range", text,
                    "1 to 2147483647 in decimal digits");
        }
        return (int) value;
    }

    /// A number of threads, or [ThreadChoice#AUTO].
    static int threads(String option, String text) {
        if (text.equals("auto")) {
            return ThreadChoice.AUTO;
        }
        long value = wholeNumber(text);
        if (value < 1 || value > WorkerTeam.MAX_THREADS) {
            throw CommandException.usage(option, "not a number of threads", text,
                    "auto, or 1 to " + WorkerTeam.MAX_THREADS + " in decimal digits");
        }
        return (int) value;
    }

    /// A whole number that a `long` holds, with a sign or without.
    static long seed(String option, String text) {
        boolean signed = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+');
        try {
            if (isDigits(text, signed ? 1 : 0, text.length())) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // too many digits for a long: the same message as for anything else
        }
        throw CommandException.usage(option, "not a whole number in range", text,
                "-9223372036854775808 to 9223372036854775807 in decimal digits");
    }

    /// A decimal number above 0 that a float holds.
    static float learningRate(String option, String text) {
        if (isDecimal(text)) {
            float value = Float.parseFloat(text);
            if (value > 0 && value <= Float.MAX_VALUE) {
                return value;
            }
        }
        throw CommandException.usage(option, "not a learning rate", text,
                "a decimal number above 0 and at most 3.4028235e38");
    }

    /// A decimal number of at least 0 that a float holds.
    static float notNegative(String option, String what, String text) {
        if (isDecimal(text)) {
            float value = Float.parseFloat(text);
            if (value >= 0 && value <= Float.MAX_VALUE) {
                return value;
            }
        }
        throw CommandException.usage(option, "not a " + what, text,
                "a decimal number of at least 0 and at most 3.4028235e38");
    }

    /// A decimal number of at least 0 and below 1.
    static float belowOne(String option, String what, String text) {
        if (isDecimal(text)) {
            float value = Float.parseFloat(text);
            if (value >= 0 && value < 1) {
                return value;
            }
        }
        throw CommandException.usage(option, "not a " + what, text, "a decimal number of at least 0 and below 1");
    }

    /// Whole numbers from 1 to `most`, separated by commas.
    static List<Integer> sizes(String option, String text, int most) {
        List<Integer> sizes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            long value = wholeNumber(part);
            if (value < 1 || value > most) {
                throw CommandException.usage(option, "not a size of a layer", part,
                        "1 to " + most + " in decimal digits, several separated by commas");
            }
            sizes.add((int) value);
        }
        return sizes;
    }

    /// A decimal number above 0 and below 1.
    static Fraction fraction(String option, String text) {
        if (isDecimal(text)) {
            double value = Double.parseDouble(text);
            if (value > 0 && value < 1) {
                return new Fraction(value, text);
            }
        }
        throw CommandException.usage(option, "not a fraction", text, "a decimal number above 0 and below 1");
    }

    /// One of `choices`, by its name in lower case.
    static <E extends Enum<E>> E choice(String option, String text, E[] choices) {
        for (E choice : choices) {
            if (name(choice).equals(text)) {
                return choice;
            }
        }
        throw CommandException.usage(option, "no such choice", text, names(choices));
    }

    /// The name of a choice on the command line.
    static String name(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /// The names of `choices`: `a, b or c`.
    static String names(Enum<?>[] choices) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < choices.length; i++) {
            names.append(i == 0 ? "" : i == choices.length - 1 ? " or " : ", ").append(name(choices[i]));
        }
        return names.toString();
    }

    /// The value of decimal digits and nothing else, or -1; values beyond an `int` come out as some number beyond it.
    static long wholeNumber(String text) {
        if (!isDigits(text, 0, text.length())) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length() && value <= Integer.MAX_VALUE; i++) {
            value = 10 * value + text.charAt(i) - '0';
        }
        return value;
    }

    private static boolean isDigits(String text, int from, int to) {
        return to > from && endOfDigits(text, from, to) == to;
    }

    private static int endOfDigits(String text, int from, int to) {
        int i = from;
        while (i < to && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /// An optional sign, digits with or without a point in or around them, an optional exponent.
    private static boolean isDecimal(String text) {
        int end = text.length();
        int start = end > 0 && isSign(text.charAt(0)) ? 1 : 0;
        int point = endOfDigits(text, start, end);
        int digits = point - start;
        int i = point;
        if (i < end && text.charAt(i) == '.') {
            i = endOfDigits(text, point + 1, end);
            digits += i - point - 1;
        }
        if (digits == 0) {
            return false;
        }
        if (i < end && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            int exponent = i + 1 < end && isSign(text.charAt(i + 1)) ? i + 2 : i + 1;
            return isDigits(text, exponent, end);
        }
        return i == end;
    }

    private static boolean isSign(char c) {
        return c == '+' || c == '-';
    }
}
