// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.bench.MachinePeak;
import dev.lanewise.bench.Timing;
import dev.lanewise.bench.Workload;
import dev.lanewise.cli.BenchProcess.Task;
import dev.lanewise.kernel.Kernels;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// `lanewise bench`: measures the machine in this process, then each workload in processes of its own.
final class BenchCommand {
    private static final String SCALAR = "scalar";

    private final BenchOptions options;
    private final Output out;
    private final Console console;
    private final Map<Integer, MachinePeak> peaks = new TreeMap<>();

    BenchCommand(BenchOptions options, Output out, Console console) {
        this.options = options;
        this.out = out;
        this.console = console;
    }

    void run() throws IOException {
        Version.requireKernels();
        console.line("kernels " + Kernels.active() + ", "
                + Text.count(Runtime.getRuntime().availableProcessors(), "processor") + ", JDK " + Runtime.version());
        peak(1);
        options.threads().forEach(this::peak);
        if (!options.json()) {
            out.write(BenchResult.header());
        }
        try (BenchLaunch launch = new BenchLaunch()) {
            for (Workload workload : options.workloads()) {
                time(workload, launch);
            }
        }
    }

    private MachinePeak peak(int threads) {
        return peaks.computeIfAbsent(threads, count -> {
            console.status("measuring the machine with " + Text.count(count, "thread"));
            MachinePeak peak = MachinePeak.measure(count);
            console.line(Text.count(count, "thread") + ": FMA peak " + Text.fixed(peak.fmaGflops(), 1)
                    + " GFLOP/s, reading from L2 " + Text.fixed(peak.l2Gbps(), 1) + " GB/s, from memory "
                    + Text.fixed(peak.dramGbps(), 1) + " GB/s");
            return peak;
        });
    }

    private void time(Workload workload, BenchLaunch launch) throws IOException {
        console.status(workload.id() + ": the specification");
        String specification = fingerprint(workload, 1, true, launch);
        double scalarSeconds = !options.baseline() || Kernels.active().equals(SCALAR) ? Double.NaN
                : number(launch.run(Task.BOUNDED, workload, 1, true), BenchProcess.MEDIAN);
        for (int threads : options.threads()) {
            console.status(workload.id() + " with " + Text.count(threads, "thread") + ": gate");
            if (!fingerprint(workload, threads, false, launch).equals(specification)) {
                throw new CommandException(ExitCode.UNEXPECTED, workload.id() + " with "
                        + Text.count(threads, "thread") + ": the kernels " + Kernels.active()
                        + " do not give the bits of the scalar ones; nothing is timed that is wrong, please report it");
            }
            console.status(workload.id() + " with " + Text.count(threads, "thread") + ": timing");
            Map<String, String> times = launch.run(options.quick() ? Task.QUICK : Task.FULL, workload, threads, false);
            Timing timing = new Timing(number(times, BenchProcess.MEDIAN), number(times, BenchProcess.MIN),
                    number(times, BenchProcess.FULL_SPEED));
            report(new BenchResult(workload, timing, scalarSeconds, peak(threads),
                    times.getOrDefault(BenchProcess.KERNELS, "")));
        }
    }

    private void report(BenchResult result) throws IOException {
        console.status("");
        if (options.json()) {
            out.write(result.json());
        } else {
            out.write(result.line());
        }
    }

    private static String fingerprint(Workload workload, int threads, boolean scalar, BenchLaunch launch)
            throws IOException {
        return launch.run(Task.FINGERPRINT, workload, threads, scalar).getOrDefault(BenchProcess.FINGERPRINT, "");
    }

    private static double number(Map<String, String> values, String name) {
        return Double.parseDouble(values.getOrDefault(name, "NaN"));
    }
}
