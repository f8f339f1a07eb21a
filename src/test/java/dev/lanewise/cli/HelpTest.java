// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
    @Test
    void programTellsExamplesCommandsExitCodesAndEnvironmentInThisOrder() {
        String help = CliRun.of("--help").succeeded().out();
        assertEquals(help, CliRun.of("-h").succeeded().out());
        assertOrder(help, "Usage: lanewise COMMAND [OPTIONS]\n", "Examples:\n", "Commands:\n", "  train ",
                "  evaluate ",
                "  predict ", "Options:\n", "Exit codes:\n   0  finished\n   2  wrong usage", "  65  ", "  66  ",
                "  70  ",
                "  71  ", "  73  ", "  74  ", "  75  ", "  76  ", "  77  ", "  78  ", "Environment:\n",
                "LANEWISE_JAVA_HOME", "LANEWISE_JAVA_OPTS", "NO_COLOR");
    }

    @ParameterizedTest
    @EnumSource
    void commandTellsAllItsOptions(Syntax syntax) {
        CliRun run = CliRun.of(syntax.command(), "--help").succeeded();
        String help = run.out();
        assertEquals("", run.err());
        assertOrder(help, "Usage: lanewise " + syntax.command() + " [OPTIONS]", syntax.summary(), "Examples:\n",
                "  lanewise " + syntax.command(), switch (syntax) {
                    case BENCH -> "--workload=IDS";
                    case INSPECT -> "--json";
                    default -> "--data=DATA";
                },
                "Exit codes:\n", "Environment:\n");
        for (OptionSpec option : syntax.spec().options()) {
            assertTrue(help.contains("  " + option.longestName()) || help.contains(", " + option.longestName()),
                    option.longestName());
        }
        for (String line : help.split("\n", -1)) {
            assertTrue(line.length() <= 100, line);
        }
    }

    @Test
    void trainTellsItsDefaults() {
        String help = CliRun.of("train", "--help").out();
        for (String text : List.of("Default: digits", "Default: 0.2", "Default: auto", "Default: standard for CSV",
                "Default: 10 (digits: 50)", "Default: 256 (digits: 16)",
                "Default: 0.1 (regression: 0.03)",
                "softplus or", "adagrad. Default: sgd",
                "Default: 0\n", "Default: it is not saved")) {
            assertTrue(help.contains(text), text);
        }
    }

    @Test
    void helpComesEvenIfTheRestIsWrong() {
        assertTrue(CliRun.of("predict", "--help").succeeded().out().startsWith("Usage: lanewise predict"));
        assertTrue(CliRun.of("train", "--lr", "0", "--help").succeeded().out().startsWith("Usage: lanewise train"));
    }

    @Test
    void versionTellsWhatRuns() {
        CliRun run = CliRun.of("--version").succeeded();
        List<String> lines = run.out().lines().toList();
        assertTrue(lines.get(0).matches("lanewise [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?"), lines.get(0));
        assertTrue(lines.get(1).startsWith("JDK ") && lines.get(1).contains(Runtime.version().toString()),
                lines.get(1));
        assertEquals("OS " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"), lines.get(2));
        assertEquals("kernels " + Kernels.active(), lines.get(3));
        assertEquals("cores " + Runtime.getRuntime().availableProcessors(), lines.get(4));
        assertEquals(5, lines.size());
        assertEquals(run.out(), CliRun.of("-V").out());
    }

    @Test
    void debugPrintsTheStackTraceBehindTheLine() {
        CliRun run = CliRun.of("train", "--data", "/no/such.csv", "--label", "y", "--debug");
        assertEquals(66, run.code());
        assertTrue(run.err().startsWith("lanewise: error: /no/such.csv: no such file\njava.nio.file.NoSuchFile"),
                run.err());
    }

    private static void assertOrder(String text, String... parts) {
        int at = 0;
        for (String part : parts) {
            int found = text.indexOf(part, at);
            assertTrue(found >= 0, part + " is missing or out of order in\n" + text);
            at = found + part.length();
        }
    }
}
