// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What the command line asks for.
record Options(List<Workload> workloads, List<Integer> threads, boolean quick, Path out) {
    static final String USAGE = """
            usage: jmh/peers [--workload W2,W3] [--threads 1,4] [--quick] [--out DIR]

            Lanewise beside libtorch and OpenBLAS with gradients by hand: equal results first, then alternating timed
            runs, then a table of medians and ratios (DIR/peers.md, DIR/peers.json).

              --workload LIST   of %s (default: all)
              --threads LIST    numbers of threads (default: 1 and all cores)
              --quick           short runs, for a look; not for publishing
              --out DIR         where the table goes (default: jmh/target/peers/results)
            """.formatted(Arrays.stream(Workload.values()).map(Workload::name).toList());

    /// **Throws** `IllegalArgumentException` if an option is not known or its value makes no sense.
    static Options parse(String... arguments) {
        List<Workload> workloads = List.of(Workload.values());
        int cores = Runtime.getRuntime().availableProcessors();
        List<Integer> threads = cores == 1 ? List.of(1) : List.of(1, cores);
        boolean quick = false;
        Path out = Path.of(System.getProperty("peers.out", "results"));
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--workload" -> workloads = list(arguments, ++i).stream().map(Options::workload).toList();
                case "--threads" -> threads = list(arguments, ++i).stream().map(Options::count).toList();
                case "--quick" -> quick = true;
                case "--out" -> out = Path.of(value(arguments, ++i));
                default -> throw new IllegalArgumentException(
                        "peers: unknown option " + arguments[i] + ", expected those of jmh/peers --help");
            }
        }
        return new Options(workloads, threads, quick, out);
    }

    private static String value(String[] arguments, int i) {
        if (i >= arguments.length) {
            throw new IllegalArgumentException("peers: " + arguments[i - 1] + " needs a value");
        }
        return arguments[i];
    }

    private static List<String> list(String[] arguments, int i) {
        return List.of(value(arguments, i).split(","));
    }

    private static Workload workload(String name) {
        return Arrays.stream(Workload.values()).filter(w -> w.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("peers: workload " + name + " given, expected one of "
                        + Arrays.toString(Workload.values())));
    }

    private static int count(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException("peers: threads " + text + " given, expected 1 to 9999");
        }
        return Integer.parseInt(text);
    }
}
