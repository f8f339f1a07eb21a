// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.io.PrintStream;

import org.jspecify.annotations.Nullable;

/// stderr: whole lines, and on a terminal a status line that is rewritten in place.
///
/// There are no colours and no escape codes: a carriage return and blanks do. Each line is one write, so that lines of
/// several processes on one stream stay whole.
final class Console {
    private final PrintStream err;
    private final boolean terminal;
    private int statusLength;

    Console(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /// Whether stderr is a terminal that can rewrite a line; only the launcher knows, and says so by a property.
    static boolean isTerminal(@Nullable String property, @Nullable String term) {
        return "true".equals(property) && !"dumb".equals(term);
    }

    /// Whether [#status] shows anything.
    boolean hasStatusLine() {
        return terminal;
    }

    /// Prints a line.
    void line(String text) {
        err.print(erased() + Text.escaped(text) + "\n");
    }

    /// Prints a line that begins with `lanewise: warning:`.
    void warning(String text) {
        line("lanewise: warning: " + text);
    }

    /// Rewrites the status line; nothing off a terminal.
    void status(String text) {
        if (terminal) {
            int blanks = Math.max(0, statusLength - text.length());
            err.print("\r" + text + " ".repeat(blanks) + "\b".repeat(blanks));
            statusLength = text.length();
        }
    }

    private String erased() {
        if (statusLength == 0) {
            return "";
        }
        String blanks = "\r" + " ".repeat(statusLength) + "\r";
        statusLength = 0;
        return blanks;
    }
}
