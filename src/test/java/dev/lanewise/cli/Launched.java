// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/// What a run of the real launcher in a process of its own came to.
///
/// @param code exit code
/// @param out stdout
/// @param err stderr without the JVM's warning of the incubating module
record Launched(int code, String out, String err) {
    private static final String JVM_WARNING = "WARNING: Using incubator modules: jdk.incubator.vector\n";

    /// Runs `./lanewise` with these arguments.
    static Launched of(String... args) {
        return with(Map.of(), args);
    }

    /// Runs `./lanewise` with these JVM options, separated by blanks.
    static Launched withOptions(String options, String... args) {
        return with(Map.of("LANEWISE_JAVA_OPTS", options), args);
    }

    /// Runs `./lanewise` with these environment variables.
    static Launched with(Map<String, String> environment, String... args) {
        List<String> command = new ArrayList<>(List.of("./lanewise"));
        command.addAll(List.of(args));
        return run(environment, command);
    }

    /// Runs `line` in a shell, in which `$LANEWISE` is the launcher.
    static Launched shell(String line) {
        return run(Map.of("LANEWISE", new File("lanewise").getAbsolutePath()), List.of("sh", "-c", line));
    }

    /// Starts `./lanewise`, stdout and stderr into one pipe.
    static Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("./lanewise"));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static Launched run(Map<String, String> environment, List<String> command) {
        try {
            Path err = Files.createTempFile("lanewise", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.getOutputStream().close();
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int code = process.waitFor();
                return new Launched(code, out, Files.readString(err).replace(JVM_WARNING, ""));
            } finally {
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command, e);
        }
    }

    Launched succeeded() {
        assertEquals(0, code, err);
        return this;
    }

    void codeIs(int expected) {
        assertEquals(expected, code, err);
    }

    /// Asserts the exit code and the only line of stderr.
    void failed(int expectedCode, String message) {
        assertEquals("lanewise: error: " + message + "\n", err);
        assertEquals(expectedCode, code, err);
        assertEquals("", out, "stdout");
    }

    /// A file of the folder with real data; the test is skipped where there is none.
    static Path data(String name) {
        String folder = System.getenv("LANEWISE_DATA");
        if (folder == null || folder.isEmpty()) {
            throw new TestAbortedException("LANEWISE_DATA is not set: no real data to test with");
        }
        return Path.of(folder, name);
    }
}
