// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Arrays;

/// How long a unit of a workload took: an epoch, a step, a prediction, a product.
///
/// @param secondsMedian median of the units timed, the process being warm
/// @param secondsMin the fastest of them
/// @param secondsToFullSpeed from the first call, which makes the model, until the first steps that ran within a tenth
///        of the median; NaN if there were none while the process warmed up
public record Timing(double secondsMedian, double secondsMin, double secondsToFullSpeed) {
    /// How long to measure.
    ///
    /// @param warmUpNanos at least so long before units are timed
    /// @param timedNanos so long are units timed
    /// @param wholeUnits whether whole units are timed, as against steps, from which the unit is reckoned
    public record Effort(long warmUpNanos, long timedNanos, boolean wholeUnits) {
        /// For figures that are kept.
        public static final Effort FULL = new Effort(2_000_000_000L, 4_000_000_000L, true);
        /// For a first impression.
        public static final Effort QUICK = new Effort(700_000_000L, 700_000_000L, true);
        /// For scalar kernels, of which an epoch may take minutes.
        public static final Effort BOUNDED = new Effort(500_000_000L, 700_000_000L, false);
    }

    private static final double NEAR = 1.1;
    private static final int MIN_SAMPLES = 3;
    private static final int MAX_SAMPLES = 10_000;
    /// A look at the clock takes 25 ns; a sample is to be so much longer that this does not count.
    private static final long SAMPLE_NANOS = 20_000;
    /// Operations between two looks while the process warms up and nobody knows yet how fast it will be.
    private static final double LAP_FLOPS = 1e6;
    private static final int MAX_LAP_STEPS = 100;

    /// Runs a workload for as long as `effort` says.
    public static Timing of(Workload workload, int threads, Effort effort) {
        try (Job job = Job.open(workload, threads)) {
            Laps laps = warmUp(job, workload, effort);
            int stepsPerUnit = effort.wholeUnits ? workload.stepsPerUnit() : 1;
            double[] seconds = time(job, stepsPerUnit, effort.timedNanos, laps.lastNanosPerStep() * stepsPerUnit);
            double scale = (double) workload.stepsPerUnit() / stepsPerUnit;
            double median = seconds[seconds.length / 2];
            return new Timing(scale * median, scale * seconds[0],
                    laps.secondsUntil(NEAR * median / stepsPerUnit));
        }
    }

    /// When each lap of the warm-up ended.
    private static final class Laps {
        private final int steps;
        private final LongArrayList ends = new LongArrayList();

        Laps(int steps) {
            this.steps = steps;
        }

        /// Looks at the clock: the beginning, or the end of a lap.
        void mark(long nanos) {
            ends.add(nanos);
        }

        double lastNanosPerStep() {
            int last = ends.size() - 1;
            return (double) (ends.getLong(last) - ends.getLong(last - 1)) / steps;
        }

        /// Seconds to the end of the first lap with at most so many seconds a step.
        double secondsUntil(double secondsPerStep) {
            for (int i = 1; i < ends.size(); i++) {
                if (ends.getLong(i) - ends.getLong(i - 1) <= 1e9 * secondsPerStep * steps) {
                    return (ends.getLong(i) - ends.getLong(0)) / 1e9;
                }
            }
            return Double.NaN;
        }
    }

    private static Laps warmUp(Job job, Workload workload, Effort effort) {
        double flopsPerStep = workload.flopsPerUnit() / workload.stepsPerUnit();
        int steps = Math.clamp((long) (LAP_FLOPS / flopsPerStep), 1, MAX_LAP_STEPS);
        Laps laps = new Laps(steps);
        long begin = System.nanoTime();
        long now = begin;
        laps.mark(begin);
        while (now - begin < effort.warmUpNanos) {
            for (int i = 0; i < steps; i++) {
                job.step();
            }
            now = System.nanoTime();
            laps.mark(now);
        }
        return laps;
    }

    /// Seconds for so many steps, sorted; as many times as fit into `nanos`.
    private static double[] time(Job job, int steps, long nanos, double expectedNanos) {
        int repeats = (int) Math.ceil(SAMPLE_NANOS / Math.max(expectedNanos, 1));
        double[] seconds = new double[MAX_SAMPLES];
        int count = 0;
        long begin = System.nanoTime();
        long now = begin;
        while (count < MIN_SAMPLES || (now - begin < nanos && count < MAX_SAMPLES)) {
            long start = now;
            for (int i = 0; i < repeats * steps; i++) {
                job.step();
            }
            now = System.nanoTime();
            seconds[count++] = (now - start) / 1e9 / repeats;
        }
        Arrays.sort(seconds, 0, count);
        return Arrays.copyOf(seconds, count);
    }
}
