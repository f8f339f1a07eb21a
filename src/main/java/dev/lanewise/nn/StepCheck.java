// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// Looks at the loss of a training step before it changes the parameters; what it throws prevents the step.
///
/// What the forward pass does has been done then: [Dropout] has counted it, and [BatchNorm1d] has moved its running
/// statistics by the batch, whatever its values.
@FunctionalInterface
public interface StepCheck {
    /// A check that lets every step pass.
    StepCheck NONE = loss -> {
    };

    /// Looks at `loss` and its [Loss#prediction].
    void check(Loss loss);
}
