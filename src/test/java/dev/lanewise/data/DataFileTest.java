// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DataFileTest {
    @TempDir
    Path dir;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(dir.resolve("f"), "0123456789");
    }

    interface Change {
        void apply(Path file) throws IOException;
    }

    static Stream<Arguments> changes() {
        return Stream.of(change("longer", f -> Files.writeString(f, "0123456789a")),
                change("cut short", f -> Files.writeString(f, "012345678")),
                change("touched", f -> Files.setLastModifiedTime(f, FileTime.fromMillis(1_000_000))),
                change("gone", Files::delete), change("replaced by another of the same size and time", f -> {
                    Path other = Files.writeString(f.resolveSibling("g"), "9876543210");
                    Files.setLastModifiedTime(other, Files.getLastModifiedTime(f));
                    Files.move(other, f, StandardCopyOption.REPLACE_EXISTING);
                }));
    }

    private static Arguments change(String name, Change change) {
        return Arguments.of(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void everyChangeIsSeen(String name, Change change) throws IOException {
        DataFile before = new DataFile(file);
        assertDoesNotThrow(before::requireUnchanged);
        change.apply(file);
        assertEquals(file + ": changed while read, "
                + "expected a file that stays as it is; read it again when it is complete",
                assertThrows(DataFormatException.class, before::requireUnchanged, name).getMessage());
    }

    @Test
    void theTailIsRead() throws IOException {
        assertArrayEquals("6789".getBytes(java.nio.charset.StandardCharsets.US_ASCII), new DataFile(file).tail(4));
        assertEquals(10, new DataFile(file).tail(11).length);
    }

    @Test
    void whatIsMissingSaysSo() {
        assertEquals(dir + "/\\u0007: no such file",
                assertThrows(NoSuchFileException.class, () -> new DataFile(dir.resolve("\u0007"))).getMessage());
        assertEquals(dir + "/" + "x".repeat(300) + ": no such file",
                assertThrows(NoSuchFileException.class, () -> new DataFile(dir.resolve("x".repeat(300))))
                        .getMessage());
    }

    @Test
    void faultsOfTheSystemNameTheFile() {
        Path faulty = Path.of("/proc/self/mem"); // its first page cannot be read
        assumeTrue(Files.isReadable(faulty), "there is no file that cannot be read");
        IOException e = assertThrows(IOException.class, () -> new CsvReader(faulty).read());
        assertEquals("/proc/self/mem: cannot be read: " + Objects.requireNonNull(e.getCause()).getMessage(),
                e.getMessage());
    }

    @Test
    void whatMustNotBeReadSaysSo() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "this user may read everything");
        assertEquals(file + ": permission denied",
                assertThrows(AccessDeniedException.class, () -> new CsvReader(file).read()).getMessage());
    }
}
