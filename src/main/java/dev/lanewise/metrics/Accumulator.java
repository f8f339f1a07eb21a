// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import java.util.Arrays;

/// Sums over `n` quantities, in double: a float would stop counting at 2^24.
public final class Accumulator {
    private final double[] sums;

    /// `n` sums of 0.
    ///
    /// **Throws** `IllegalArgumentException` if `n` is less than 1.
    public Accumulator(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("Accumulator: n is " + n + ", expected at least 1");
        }
        sums = new double[n];
    }

    /// Adds one value to each sum.
    ///
    /// **Throws** `IllegalArgumentException` if the number of values is not that of the sums.
    public void add(double... values) {
        if (values.length != sums.length) {
            throw new IllegalArgumentException(
                    "Accumulator.add: " + values.length + " values given, expected " + sums.length);
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
    }

    /// Sets all sums to 0.
    public void reset() {
        Arrays.fill(sums, 0);
    }

    /// The sum at `index`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is none.
    public double get(int index) {
        return sums[index];
    }

    @Override
    public String toString() {
        return "Accumulator" + Arrays.toString(sums);
    }
}
