// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What the house asks of the text of a source file. Every method returns one line for each breach, `NAME:LINE: what`.
/// They read lines, not syntax: the enforced layout is what makes that enough.
final class SourceRules {
    static final int LONGEST_FILE = 500;

    private static final String LICENSE = "// SPDX-License-Identifier: Apache-2.0";
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern CATCHES_ALL = Pattern.compile("catch \\((final )?Throwable\\b");
    private static final Pattern CONFINED = Pattern.compile("(?<!requireNonNull\\(Arena\\.)ofConfined\\(\\)");
    private static final Pattern NAMES_NOTHING = Pattern
            .compile(".*(Util|Utils|Common|Helper|Helpers|Manager|Impl)(Test|IT)?\\.java");
    private static final Pattern DECLARATION = Pattern.compile("( {4}){0,2}(public|protected) .*");

    private SourceRules() {
    }

    static List<String> license(String name, List<String> lines) {
        return lines.isEmpty() || !lines.getFirst().equals(LICENSE)
                ? List.of(name + ":1: the first line is not " + LICENSE)
                : List.of();
    }

    static List<String> size(String name, List<String> lines) {
        return lines.size() > LONGEST_FILE
                ? List.of(name + ":" + lines.size() + ": more than " + LONGEST_FILE + " lines")
                : List.of();
    }

    static List<String> finished(String name, List<String> lines) {
        return matching(name, lines, UNFINISHED, "unfinished work belongs into an issue");
    }

    static List<String> catchesWhatItCanHandle(String name, List<String> lines) {
        return matching(name, lines, CATCHES_ALL, "catches Throwable");
    }

    static List<String> ownerless(String name, List<String> lines) {
        return matching(name, lines, CONFINED, "memory with an owner makes all kernels slower");
    }

    static List<String> telling(String name, List<String> lines) {
        return NAMES_NOTHING.matcher(name).matches() ? List.of(name + ":1: the name does not say what it is")
                : List.of();
    }

    /// For the exported packages: every public or protected type and member has a comment of its own, but for what
    /// overrides a documented one.
    static List<String> documented(String name, List<String> lines) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!DECLARATION.matcher(line).matches()) {
                continue;
            }
            int above = i - 1;
            boolean overrides = false;
            while (above >= 0 && lines.get(above).strip().startsWith("@")) {
                overrides |= lines.get(above).strip().startsWith("@Override");
                above--;
            }
            if (!overrides && (above < 0 || !lines.get(above).strip().startsWith("///"))) {
                found.add(name + ":" + (i + 1) + ": no documentation: " + line.strip());
            }
        }
        return found;
    }

    private static List<String> matching(String name, List<String> lines, Pattern pattern, String what) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (pattern.matcher(lines.get(i)).find()) {
                found.add(name + ":" + (i + 1) + ": " + what + ": " + lines.get(i).strip());
            }
        }
        return found;
    }
}
