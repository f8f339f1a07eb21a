// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The one-time choice of kernels, in fresh JVMs.
class KernelChoiceTest {
    private static final String PROBE = """
            import dev.lanewise.kernel.Kernels;
            import dev.lanewise.kernel.LaneChoice;

            public class Probe {
                public static void main(String[] args) {
                    try {
                        LaneChoice.requested();
                    } catch (IllegalArgumentException e) {
                        System.out.println("refused: " + e.getMessage());
                        return;
                    }
                    Kernels.warnIfSlow();
                    Kernels.warnIfSlow();
                    System.out.println("active: " + Kernels.active());
                    System.out.println("reason: " + Kernels.scalarReason());
                }
            }
            """;

    @TempDir
    private Path folder;

    private List<String> run(String... options) throws IOException, InterruptedException, URISyntaxException {
        Path probe = Files.writeString(folder.resolve("Probe.java"), PROBE);
        Path classes = Path.of(Kernels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classes.toString(), probe.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
        assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
        return lines;
    }

    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    @Test
    void everyWidthCanBeForced() throws Exception {
        assertEquals(List.of("active: scalar", "reason: null"), run(MODULE, "-Dlanewise.lanes=0"));
        for (int bits : new int[]{128, 256, 512}) {
            String active = run(MODULE, "-Dlanewise.lanes=" + bits).getFirst();
            assertTrue(active.startsWith("active: simd-" + bits), active);
        }
    }

    @Test
    void anythingElseIsRefusedWithTheLegalValues() throws Exception {
        for (String value : new String[]{"", "64", "256 ", "simd", "1024", "-1"}) {
            assertEquals(
                    List.of("refused: -Dlanewise.lanes=" + value
                            + " given, expected auto, 0 (scalar), 128, 256 or 512 (vector bits)"),
                    run(MODULE, "-Dlanewise.lanes=" + value));
        }
    }

    @Test
    void withoutTheVectorModuleOneWarningNamesTheRemedy() throws Exception {
        String reason = "the module jdk.incubator.vector is not readable; start java with --add-modules"
                + " jdk.incubator.vector, or accept scalar kernels with -Dlanewise.lanes=0";
        assertScalarBecause(reason, run());
        assertEquals(List.of("active: scalar", "reason: null"), run("-Dlanewise.lanes=0"));
    }

    @Test
    void withoutHardwareFmaOneWarningNamesTheRemedy() throws Exception {
        for (String tier : new String[]{"-Xint", "-XX:TieredStopAtLevel=1"}) {
            String reason = "this VM has no hardware multiply-add (UseFMA is off); start java without -XX:-UseFMA and"
                    + " -XX:UseAVX=0 on a processor with FMA, or accept scalar kernels with -Dlanewise.lanes=0";
            assertScalarBecause(reason, run(MODULE, tier, "-XX:-UseFMA"));
        }
    }

    private static void assertScalarBecause(String reason, List<String> lines) {
        assertEquals(List.of("WARNING: Lanewise takes scalar kernels, many times slower: " + reason, "active: scalar",
                "reason: " + reason), lines.subList(1, lines.size())); // the logger's first line has the time
    }

    @Test
    void theTierDoesNotMatter() throws Exception {
        String expected = run(MODULE).getFirst();
        for (String tier : new String[]{"-Xint", "-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"}) {
            assertEquals(List.of(expected, "reason: null"), run(MODULE, tier));
        }
    }

    @Test
    void shortVectorsGiveScalarKernels() throws Exception {
        List<String> lines = run(MODULE, "-XX:MaxVectorSize=8");
        assertTrue(lines.get(lines.size() - 1).startsWith("reason: the VM's vectors have 64 bits, fewer than 128;"),
                () -> String.join("\n", lines));
    }
}
