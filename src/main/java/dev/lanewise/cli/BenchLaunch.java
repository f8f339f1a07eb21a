// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.bench.Workload;
import dev.lanewise.kernel.LaneChoice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Starts a [BenchProcess] at a time, on the JVM, the modules and the options of this one, and ends it when this one
/// ends.
final class BenchLaunch implements AutoCloseable {
    private static final String ERROR = "lanewise: error: ";
    private static final String MODULE = "dev.lanewise/";

    private final Thread hook = new Thread(this::end, "lanewise-bench-end");
    private volatile @Nullable Process running;
    private volatile boolean ending;

    BenchLaunch() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// What a process printed, by name; with scalar kernels if `scalar`, else with those of this process.
    ///
    /// **Throws** [CommandException] with the exit code of the process if it failed.
    Map<String, String> run(BenchProcess.Task task, Workload workload, int threads, boolean scalar)
            throws IOException {
        List<String> command = command(scalar);
        command.addAll(List.of(task.name(), workload.id(), Integer.toString(threads)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        running = process;
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                awaitEndIfEnding();
                throw failure(workload.id() + " with " + Text.count(threads, "thread"), code, text);
            }
            return values(text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + workload.id() + " was timed", e);
        } finally {
            process.destroyForcibly(); // no effect on one that has ended
            running = null;
        }
    }

    private static List<String> command(boolean scalar) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-CreateCoredumpOnCrash");
        String options = System.getenv("LANEWISE_JAVA_OPTS");
        if (options != null) {
            Arrays.stream(options.strip().split("\\s+")).filter(option -> !option.isEmpty()).forEach(command::add);
        }
        command.add("-D" + LaneChoice.PROPERTY + "="
                + (scalar ? "0" : System.getProperty(LaneChoice.PROPERTY, "auto")));
        String modules = System.getProperty("jdk.module.path");
        String main = BenchProcess.class.getName();
        command.addAll(modules == null
                ? List.of("--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), main)
                : List.of("-p", modules, "--add-modules", "ALL-MODULE-PATH", "-m", MODULE + main));
        return command;
    }

    private static Map<String, String> values(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return values;
    }

    private static CommandException failure(String what, int code, String text) {
        String reason = text.lines().filter(line -> line.startsWith(ERROR)).reduce((_, last) -> last)
                .map(line -> line.substring(ERROR.length()))
                .orElse("the process ended with exit code " + code + " and said: " + Text.shown(text.strip()));
        ExitCode exitCode = Arrays.stream(ExitCode.values()).filter(known -> known.code() == code).findFirst()
                .orElse(ExitCode.UNEXPECTED);
        return new CommandException(exitCode, what + ": " + reason);
    }

    /// After a signal the process has failed because it was ended; that is nothing to report, and the JVM ends.
    private void awaitEndIfEnding() throws InterruptedException {
        if (ending) {
            new CountDownLatch(1).await();
        }
    }

    private void end() {
        ending = true;
        Process process = running;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            end(); // a signal has come between two processes: the hook is at work already
        }
    }
}
