// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What [DurableFile] asks of the operating system, in which order, and what it does when that fails or the process
/// dies in the middle: real system calls of a process of its own, watched and spoilt by strace. Skipped without strace.
class FaultInjectionTest {
    private static final String NEW = "n".repeat(WritesOneFile.BYTES);

    private static final String DIRECTORY = "-P \"$1\" ";

    @TempDir
    Path directory;
    private Path file;
    private String beside = "";

    @BeforeAll
    static void straceMustWork() throws InterruptedException {
        try {
            int code = new ProcessBuilder("strace", "-D", "-o", "/dev/null", "true").start().waitFor();
            Assumptions.assumeTrue(code == 0, "strace may not trace here");
        } catch (IOException e) {
            Assumptions.abort("strace is not here: " + e.getMessage());
        }
    }

    @BeforeEach
    void oldFile() throws IOException {
        file = Files.writeString(directory.resolve("m.safetensors"), "old");
    }

    /// Runs [WritesOneFile] under strace, which looks at calls for the file beside and those that `options` add; what
    /// it printed.
    private String run(String options) throws IOException, InterruptedException {
        // strace -D keeps the number of the process, which is in the name of the file beside
        String script = "exec strace -D -f -o \"$1/trace\" " + options
                + " -P \"$1/.lanewise-$$-0.tmp\" \"$2\" -XX:TieredStopAtLevel=1 -cp \"$3\" "
                + WritesOneFile.class.getName()
                + " \"$1/m.safetensors\"";
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "sh", directory.toString(), OtherJvm.java(),
                OtherJvm.classPath());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.redirectErrorStream(true).start();
        beside = ".lanewise-" + process.pid() + "-0.tmp";
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        return output.strip();
    }

    @Test
    void everyStepIsTakenInOrder() throws Exception {
        assertEquals("written", run(DIRECTORY + "-y -e trace=openat,write,fsync,close,rename,fchmod"));
        List<String> steps = Files.readAllLines(directory.resolve("trace")).stream()
                .map(line -> line.replace(directory + "/" + beside, "BESIDE").replace(file.toString(), "FILE")
                        .replace(directory.toString(), "DIRECTORY"))
                .map(line -> line.replaceAll("^[0-9]+ +|[0-9]+<|\"n+\"\\.*|AT_FDCWD<[^>]*>, |[>\"]| += .*", ""))
                .filter(line -> Pattern.matches("(openat|write|fsync|close|rename|fchmod)\\((BESIDE|DIRECTORY).*",
                        line))
                .dropWhile(line -> !line.contains("O_CREAT")).toList();
        assertEquals(List.of("openat(BESIDE, O_WRONLY|O_CREAT|O_EXCL, 0600)", "write(BESIDE, , 16384)",
                "write(BESIDE, , 16384)", "write(BESIDE, , 16384)", "write(BESIDE, , 16384)"), steps.subList(0, 5));
        List<String> last = steps.stream().filter(step -> Pattern.matches("(fsync|rename).*", step)).toList();
        assertEquals(List.of("fsync(BESIDE)", "rename(BESIDE, FILE)", "fsync(DIRECTORY)"), last);
        assertEquals("close(BESIDE)", steps.get(steps.indexOf("fsync(BESIDE)") + 1));
        assertTrue(steps.stream().takeWhile(step -> !step.startsWith("fsync")).anyMatch(s -> s.startsWith("fchmod")));
        assertEquals(NEW, Files.readString(file));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "openat:error=EMFILE        | cannot create a file beside it: Too many open files",
            "openat:error=EROFS         | cannot create a file beside it: Read-only file system",
            "write:error=ENOSPC:when=2  | writing failed: No space left on device",
            "write:error=EIO:when=1+    | writing failed: Input/output error",
            "write:retval=100:when=1    | writing failed: it has 65436 bytes, expected 65536",
            "fsync:error=EIO:when=1     | writing failed: Input/output error",
            "fsync:error=EIO:when=1+    | writing failed: Input/output error",
            "close:error=EIO:when=2     | writing failed: Input/output error",
            "rename:error=EIO:when=1    | renaming failed: Input/output error"})
    void failureIsReportedAndTheOldFileKept(String fault, String message) throws Exception {
        String call = fault.substring(0, fault.indexOf(':'));
        assertEquals(file + ": " + message + "; what was there before is unchanged",
                run("-e trace=" + call + " -e inject=" + fault));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    @Test
    void unforcedDirectoryIsReported() throws Exception {
        assertEquals(file + ": written, but it may not survive a loss of power, because its directory could not be "
                + "forced to the disk: Input/output error; write it again",
                run(DIRECTORY + "-e trace=fsync -e inject=fsync:error=EIO:when=2"));
        assertEquals(NEW, Files.readString(file));
        assertEquals(List.of("m.safetensors"), names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"write:when=1", "write:when=3", "fsync:when=1", "rename:when=1", "fsync:when=2"})
    void deathLeavesTheOldFileOrTheNew(String instant) throws Exception {
        String call = instant.substring(0, instant.indexOf(':'));
        assertEquals("",
                run(DIRECTORY + "-e trace=" + call + " -e inject=" + instant.replace(":", ":signal=SIGKILL:")));
        assertEquals(instant.equals("fsync:when=2") ? NEW : "old", Files.readString(file));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> !name.equals("trace")).sorted()
                    .toList();
        }
    }
}
