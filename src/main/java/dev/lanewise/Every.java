// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// How often [Fit#run] steps a schedule.
public enum Every {
    /// After every step of the optimizer: after every batch unless it accumulates gradients of several
    /// ([dev.lanewise.optim.Optimizer#accumulate]).
    STEP,
    /// After every epoch.
    EPOCH
}
