// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.model.OtherJvm;
import dev.lanewise.nn.Linear;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a program that uses layers, and nothing of this package, hears of scalar kernels: one warning, unless it asked for
/// them.
class SlowWarningTest {
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";
    private static final String SLOW = "WARNING: Lanewise takes scalar kernels, many times slower: ";
    private static final String ACCEPT = ", or accept scalar kernels with -Dlanewise.lanes=0";

    @TempDir
    Path directory;

    /// What the program printed, and the warnings of the JVM and the library but for the one about incubating modules.
    private record Said(String output, List<String> warnings) {
    }

    private Said run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(OtherJvm.java(), "-Duser.language=en",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", OtherJvm.classPath(), UsesLayers.class.getName()));
        Path err = directory.resolve("err");
        Process java = new ProcessBuilder(command).redirectError(err.toFile()).start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(java.waitFor(1, TimeUnit.MINUTES));
        String errors = Files.readString(err);
        assertEquals(0, java.exitValue(), errors);
        return new Said(output.strip(), errors.lines().filter(line -> line.startsWith("WARNING: "))
                .filter(line -> !line.contains("Using incubator modules")).toList());
    }

    @Test
    void withoutHardwareMultiplyAddScalarKernelsWarnOnce() throws Exception {
        String why = "this VM has no hardware multiply-add (UseFMA is off); start java without -XX:-UseFMA and"
                + " -XX:UseAVX=0 on a processor with FMA" + ACCEPT;
        assertEquals(new Said("scalar", List.of(SLOW + why)), run(VECTORS, "-XX:-UseFMA"));
    }

    @Test
    void withoutTheVectorModuleScalarKernelsWarnOnce() throws Exception {
        String why = "the module jdk.incubator.vector is not readable; start java with --add-modules"
                + " jdk.incubator.vector" + ACCEPT;
        assertEquals(new Said("scalar", List.of(SLOW + why)), run());
        assertEquals(new Said("scalar", List.of(SLOW + why)), run("-Dlanewise.lanes=256"));
    }

    @Test
    void scalarKernelsAskedForAreNoReasonToWarn() throws Exception {
        assertEquals(new Said("scalar", List.of()), run(VECTORS, "-XX:-UseFMA", "-Dlanewise.lanes=0"));
        assertEquals(new Said("scalar", List.of()), run("-Dlanewise.lanes=0"));
    }

    @Test
    void vectorsAreNoReasonToWarn() throws Exception {
        assertEquals(List.of(), run(VECTORS, "-Dlanewise.lanes=256").warnings());
    }

    /// Uses two layers and prints the active kernels.
    static final class UsesLayers {
        private UsesLayers() {
        }

        public static void main(String[] arguments) {
            for (int layer = 0; layer < 2; layer++) {
                try (Linear linear = new Linear(2, 1)) {
                    linear.init(layer);
                }
            }
            System.out.println(Kernels.active());
        }
    }
}
