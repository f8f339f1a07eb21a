// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.bench.Workload;
import dev.lanewise.parallel.WorkerTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The options of `bench`, understood.
///
/// @param workloads what to time, in the order given
/// @param threads numbers of threads, in the order given
/// @param quick whether to be content with a first impression
/// @param baseline whether scalar kernels are timed too
/// @param json whether the result is printed as JSON
record BenchOptions(List<Workload> workloads, List<Integer> threads, boolean quick, boolean baseline, boolean json) {
    /// **Throws** [CommandException] (usage) if a value is wrong.
    static BenchOptions of(Arguments given) {
        return new BenchOptions(workloads(given.value("--workload")), threads(given.value("--threads")),
                given.flag("--quick"), !given.flag("--no-baseline"), given.flag("--json"));
    }

    private static List<Workload> workloads(@Nullable String ids) {
        if (ids == null) {
            return List.of(Workload.values());
        }
        List<Workload> chosen = new ArrayList<>();
        for (String id : ids.split(",", -1)) {
            Workload workload = workload(id);
            if (chosen.contains(workload)) {
                throw CommandException.usage("--workload: " + workload.id() + " is named twice, expected once");
            }
            chosen.add(workload);
        }
        return chosen;
    }

    /// The workload of that name.
    ///
    /// **Throws** [CommandException] (usage) if there is none.
    static Workload workload(String id) {
        return Arrays.stream(Workload.values()).filter(workload -> workload.id().equals(id)).findFirst()
                .orElseThrow(() -> CommandException.usage("--workload", "no such workload", id,
                        "some of " + Arrays.stream(Workload.values()).map(Workload::id)
                                .collect(Collectors.joining(",")) + ", separated by commas"));
    }

    private static List<Integer> threads(@Nullable String numbers) {
        int processors = Math.min(Runtime.getRuntime().availableProcessors(), WorkerTeam.MAX_THREADS);
        if (numbers == null) {
            return processors == 1 ? List.of(1) : List.of(1, processors);
        }
        List<Integer> chosen = new ArrayList<>();
        for (String number : numbers.split(",", -1)) {
            int threads = threadCount(number);
            if (chosen.contains(threads)) {
                throw CommandException.usage("--threads: " + threads + " is named twice, expected once");
            }
            chosen.add(threads);
        }
        return chosen;
    }

    /// A number of threads.
    ///
    /// **Throws** [CommandException] (usage) if it is none.
    static int threadCount(String number) {
        long threads = Grammar.wholeNumber(number);
        if (threads < 1 || threads > WorkerTeam.MAX_THREADS) {
            throw CommandException.usage("--threads", "not a number of threads", number,
                    "1 to " + WorkerTeam.MAX_THREADS + " in decimal digits, several separated by commas");
        }
        return (int) threads;
    }
}
