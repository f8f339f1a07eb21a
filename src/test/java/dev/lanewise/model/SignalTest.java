// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is asked to end in the middle of a write leaves the old file and nothing else.
class SignalTest {
    @TempDir
    Path folder;

    @Test
    void unfinishedFileIsRemoved() throws Exception {
        Path file = Files.writeString(folder.resolve("m"), "old");
        Process process = new ProcessBuilder(OtherJvm.java(), "-cp", OtherJvm.classPath(),
                EndsWhileWriting.class.getName(), file.toString()).redirectErrorStream(true).start();
        try (BufferedReader lines = process.inputReader()) {
            assertEquals("writing", lines.readLine());
            assertEquals(2, names().size(), "the file and the one beside it");
            process.toHandle().destroy();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        }
        assertEquals(128 + 15, process.exitValue());
        assertEquals(List.of("m"), names());
        assertEquals("old", Files.readString(file));
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }
}
