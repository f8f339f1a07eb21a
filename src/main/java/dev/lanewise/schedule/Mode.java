// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

/// Which way a monitored value gets better.
public enum Mode {
    /// Smaller is better, as for a loss.
    MIN(Double.POSITIVE_INFINITY),
    /// Larger is better, as for an accuracy.
    MAX(Double.NEGATIVE_INFINITY);

    private final double worst;

    Mode(double worst) {
        this.worst = worst;
    }

    /// The value that every finite one is better than.
    public double worst() {
        return worst;
    }
}
