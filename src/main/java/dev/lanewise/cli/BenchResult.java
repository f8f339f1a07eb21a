// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.bench.MachinePeak;
import dev.lanewise.bench.Timing;
import dev.lanewise.bench.Workload;

/// What `bench` found out about one workload with one number of threads.
///
/// @param workload what was timed
/// @param timing how long a unit took
/// @param scalarSeconds seconds for a unit with scalar kernels and one thread; NaN if not timed
/// @param peak what the machine can do with as many threads
/// @param kernels the kernels timed
record BenchResult(Workload workload, Timing timing, double scalarSeconds, MachinePeak peak, String kernels) {
    private static final int[] WIDTHS = {-8, 7, 11, 11, -11, 12, 9, 8, 9, 10, 11};

    /// The titles of the table.
    static String header() {
        return row("workload", "threads", "median", "min", "per", "samples/s", "GFLOP/s", "GB/s", "roofline",
                "full speed",
                "scalar");
    }

    /// A line of the table.
    String line() {
        return row(workload.id(), Integer.toString(peak.threads()), Text.seconds(timing.secondsMedian()),
                Text.seconds(timing.secondsMin()), workload.unit(), Long.toString(Math.round(samplesPerSecond())),
                Text.fixed(gflops(), 2), Text.fixed(gbps(), 2),
                Text.fixed(100 * rooflineFraction(), 1) + " %", Text.seconds(timing.secondsToFullSpeed()),
                Text.seconds(scalarSeconds));
    }

    /// Cells in columns; a negative width is that of a column of words, whose cells begin at its left.
    private static String row(String... cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String blanks = " ".repeat(Math.max(0, Math.abs(WIDTHS[i]) - cells[i].length()));
            line.append(i == 0 ? "" : "  ").append(WIDTHS[i] < 0 ? cells[i] + blanks : blanks + cells[i]);
        }
        return line.toString().stripTrailing() + "\n";
    }

    /// The object of `--json`.
    byte[] json() {
        JsonResult json = new JsonResult().put("workload", workload.id()).put("threads", peak.threads())
                .put("unit", workload.unit()).put("seconds_median", timing.secondsMedian())
                .put("seconds_min", timing.secondsMin()).put("samples_per_second", samplesPerSecond())
                .put("gflops", gflops()).put("gbps", gbps()).put("roofline_fraction", rooflineFraction())
                .put("fma_peak_gflops", peak.fmaGflops()).put("l2_gbps", peak.l2Gbps())
                .put("dram_gbps", peak.dramGbps()).put("seconds_to_full_speed", timing.secondsToFullSpeed());
        if (!Double.isNaN(scalarSeconds)) {
            json.put("scalar_seconds", scalarSeconds);
        }
        return json.put("kernels", kernels).end();
    }

    private double samplesPerSecond() {
        return workload.samplesPerUnit() / timing.secondsMedian();
    }

    private double gflops() {
        return workload.flopsPerUnit() / timing.secondsMedian() / 1e9;
    }

    private double gbps() {
        return workload.bytesPerUnit() / timing.secondsMedian() / 1e9;
    }

    private double rooflineFraction() {
        return workload.rooflineFraction(timing.secondsMedian(), peak);
    }
}
