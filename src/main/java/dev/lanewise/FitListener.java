// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// Is told how [Fit#run] comes on. What it throws ends the run and reaches the caller; the module can be used and
/// trained again.
///
/// **Threads**: called on the thread that trains, between two steps; the module may be evaluated then.
public interface FitListener {
    /// An epoch begins.
    default void epochBegin(FitProgress progress) {
    }

    /// A step has been taken, and the schedules that are stepped with it.
    default void stepEnd(FitProgress progress) {
    }

    /// An epoch has ended, with its validation; the parameters are those of its last step.
    default void epochEnd(FitProgress progress, EpochReport report) {
    }
}
