// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.launcher;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A folder with the real launcher in it, JDKs that print what they are started with, and a Maven that builds nothing:
/// the launcher can be tried in a second, on machines that do not exist.
final class FakeCheckout {
    private static final List<String> TOOLS = List.of("cat", "find", "getconf", "head", "mkdir", "mv",
            "readlink", "rm", "rmdir", "sed", "sh", "sleep", "touch");

    final Path folder;
    final Path home;
    final Path path;
    private final Path scratch;
    private final Map<String, String> environment = new HashMap<>();

    /// Everything happens under `scratch`; the checkout is `scratch/check out`, with a blank on purpose.
    FakeCheckout(Path scratch) throws IOException {
        this.scratch = scratch;
        folder = Files.createDirectories(scratch.resolve("check out"));
        home = Files.createDirectories(scratch.resolve("home"));
        path = Files.createDirectories(scratch.resolve("bin"));
        for (String tool : TOOLS) {
            Path binary = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            executable(path.resolve(tool), "#!/bin/sh\nexec " + binary + " \"$@\"\n");
        }
        for (String file : List.of("lanewise", "src/main/launcher/functions.sh", "pom.xml", ".mvn/maven.config")) {
            Path copy = folder.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(file), copy);
        }
        executable(path.resolve("mvn"), """
                #!/bin/sh
                for a in "$@"; do case $a in -Dbuild.dir=*) dir=${a#*=} ;; esac; done
                echo "JAVA_HOME=$JAVA_HOME dir=$PWD args=$*" >>"$FAKE_LOG"
                echo "${LC_ALL:-}" >"$FAKE_LOG.locale"
                echo 'maven says hello'
                [ -z "${FAKE_FAILURE:-}" ] || { echo "[ERROR] $FAKE_FAILURE"; exit 1; }
                mkdir -p "$dir/marks/started" "$dir/marks/finished" "$dir/lib"
                echo 'jar=lanewise-1.jar' >"$dir/marks/started/mark.properties"
                sleep "${FAKE_SECONDS:-0}" &
                trap 'kill $!; exit 143' TERM
                wait $!
                echo new >"$dir/lanewise-1.jar"
                echo new >"$dir/lib/library-2.jar"
                cat "$dir/marks/started/mark.properties" >"$dir/marks/finished/mark.properties"
                """);
        environment.put("PATH", path.toString());
        environment.put("HOME", home.toString());
        environment.put("FAKE_LOG", scratch.resolve("maven.log").toString());
        environment.put("LANEWISE_JAVA_HOME", jdk("jdk", "99.0.1").toString());
        makeOld();
    }

    /// A JDK at `scratch/name` that prints its own folder and its arguments, one a line, and the environment.
    Path jdk(String name, String version) throws IOException {
        Path jdk = Files.createDirectories(scratch.resolve(name));
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"),
                "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version
                        + "\"\nMODULES=\"java.base jdk.incubator.vector\"\n");
        executable(jdk.resolve("bin/java"), """
                #!/bin/sh
                for a in "$@"; do
                    case $a in -XX:ArchiveClassesAtExit=*)
                        echo "$*" >>"$FAKE_LOG.archives"
                        [ -n "${FAKE_NO_ARCHIVE:-}" ] || echo classes >"${a#*=}"
                        exit 1 ;;
                    esac
                done
                [ -z "${FAKE_LOCALE:-}" ] || { echo "locale=${LC_ALL:-$LANG}"; exit 0; }
                printf '%s\\n' "home=${0%/bin/java}" "tunables=${GLIBC_TUNABLES:-}" "$@"
                exit "${FAKE_EXIT:-0}"
                """);
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        return jdk;
    }

    FakeCheckout with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    FakeCheckout without(String name) {
        environment.remove(name);
        return this;
    }

    /// What a run left behind.
    record Result(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    /// Starts the launcher in `directory` by the name `command`.
    Process start(Path directory, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    Process start(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = folder.resolve("lanewise").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return start(scratch, command);
    }

    /// Starts the launcher so that it hears `signal`: a process that ignores one passes that on to its children, and a
    /// shell cannot take it back. Skips the test where nothing can.
    Process startHearing(String signal) throws IOException, InterruptedException {
        if (!ignored(signal)) {
            return start();
        }
        String hearing = "--default-signal=" + signal;
        Process probe = new ProcessBuilder("env", hearing, "true").redirectErrorStream(true).start();
        probe.getInputStream().readAllBytes();
        assumeTrue(probe.waitFor() == 0, "SIG" + signal + " is ignored, as in a background job of a plain shell, and"
                + " env has no --default-signal (coreutils 8.31) to hear it again");
        return start(scratch, "env", hearing, folder.resolve("lanewise").toString());
    }

    /// Whether this JVM has been started with the signal ignored.
    private static boolean ignored(String signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        int number = switch (signal) {
            case "HUP" -> 1;
            case "INT" -> 2;
            case "TERM" -> 15;
            default -> throw new IllegalArgumentException("FakeCheckout.ignored: unknown signal " + signal);
        };
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (number - 1) & 1) != 0);
    }

    /// Waits for a started launcher, at most a minute.
    static Result await(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("still running; stdout: " + out + " stderr: " + err);
        }
        return new Result(process.exitValue(), out, err);
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return await(start(arguments));
    }

    /// How often Maven was started.
    long builds() throws IOException {
        Path log = scratch.resolve("maven.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    /// The command lines by which archives of classes were made.
    List<String> archives() throws IOException {
        Path log = scratch.resolve("maven.log.archives");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    String mavenLog() throws IOException {
        return Files.readString(scratch.resolve("maven.log"));
    }

    /// Makes `file` of the checkout newer than any build before.
    void change(String file) throws IOException {
        Path changed = folder.resolve(file);
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, "changed");
        Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusMillis(20)));
    }

    private void makeOld() throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            }
        }
    }

    static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
