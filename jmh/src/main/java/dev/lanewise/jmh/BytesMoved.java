// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Counts bytes, in units of 10^9, so that JMH reports GB/s.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class BytesMoved {
    /// What has to be read and written at the least: each input and each output once, without the lines that a store
    /// reads first.
    public double gbyte;
}
