// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.util.ArrayList;
import java.util.List;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The text of `--help`: examples first, exit codes and environment last.
final class Help {
    private static final int COLUMNS = 100;

    private static final String ENVIRONMENT = """
            Environment:
              LANEWISE_JAVA_HOME   JDK to run on, 25 or newer; then JAVA_HOME and PATH are tried
              LANEWISE_JAVA_OPTS   further JVM options, such as -Xmx2g or -Dlanewise.lanes=0 (scalar kernels)
              NO_COLOR, TERM       honoured: there are no colours, and TERM=dumb gets no rewritten status line
            """;

    private Help() {
    }

    /// The help of the program.
    static String program() {
        StringBuilder text = new StringBuilder("""
                Usage: lanewise COMMAND [OPTIONS]
                Trains linear models, softmax regression and MLPs in pure Java: fast, and the same bits everywhere.

                Examples:
                  lanewise train
                  lanewise train --data iris.csv --label species --out iris.safetensors
                  lanewise evaluate iris.safetensors --data iris-new.csv
                  lanewise predict iris.safetensors --data iris-new.csv --out predictions.csv
                  lanewise inspect iris.safetensors
                  lanewise bench --quick

                Commands:
                """);
        for (Syntax syntax : Syntax.values()) {
            text.append("  ").append(syntax.command()).append(" ".repeat(10 - syntax.command().length()))
                    .append(syntax.summary()).append('\n');
        }
        return text.append("""
                lanewise COMMAND --help tells the options of a command.

                Options:
                  -h, --help      Print this help.
                  -V, --version   Print version, JDK, operating system, kernels and cores.

                """).append(exitCodes()).append('\n').append(ENVIRONMENT).toString();
    }

    /// The help of one command.
    static String of(Syntax syntax) {
        CommandLine line = Arguments.plain(syntax.spec());
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.width(COLUMNS).sortOptions(false).sortSynopsis(false).abbreviateSynopsis(true);
        usage.description(syntax.summary());
        List<String> sections = new ArrayList<>();
        sections.add(UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING);
        sections.add(UsageMessageSpec.SECTION_KEY_SYNOPSIS);
        sections.add(UsageMessageSpec.SECTION_KEY_DESCRIPTION);
        sections.add("examples");
        sections.add(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST);
        sections.add(UsageMessageSpec.SECTION_KEY_OPTION_LIST);
        sections.add("exit codes");
        usage.sectionKeys(sections);
        String examples = "\nExamples:\n" + syntax.examples().indent(2) + "\n";
        String end = "\n" + exitCodes() + "\n" + ENVIRONMENT;
        line.getHelpSectionMap().put("examples", _ -> examples);
        line.getHelpSectionMap().put("exit codes", _ -> end);
        return line.getUsageMessage(Ansi.OFF);
    }

    private static String exitCodes() {
        StringBuilder text = new StringBuilder("Exit codes:\n");
        for (ExitCode code : ExitCode.values()) {
            text.append(code.code() < 10 ? "   " : "  ").append(code.code()).append("  ").append(code.meaning())
                    .append('\n');
        }
        return text.toString();
    }
}
