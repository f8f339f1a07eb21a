// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A contender's side of the line: one command a line on stdin, one answer a line on stdout.
///
/// `open W2`, `evidence FILE`, `fair FILE` (the same without dropout), `time 3` (answers nanoseconds), `close`, `quit`.
/// Each library has a process of its own, so that no pool of threads that spins can take the cores of another, and only
/// one process works at a time.
final class ContenderProcess {
    private final Contender contender;
    private final @Nullable Path mnist;
    private final PrintStream answers;
    private @Nullable Problem problem;
    private @Nullable Work work;

    private ContenderProcess(Contender contender, @Nullable Path mnist, PrintStream answers) {
        this.contender = contender;
        this.mnist = mnist;
        this.answers = answers;
    }

    /// Arguments: the party, the number of threads, and the folder with MNIST's files if there is one.
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // what libraries print must not look like an answer
        Contender contender = Party.valueOf(arguments[0]).start(Integer.parseInt(arguments[1]));
        Path mnist = arguments.length > 2 ? Path.of(arguments[2]) : null;
        answers.println(contender.version());
        new ContenderProcess(contender, mnist, answers).serve();
    }

    private void serve() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String command = commands.readLine();
        while (command != null && !command.equals("quit")) {
            String[] words = command.split(" ", 2);
            try {
                answers.println("ok " + answer(words[0], words.length > 1 ? words[1] : ""));
            } catch (UnsupportedOperationException e) {
                answers.println("cannot " + e.getMessage());
            }
            command = commands.readLine();
        }
    }

    private String answer(String verb, String argument) throws IOException {
        switch (verb) {
            case "open" -> {
                problem = Problem.of(Workload.valueOf(argument), mnist);
                work = contender.open(problem);
            }
            case "evidence" -> write(opened().evidence(), Path.of(argument));
            case "fair" -> {
                if (problem == null) {
                    throw new IllegalStateException("fair: nothing is open");
                }
                try (Work fair = contender.open(problem.withoutDropout())) {
                    write(fair.evidence(), Path.of(argument));
                }
            }
            case "time" -> {
                opened().reset();
                return Long.toString(opened().time(Integer.parseInt(argument)));
            }
            case "close" -> {
                opened().close();
                work = null;
                problem = null;
            }
            default ->
                throw new IllegalArgumentException(verb + " given, expected open, evidence, fair, time or close");
        }
        return "";
    }

    private Work opened() {
        if (work == null) {
            throw new IllegalStateException("nothing is open; send open WORKLOAD first");
        }
        return work;
    }

    private static void write(Evidence evidence, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            evidence.write(out);
        }
    }
}
