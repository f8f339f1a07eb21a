// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.bench.Gate;
import dev.lanewise.bench.Timing;
import dev.lanewise.bench.Workload;
import dev.lanewise.kernel.Kernels;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The process that `bench` starts for one figure, so that no workload runs on what the compiler learnt from another,
/// the way to full speed is a cold start's, and the specification can be run beside the vector kernels.
///
/// Prints lines `NAME=VALUE`, or the line of a failure.
final class BenchProcess {
    /// The names that are printed.
    static final String FINGERPRINT = "fingerprint";
    static final String MEDIAN = "median";
    static final String MIN = "min";
    static final String FULL_SPEED = "full_speed";
    static final String KERNELS = "kernels";

    private BenchProcess() {
    }

    /// What to find out.
    enum Task {
        /// The fingerprint of the workload, for the gate.
        FINGERPRINT,
        /// Times for figures that are kept.
        FULL,
        /// Times for a first impression.
        QUICK,
        /// Times of kernels that may be very slow.
        BOUNDED
    }

    /// Does `args`: task, workload, threads; and ends the JVM with an exit code.
    public static void main(String[] args) {
        System.exit(run(args, new FileOutputStream(FileDescriptor.out)));
    }

    /// Does `args` and returns the exit code.
    static int run(String[] args, OutputStream stdout) {
        Output out = new Output(stdout);
        try {
            out.write(result(Task.valueOf(args[0]), BenchOptions.workload(args[1]),
                    BenchOptions.threadCount(args[2])));
            return ExitCode.FINISHED.code();
        } catch (Exception | Error e) {
            try {
                stdout.write(("lanewise: error: " + Failures.line(e) + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (java.io.IOException lost) {
                e.addSuppressed(lost);
            }
            return Failures.exitCode(e).code();
        }
    }

    private static String result(Task task, Workload workload, int threads) {
        Version.requireKernels();
        return switch (task) {
            case FINGERPRINT -> FINGERPRINT + "=" + Gate.fingerprint(workload, threads) + "\n";
            case FULL -> times(workload, threads, Timing.Effort.FULL);
            case QUICK -> times(workload, threads, Timing.Effort.QUICK);
            case BOUNDED -> times(workload, threads, Timing.Effort.BOUNDED);
        };
    }

    private static String times(Workload workload, int threads, Timing.Effort effort) {
        Timing timing = Timing.of(workload, threads, effort);
        return MEDIAN + "=" + timing.secondsMedian() + "\n" + MIN + "=" + timing.secondsMin() + "\n" + FULL_SPEED + "="
                + timing.secondsToFullSpeed() + "\n" + KERNELS + "=" + Kernels.active() + "\n";
    }
}
