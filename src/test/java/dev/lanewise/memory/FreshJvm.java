// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;

/// Programs among the tests, run in JVMs of their own: what the JIT makes of code depends on what it has seen before.
public final class FreshJvm {
    private FreshJvm() {
    }

    /// The lines that `program` prints when it is started with JVM options and arguments; its exit code must be 0.
    public static List<String> run(Class<?> program, List<String> options, String... arguments) throws Exception {
        String build = System.getProperty("lanewise.build");
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java"));
        command.addAll(options);
        command.addAll(List.of("-p", build + "/classes" + File.pathSeparator + build + "/lib", "--add-modules",
                "ALL-MODULE-PATH", "--patch-module", "dev.lanewise=" + build + "/test-classes", "--add-reads",
                "dev.lanewise=ALL-UNNAMED", "-cp", assertions(), "-m", "dev.lanewise/" + program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> command.toString());
        return out.lines().toList();
    }

    /// The jars that helpers of tests need outside a test.
    private static String assertions() {
        return Stream.of(Assertions.class, JUnitException.class, AssertionFailedError.class)
                .map(used -> used.getProtectionDomain().getCodeSource().getLocation())
                .map(location -> Path.of(java.net.URI.create(location.toString())).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
