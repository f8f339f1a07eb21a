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
}
