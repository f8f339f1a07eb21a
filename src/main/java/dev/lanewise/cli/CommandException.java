// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

/// A command cannot go on; the message is the line for the user.
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    CommandException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /// Options or their values are wrong.
    static CommandException usage(String message) {
        return new CommandException(ExitCode.USAGE, message);
    }

    /// The value of an option is wrong.
    static CommandException usage(String option, String wrong, String given, String expected) {
        return usage(option + ": " + wrong + " (got '" + Text.shown(given) + "'), expected " + expected);
    }

    /// The content of a file is wrong.
    static CommandException badData(String message) {
        return new CommandException(ExitCode.BAD_DATA, message);
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
