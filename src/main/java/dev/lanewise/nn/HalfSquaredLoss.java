// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// Half the squared error, `(x - y)^2 / 2`, whose gradient is the plain difference.
///
/// **Shape**: predictions and targets (rows, outputs); nothing is broadcast. **Source**: the `squared_loss` of "Dive
/// into Deep Learning", which has reduction NONE.
public final class HalfSquaredLoss extends SquaredLoss {
    /// The mean over all elements.
    public HalfSquaredLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public HalfSquaredLoss(Reduction reduction) {
        super(reduction, 0.5f);
    }
}
