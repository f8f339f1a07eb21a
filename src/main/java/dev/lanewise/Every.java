// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// How often [Fit#run] steps a schedule.
public enum Every {
    /// After every batch.
    STEP,
    /// After every epoch.
    EPOCH
}
