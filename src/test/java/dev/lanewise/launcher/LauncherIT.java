// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The launcher with a real JDK on the jar that this build has just made.
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
    private static final String INCUBATING = "WARNING: Using incubator modules: jdk.incubator.vector";

    private static final String LAUNCHER = Path.of("lanewise").toAbsolutePath().toString();

    @TempDir
    Path elsewhere;

    private String options = "";

    /// stderr has the JVM's own line and no other: the jar of this build is taken as it is.
    @Test
    void itRunsTheBuiltJarFromAnyFolder() throws Exception {
        Files.createSymbolicLink(elsewhere.resolve("lw"), Path.of(LAUNCHER));
        List<String> out = run(0, "./lw", "--version");
        assertTrue(out.getFirst().startsWith("lanewise "), out.toString());
        assertEquals(List.of(INCUBATING), err());
    }

    @Test
    void theExitCodeIsThePrograms() throws Exception {
        assertEquals(List.of(), run(2, LAUNCHER, "--no-such-option"));
        assertEquals(2, err().size(), err().toString());
        assertTrue(err().getLast().startsWith("lanewise: error: "), err().toString());
    }

    /// The JVM prints its settings to stderr, and there is no terminal.
    @Test
    void theJvmIsToldThatStderrIsNoTerminal() throws Exception {
        options = "-XshowSettings:properties";
        run(0, LAUNCHER, "--version");
        assertTrue(err().contains("    lanewise.stderr.tty = false"), err().toString());
    }

    private List<String> run(int code, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile())
                .redirectError(elsewhere.resolve("stderr").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would print it
        builder.environment().put("LANEWISE_JAVA_OPTS", options);
        Process process = builder.start();
        process.getOutputStream().close();
        List<String> out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(code, process.waitFor(), () -> out + " " + err());
        return out;
    }

    private List<String> err() {
        try {
            return Files.readAllLines(elsewhere.resolve("stderr"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
