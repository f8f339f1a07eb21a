// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/// Text from files in messages: cut, and without characters that could pass for another line or colour of the log.
final class Quoted {
    private static final int LONGEST = 40;
    private static final int MOST_NAMES = 5;

    private Quoted() {
    }

    /// `text` between quotes, cut to 40 characters.
    static String of(String text) {
        boolean cut = text.codePointCount(0, text.length()) > LONGEST;
        return "'" + (cut ? escape(text.substring(0, text.offsetByCodePoints(0, LONGEST))) + "..." : escape(text))
                + "'";
    }

    /// The first names of a collection, and how many there are beyond them.
    static String list(Collection<String> names) {
        String first = names.stream().limit(MOST_NAMES).map(Quoted::of).collect(Collectors.joining(", "));
        return names.size() > MOST_NAMES ? first + " and " + (names.size() - MOST_NAMES) + " more" : first;
    }

    /// `file` in full.
    static String path(Path file) {
        return escape(file.toString());
    }

    /// Whether every surrogate has its other half.
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static String escape(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED ->
                    shown.append(String.format(Locale.ROOT, "\\u%04x", c));
                default -> shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
