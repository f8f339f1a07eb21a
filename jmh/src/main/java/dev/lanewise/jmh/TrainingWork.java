// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Counts what training gets through, so that JMH reports samples/s and GFLOP/s.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class TrainingWork {
    /// Rows trained on.
    public double samples;
    /// Operations of the forward pass and the weight gradient, 10^9; a multiply-add is two.
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
