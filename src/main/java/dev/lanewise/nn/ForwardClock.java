// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// The time of a module and all its parts, in forward passes: one number to remember for a pass, and for a parameter that
/// is changed.
final class ForwardClock {
    private long now;

    /// The present time.
    long now() {
        return now;
    }

    /// Begins a pass; returns its time, which all changes before it are earlier than.
    long tick() {
        return ++now;
    }
}
