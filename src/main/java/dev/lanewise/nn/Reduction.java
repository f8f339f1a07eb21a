// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// What a loss makes of the losses of a batch.
public enum Reduction {
    /// One value per example (or element); reduce with [Loss#mean] or [Loss#sum] before `backward`.
    NONE,
    /// Their mean.
    MEAN,
    /// Their sum.
    SUM
}
