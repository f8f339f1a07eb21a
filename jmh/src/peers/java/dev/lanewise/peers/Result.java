// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.util.Arrays;

/// The times of one contender at one workload: seconds for each repetition, in the order in which they were taken.
record Result(Workload workload, int threads, Party party, Gate gate, double[] seconds) {
    double median() {
        return median(seconds);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// How many times as long as `other` it took: the median of the rounds, each of which saw the same machine.
    double ratioTo(Result other) {
        double[] ratios = new double[seconds.length];
        Arrays.setAll(ratios, round -> seconds[round] / other.seconds[round]);
        return median(ratios);
    }

    double min() {
        return Arrays.stream(seconds).min().orElseThrow();
    }

    /// The median for an epoch, a step, a row or a product.
    double secondsPerUnit() {
        return median() / workload.unitsPerRepetition();
    }

    double samplesPerSecond() {
        return workload.samplesPerRepetition() / median();
    }

    double gflops() {
        return workload.flopsPerRepetition() * 1e-9 / median();
    }
}
