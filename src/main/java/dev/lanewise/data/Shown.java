// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.util.List;
import java.util.stream.Collectors;

/// Text from files as it may stand in a message: on one line, harmless to terminals and logs, and short.
final class Shown {
    private static final int MAX_CHARS = 40;
    private static final int MAX_NAMES = 20;

    private Shown() {
    }

    /// `text` with everything escaped that is not visible or moves a terminal's cursor.
    static String escaped(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> {
                    if (isVisible(c)) {
                        shown.appendCodePoint(c);
                    } else {
                        shown.append(String.format(c > 0xFFFF ? "\\U%08x" : "\\u%04x", c));
                    }
                }
            }
        });
        return shown.toString();
    }

    /// `text` escaped, and cut if it is longer than 40 characters.
    static String value(String text) {
        return escaped(text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS - 3) + "...");
    }

    /// `names` separated by commas; the first 20 if there are more.
    static String names(List<String> names) {
        String first = names.stream().limit(MAX_NAMES).map(Shown::value).collect(Collectors.joining(", "));
        return names.size() <= MAX_NAMES ? first : first + " and " + (names.size() - MAX_NAMES) + " more";
    }

    private static boolean isVisible(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
