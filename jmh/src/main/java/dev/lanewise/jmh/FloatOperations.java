// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Counts floating-point operations, in units of 10^9, so that JMH reports GFLOP/s.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class FloatOperations {
    /// A multiply-add is two.
    public double gflop;
    /// The same in hundredths of what this machine does in a second with multiply-adds alone, on one thread: per cent of
    /// the peak.
    public double percentOfPeak;

    /// Counts so many 10^9 operations.
    void count(double operations) {
        gflop += operations;
        percentOfPeak += 100 * operations / Peak.FMA_GFLOPS;
    }
}
