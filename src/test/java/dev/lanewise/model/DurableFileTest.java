// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where a file may be written, and that every failure leaves what was there.
class DurableFileTest {
    private static final DurableFile.Content NEW = content("new");

    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("m.safetensors");
    }

    private static DurableFile.Content content(String text) {
        return channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /// Both [DurableFile#check] and [DurableFile#write] refuse with `message`, and nothing is changed.
    private void assertRefused(Path target, boolean overwrite, String message) throws IOException {
        List<String> before = names();
        for (boolean write : new boolean[]{false, true}) {
            OutputRefusedException e = assertThrows(OutputRefusedException.class, () -> {
                if (write) {
                    DurableFile.write(target, overwrite, 3, NEW);
                } else {
                    DurableFile.check(target, overwrite);
                }
            });
            assertEquals(target + ": " + message, e.getMessage());
            assertEquals(target.toString(), e.file());
        }
        assertEquals(before, names());
    }

    @Test
    void createsAndReplaces() throws IOException {
        DurableFile.check(file, false);
        assertEquals(List.of(), names(), "a check leaves nothing");
        DurableFile.write(file, false, 3, content("old"));
        assertEquals("old", Files.readString(file));
        DurableFile.check(file, true);
        assertEquals("old", Files.readString(file));
        DurableFile.write(file, true, 3, NEW);
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    /// What any other program would give its new file: the umask decides, not the file that was there before.
    @Test
    void permissionsAreThoseOfNewFiles() throws IOException {
        Path usual = Files.createFile(directory.resolve("usual"));
        DurableFile.write(file, false, 3, channel -> {
            try (Stream<Path> entries = Files.list(directory)) {
                Path beside = entries.filter(path -> path.toString().endsWith(".tmp")).findAny().orElseThrow();
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(beside)));
            }
            NEW.writeTo(channel);
        });
        assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(file));
    }

    @Test
    void existingFileIsKept() throws IOException {
        Files.writeString(file, "old");
        assertRefused(file, false, "the file exists; give another name, or allow replacing it (--overwrite)");
        assertEquals("old", Files.readString(file));
    }

    @Test
    void onlyPlainFilesAreReplaced() throws Exception {
        Path old = Files.writeString(directory.resolve("old"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), old);
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
        String linked = "it is a symbolic link; give the path of the file itself";
        assertRefused(link, true, linked);
        assertRefused(dangling, true, linked);
        assertEquals("old", Files.readString(old));
        assertRefused(directory, true, "it is a directory; give the path of a file");
        assertRefused(Path.of("/"), true, "it is a directory; give the path of a file");
        assertRefused(Path.of("/dev/full"), true, "it is a pipe, socket or device; give the path of a file");
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/mkfifo")), "no mkfifo here");
        Path pipe = directory.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertRefused(pipe, true, "it is a pipe, socket or device; give the path of a file");
    }

    @Test
    void directoryMustBeThere() throws IOException {
        Path none = directory.resolve("none");
        assertRefused(none.resolve("m"), false, "no such directory: " + none + "; create it first");
        Path plain = Files.createFile(directory.resolve("plain"));
        assertRefused(plain.resolve("m"), false, "not a directory: " + plain + "; give another path");
        assertRefused(directory.resolve("m".repeat(300)), false, "cannot be created: File name too long");
    }

    @Test
    void directoryMustBeWritable() throws IOException {
        Path locked = Files.createDirectory(directory.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        Assumptions.assumeFalse(Files.isWritable(locked), "the super-user may write anywhere");
        assertRefused(locked.resolve("m"), false, "the directory " + locked + " is not writable; give another path");
    }

    @Test
    void readOnlyFileSystemIsRefused() throws IOException {
        Path sys = Path.of("/proc/sys/kernel");
        Assumptions.assumeTrue(Files.isDirectory(sys) && !Files.isWritable(sys), "no directory that nobody may write");
        assertRefused(sys.resolve("m"), false, "the directory " + sys + " is not writable; give another path");
    }

    @Test
    void failureWhileWritingKeepsTheOldFile() throws IOException {
        Files.writeString(file, "old");
        IOException e = assertThrows(IOException.class, () -> DurableFile.write(file, true, 3, channel -> {
            NEW.writeTo(channel);
            throw new IOException("No space left on device");
        }));
        assertEquals(file + ": writing failed: No space left on device; what was there before is unchanged",
                e.getMessage());
        assertThrows(IllegalStateException.class, () -> DurableFile.write(file, true, 3, channel -> {
            throw new IllegalStateException("weights are closed");
        }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    @Test
    void contentOfAnotherSizeIsNoSuccess() throws IOException {
        Files.writeString(file, "old");
        for (long bytes : new long[]{2, 4}) {
            IOException e = assertThrows(IOException.class, () -> DurableFile.write(file, true, bytes, NEW));
            assertEquals(file + ": writing failed: it has 3 bytes, expected " + bytes
                    + "; what was there before is unchanged", e.getMessage());
        }
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    @Test
    void fileThatAppearsMeanwhileIsKept() throws IOException {
        OutputRefusedException e = assertThrows(OutputRefusedException.class,
                () -> DurableFile.write(file, false, 3, channel -> {
                    NEW.writeTo(channel);
                    Files.writeString(file, "theirs");
                }));
        assertTrue(e.getMessage().startsWith(file + ": the file exists"), e.getMessage());
        assertEquals("theirs", Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    @Test
    void directoryThatVanishesIsReported() throws IOException {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Path target = sub.resolve("m");
        OutputRefusedException e = assertThrows(OutputRefusedException.class,
                () -> DurableFile.write(target, false, 3, channel -> {
                    NEW.writeTo(channel);
                    try (Stream<Path> entries = Files.list(sub)) {
                        for (Path entry : entries.toList()) {
                            Files.delete(entry);
                        }
                    }
                    Files.delete(sub);
                }));
        assertEquals(target + ": no such directory: " + sub + "; create it first", e.getMessage());
    }

    /// A link planted under the name of the file beside is not followed, and leftovers of others are left alone.
    @Test
    void plantedNamesAreNotUsed() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "victim");
        String prefix = ".lanewise-" + ProcessHandle.current().pid() + "-";
        Files.createSymbolicLink(directory.resolve(prefix + "0.tmp"), victim);
        Files.createSymbolicLink(directory.resolve(prefix + "1.tmp"), directory.resolve("nowhere"));
        Files.writeString(directory.resolve(prefix + "2.tmp"), "left over");
        DurableFile.write(file, false, 3, NEW);
        assertEquals("new", Files.readString(file));
        assertEquals("victim", Files.readString(victim));
        assertEquals("left over", Files.readString(directory.resolve(prefix + "2.tmp")));
        assertEquals(5, names().size());
    }

    @Test
    void interruptIsAFailureLikeAnyOther() throws IOException {
        Files.writeString(file, "old");
        Thread.currentThread().interrupt();
        IOException e = assertThrows(IOException.class, () -> DurableFile.write(file, true, 3, NEW));
        assertTrue(Thread.interrupted(), "the flag is kept");
        assertEquals(file + ": writing failed: the thread was interrupted; what was there before is unchanged",
                e.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    @Test
    void pathsAreShownWithoutControlCharacters() {
        Path odd = directory.resolve("none\u001b[31m\nx").resolve("m");
        assertEquals(directory + "/none\\u001b[31m\\u000ax/m: no such directory: " + directory
                + "/none\\u001b[31m\\u000ax; create it first",
                assertThrows(OutputRefusedException.class, () -> DurableFile.check(odd, false)).getMessage());
    }
}
