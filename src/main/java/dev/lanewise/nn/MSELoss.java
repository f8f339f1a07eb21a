// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// Squared error `(x - y)^2`; its mean is over all elements, without a factor 1/2, as in PyTorch.
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Numerics**: gradient of the mean
/// `2 (x - y) / (rows * outputs)`.
public final class MSELoss extends SquaredLoss {
    /// The mean over all elements.
    public MSELoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public MSELoss(Reduction reduction) {
        super(reduction, 1);
    }
}
