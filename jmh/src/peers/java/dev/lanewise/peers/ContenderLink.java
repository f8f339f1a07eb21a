// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The driver's side of the line to a [ContenderProcess].
final class ContenderLink implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    final Party party;
    final String version;
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    ContenderLink(Party party, int threads, @Nullable Path mnist) throws IOException {
        this.party = party;
        ProcessBuilder builder = new ProcessBuilder(command(party, threads, mnist)).redirectError(Redirect.INHERIT);
        builder.environment().putAll(environment(threads));
        process = builder.start();
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        version = receive();
        if (version.startsWith("#")) { // what a crashing JVM writes to stdout
            close();
            throw new IOException(party.title + ": the process has crashed, see its messages above");
        }
    }

    /// The same JVM and class path as the driver's. Parallel collections would take cores from the libraries' threads.
    private static List<String> command(Party party, int threads, @Nullable Path mnist) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-Xmx4g", "-XX:+UseTransparentHugePages", "-XX:-CreateCoredumpOnCrash",
                // JavaCPP: memory is freed where the code says so, not by a thread that looks for lost objects
                "-Dorg.bytedeco.javacpp.nopointergc=true",
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("org.bytedeco.javacpp.cachedir"),
                "-cp", System.getProperty("java.class.path"),
                ContenderProcess.class.getName(), party.name(), Integer.toString(threads)));
        if (mnist != null) {
            command.add(mnist.toString());
        }
        return command;
    }

    /// The best settings that are known for the peers, and huge pages for whoever allocates with malloc.
    private static Map<String, String> environment(int threads) {
        String count = Integer.toString(threads);
        return Map.of("OMP_NUM_THREADS", count, "OPENBLAS_NUM_THREADS", count, "OMP_WAIT_POLICY", "passive",
                "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }

    private String receive() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(party.title + ": the process has ended, see its messages above");
        }
        return line;
    }

    /// Sends a command; null if the contender cannot do it.
    private @Nullable String send(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        String answer = receive();
        return answer.startsWith("ok ") ? answer.substring(3) : null;
    }

    /// Whether the contender can do the workload.
    boolean open(Workload workload) throws IOException {
        return send("open " + workload) != null;
    }

    /// What the contender computes; `fair` is without dropout.
    Evidence evidence(boolean fair) throws IOException {
        Path file = Files.createTempFile("evidence", ".bin");
        try {
            send((fair ? "fair " : "evidence ") + file);
            try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
                return Evidence.read(in);
            }
        } finally {
            Files.delete(file);
        }
    }

    /// The seconds that `times` repetitions take.
    double time(int times) throws IOException {
        String nanos = send("time " + times);
        if (nanos == null) {
            throw new IOException(party.title + ": refuses to take the time");
        }
        return Long.parseLong(nanos) * 1e-9;
    }

    void closeWork() throws IOException {
        send("close");
    }

    @Override
    public void close() {
        try {
            commands.write("quit\n");
            commands.close();
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // it has ended already
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
