// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Arrays;

/// How long a unit of a workload took: an epoch, a step, a prediction, a product.
///
/// @param secondsMedian median of the units timed, the process being warm
/// @param secondsMin the fastest of them
/// @param secondsToFullSpeed from the first call, which makes the model, until the first steps that ran within a tenth
///        of the median; to the end of a whole unit, if there were none while the process warmed up
public record Timing(double secondsMedian, double secondsMin, double secondsToFullSpeed) {
    /// How long to measure.
    ///
    /// @param warmUpNanos at least so long before units are timed, and up to four times as long while steps still
    ///        become faster
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
    /// Steps no longer become faster if those of a quarter of the warm-up take more of the time of the quarter before.
    private static final double SETTLED = 0.95;
    private static final int MOST_WARM_UPS = 4;
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
            Samples samples = time(job, stepsPerUnit, effort.timedNanos, laps.lastNanosPerStep() * stepsPerUnit);
            double[] seconds = samples.sorted();
            double scale = (double) workload.stepsPerUnit() / stepsPerUnit;
            double median = seconds[seconds.length / 2];
            double warmingUp = laps.secondsUntil(NEAR * median / stepsPerUnit);
            return new Timing(scale * median, scale * seconds[0],
                    Double.isNaN(warmingUp) ? laps.seconds() + samples.secondsUntil(NEAR * median) : warmingUp);
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

        /// Whether the laps of the last `nanos` were hardly faster than those of as many before, not if these were longer;
        /// or, if one lap takes longer, whether it was hardly faster than the one before.
        boolean settled(long nanos) {
            int last = ends.size() - 1;
            long end = ends.getLong(last);
            long lap = end - ends.getLong(last - 1);
            if (lap > nanos) {
                return last < 2 || lap >= SETTLED * (ends.getLong(last - 1) - ends.getLong(last - 2));
            }
            return median(end - nanos, end) >= SETTLED * median(end - 2 * nanos, end - nanos);
        }

        /// The median of the laps between two looks at the clock, or NaN if there is none.
        private double median(long from, long to) {
            LongArrayList laps = new LongArrayList();
            for (int i = ends.size() - 1; i > 0 && ends.getLong(i - 1) >= from; i--) {
                if (ends.getLong(i) <= to) {
                    laps.add(ends.getLong(i) - ends.getLong(i - 1));
                }
            }
            laps.sort(null);
            return laps.isEmpty() ? Double.NaN : laps.getLong(laps.size() / 2);
        }

        /// Seconds that they all took.
        double seconds() {
            return (ends.getLong(ends.size() - 1) - ends.getLong(0)) / 1e9;
        }

        /// Seconds to the end of the first lap with at most so many seconds a step, or NaN if there is none.
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
        long part = effort.warmUpNanos / 4;
        long end = begin + effort.warmUpNanos;
        while (now < end) {
            for (int i = 0; i < steps; i++) {
                job.step();
            }
            now = System.nanoTime();
            laps.mark(now);
            if (now >= end && now - begin < MOST_WARM_UPS * effort.warmUpNanos && !laps.settled(part)) {
                end = now + part;
            }
        }
        return laps;
    }

    /// Units that were timed: the seconds of each, in the order of time, and how many of them went into a sample.
    private static final class Samples {
        private final double[] seconds;
        private final int repeats;

        Samples(double[] seconds, int repeats) {
            this.seconds = seconds;
            this.repeats = repeats;
        }

        double[] sorted() {
            double[] sorted = seconds.clone();
            Arrays.sort(sorted);
            return sorted;
        }

        /// Seconds to the end of the first sample of which a unit took at most so many.
        double secondsUntil(double secondsPerUnit) {
            double sum = 0;
            for (double unit : seconds) {
                sum += unit * repeats;
                if (unit <= secondsPerUnit) {
                    break;
                }
            }
            return sum;
        }
    }

    /// Times so many steps as often as fit into `nanos`.
    private static Samples time(Job job, int steps, long nanos, double expectedNanos) {
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
        return new Samples(Arrays.copyOf(seconds, count), repeats);
    }
}
