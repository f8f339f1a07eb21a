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
}
