// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

/// When training came to full speed: the first moments of it, as rows done by then.
final class SpeedLog {
    /// Enough for the first ten seconds or more; later than that nothing is compiled any more.
    private static final int CAPACITY = 8192;
    /// Over so long a time the rate is taken, so that one lucky step does not count.
    private static final long WINDOW_NANOS = 5_000_000;
    private static final double FULL = 0.9;

    private final long[] nanos = new long[CAPACITY];
    private final long[] rows = new long[CAPACITY];
    private int size;

    /// Notes that `rowsDone` rows, of all epochs, had been trained on at `now`.
    void add(long now, long rowsDone) {
        if (size < CAPACITY) {
            nanos[size] = now;
            rows[size] = rowsDone;
            size++;
        }
    }

    /// Seconds from `start` until the rate first was within a tenth of `rowsPerSecond`; NaN if it never was.
    double secondsToFullSpeed(long start, double rowsPerSecond) {
        int end = 0;
        for (int begin = 0; begin < size; begin++) {
            while (end < size && nanos[end] - nanos[begin] < WINDOW_NANOS) {
                end++;
            }
            if (end == size) {
                return Double.NaN;
            }
            double rate = (rows[end] - rows[begin]) * 1e9 / (nanos[end] - nanos[begin]);
            if (rate >= FULL * rowsPerSecond) {
                return (nanos[begin] - start) / 1e9;
            }
        }
        return Double.NaN;
    }
}
