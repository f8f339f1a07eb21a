// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The program `lanewise`.
public final class Main {
    private static final String USAGE = "usage: lanewise train|evaluate|predict|inspect|bench [OPTIONS]; see lanewise --help";

    private Main() {
    }

    /// Runs the command in `args` and ends the JVM with its exit code.
    public static void main(String[] args) {
        // UTF-8 whatever the locale: the same bytes everywhere
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(args, new FileOutputStream(FileDescriptor.out), err));
    }

    /// Runs the command in `args` and returns its exit code: data goes to `out`, everything for people to `err`.
    static int run(String[] args, OutputStream out, PrintStream err) {
        long start = System.nanoTime();
        Console console = new Console(err,
                Console.isTerminal(System.getProperty("lanewise.stderr.tty"), System.getenv("TERM")));
        try {
            run(args, new Output(out), console, start);
            return ExitCode.FINISHED.code();
        } catch (Exception | Error e) {
            console.line("lanewise: error: " + Failures.line(e));
            if (Arrays.asList(args).contains("--debug")) {
                e.printStackTrace(err);
            }
            return Failures.exitCode(e).code();
        }
    }

    private static void run(String[] args, Output out, Console console, long start) throws Exception {
        if (args.length == 0) {
            throw CommandException.usage("no command given; " + USAGE);
        }
        for (Syntax syntax : Syntax.values()) {
            if (syntax.command().equals(args[0])) {
                Preload.start();
                try (KernelWarmUp early = syntax == Syntax.TRAIN ? KernelWarmUp.atAGlance(args) : null) {
                    run(Arguments.parse(syntax, Arrays.copyOfRange(args, 1, args.length)), early, out, console, start);
                }
                return;
            }
        }
        switch (args[0]) {
            case "-h", "--help" -> out.write(Help.program());
            case "-V", "--version" -> out.write(Version.text());
            default -> throw CommandException.usage(unknown(args[0]));
        }
    }

    private static void run(Arguments arguments, @Nullable KernelWarmUp early, Output out, Console console, long start)
            throws Exception {
        if (arguments.helpRequested()) {
            out.write(Help.of(arguments.syntax()));
            return;
        }
        switch (arguments.syntax()) {
            case TRAIN -> new TrainCommand(TrainOptions.of(arguments), out, console, start).run(early);
            case EVALUATE -> new EvaluateCommand(UseOptions.of(arguments), out, console).run();
            case PREDICT -> new PredictCommand(UseOptions.of(arguments), out, console).run();
            case INSPECT -> new InspectCommand(arguments.model(), arguments.flag("--json"), out).run();
            case BENCH -> new BenchCommand(BenchOptions.of(arguments), out, console).run();
        }
    }

    private static String unknown(String first) {
        boolean option = first.startsWith("-");
        List<String> names = new ArrayList<>(List.of("--help", "--version"));
        for (Syntax syntax : Syntax.values()) {
            names.add(syntax.command());
        }
        return "unknown " + (option ? "option" : "command") + " '" + Text.shown(first) + "'"
                + Nearest.meant(first, names) + "; " + USAGE;
    }
}
