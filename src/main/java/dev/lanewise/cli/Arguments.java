// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The arguments of one command, split into options and values but not yet understood.
final class Arguments {
    private final Syntax syntax;
    private final ParseResult parsed;

    private Arguments(Syntax syntax, ParseResult parsed) {
        this.syntax = syntax;
        this.parsed = parsed;
    }

    /// Splits `args`, without the name of the command.
    ///
    /// **Throws** [CommandException] (usage) if an option is unknown, has no value, or an argument is too many.
    static Arguments parse(Syntax syntax, String[] args) {
        CommandSpec spec = syntax.spec();
        refuseFlagValues(spec, args);
        try {
            return new Arguments(syntax, plain(spec).parseArgs(args));
        } catch (UnmatchedArgumentException e) {
            throw CommandException.usage(unmatched(syntax, spec, e));
        } catch (OverwrittenOptionException e) {
            throw CommandException.usage(
                    ((OptionSpec) e.getOverwritten()).longestName() + ": given twice, expected once");
        } catch (MissingParameterException e) {
            throw CommandException.usage(e.getMissing().getFirst() instanceof OptionSpec option
                    ? option.longestName() + ": the value is missing, expected " + option.longestName() + " "
                            + option.paramLabel()
                    : "the model file is missing, expected lanewise " + syntax.command() + " MODEL"
                            + (syntax == Syntax.INSPECT ? "" : " --data DATA"));
        }
    }

    private static void refuseFlagValues(CommandSpec spec, String[] args) {
        for (String arg : args) {
            int value = arg.indexOf('=');
            OptionSpec option = value < 0 ? null : spec.findOption(arg.substring(0, value));
            if (option != null && option.arity().max() == 0) {
                throw CommandException.usage(option.longestName(), "this option takes no value",
                        arg.substring(value + 1), option.longestName() + " alone");
            }
        }
    }

    /// A picocli command line that takes arguments as they are: no files of arguments, quotes, variables or styles.
    static CommandLine plain(CommandSpec spec) {
        spec.interpolateVariables(false);
        return new CommandLine(spec).setExpandAtFiles(false).setTrimQuotes(false);
    }

    private static String unmatched(Syntax syntax, CommandSpec spec, UnmatchedArgumentException e) {
        String first = e.getUnmatched().getFirst();
        String help = "; see lanewise " + syntax.command() + " --help";
        if (!first.startsWith("-") || first.length() == 1) {
            return "unexpected argument '" + Text.shown(first) + "'" + help;
        }
        int value = first.indexOf('=');
        String name = value < 0 ? first : first.substring(0, value);
        return "unknown option '" + Text.shown(name) + "'" + Nearest.meant(name, spec.optionsMap().keySet()) + help;
    }

    boolean helpRequested() {
        return parsed.isUsageHelpRequested();
    }

    boolean flag(String option) {
        return parsed.hasMatchedOption(option);
    }

    boolean has(String option) {
        return parsed.hasMatchedOption(option);
    }

    /// The value of an option, or null if it was not given.
    ///
    /// **Throws** [CommandException] if it was given twice.
    @Nullable
    String value(String option) {
        OptionSpec matched = parsed.matchedOption(option);
        if (matched == null) {
            return null;
        }
        List<String> values = matched.originalStringValues();
        if (values.size() > 1) {
            throw CommandException.usage(option + ": given twice (got '" + Text.shown(values.get(0)) + "' and '"
                    + Text.shown(values.get(1)) + "'), expected once");
        }
        return values.getFirst();
    }

    /// The value of an option as a path, or null if it was not given.
    @Nullable
    Path path(String option) {
        String value = value(option);
        return value == null ? null : path(option, value);
    }

    /// The model file of `evaluate`, `predict` and `inspect`.
    Path model() {
        return path("MODEL", parsed.matchedPositionalValue(0, ""));
    }

    static Path path(String option, String value) {
        if (value.isEmpty()) {
            throw CommandException.usage(option + ": the path is empty, expected the name of a file");
        }
        if (value.equals("-")) { // predict has asked for stdout before
            throw CommandException.usage(option, "not the name of a file", value,
                    switch (option) {
                        case "--out" -> "one, as what is written has to be renamed; a file called - is ./-";
                        case "MODEL" -> "that of a model, which cannot be piped; a file called - is ./-";
                        default -> "one; a CSV file may come from /dev/stdin, and a file called - is ./-";
                    });
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw CommandException.usage(option, "not a path", value, "the name of a file");
        }
    }

    /// **Throws** [CommandException] if `option` was given, because of `why`.
    void refuse(String option, String why) {
        if (has(option)) {
            throw CommandException.usage(option + ": " + why);
        }
    }

    Syntax syntax() {
        return syntax;
    }
}
