// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.Kernels;
import java.io.IOException;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/// JMH, but not on kernels that nobody asked for: figures of the scalar specification under the name of vectors would be
/// worse than none. With `-prof gc` the exit code is 70 if a benchmark allocates.
public final class Benchmarks {
    private static final int CONFIGURATION = 78;
    private static final int ALLOCATION = 70;
    private static final int SMALLEST_OBJECT = 16;
    private static final double OWN_MEGABYTES_A_SECOND = 2;

    private Benchmarks() {
    }

    public static void main(String[] arguments) throws IOException, CommandLineOptionException, RunnerException {
        String reason = Kernels.scalarReason();
        if (reason != null) {
            System.err.println("lanewise: error: " + reason);
            System.exit(CONFIGURATION);
        }
        System.err.println("jmh: kernels " + Kernels.active());
        CommandLineOptions options = new CommandLineOptions(arguments);
        if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams()
                || options.shouldListProfilers() || options.shouldListResultFormats()) {
            org.openjdk.jmh.Main.main(arguments);
            return;
        }
        int allocating = 0;
        for (RunResult result : new Runner(options).run()) {
            allocating += allocates(result) ? 1 : 0;
        }
        System.exit(allocating > 0 ? ALLOCATION : 0);
    }

    /// Whether `-prof gc` saw objects: at least one an operation, and more in all than JMH makes of its own. Then C2 has
    /// put vectors on the heap, and whatever was timed is not the kernel.
    private static boolean allocates(RunResult result) {
        double bytes = score(result, "gc.alloc.rate.norm");
        boolean objects = bytes >= SMALLEST_OBJECT && score(result, "gc.alloc.rate") > OWN_MEGABYTES_A_SECOND;
        if (objects) {
            BenchmarkParams benchmark = result.getParams();
            System.err.println("jmh: error: " + benchmark.id() + ": " + Math.round(bytes)
                    + " bytes allocated an operation, expected none");
        }
        return objects;
    }

    private static double score(RunResult result, String name) {
        Result<?> found = result.getSecondaryResults().get(name);
        return found == null ? 0 : found.getScore();
    }
}
