// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Multiplies the learning rate by a factor that goes from `startFactor` to `endFactor` in a straight line over
/// `totalIters` steps and stays there: the usual warm-up.
public final class LinearLR extends FactorLR {
    private static final double DEFAULT_START_FACTOR = 1.0 / 3;
    private static final int DEFAULT_TOTAL_ITERS = 5;

    private double startFactor = DEFAULT_START_FACTOR;
    private double endFactor = 1;
    private long totalIters = DEFAULT_TOTAL_ITERS;

    /// A schedule from factor 1/3 to 1 over 5 steps.
    public LinearLR(Optimizer optimizer) {
        super(optimizer);
        apply();
    }

    /// Sets the factor of the first step; 1/3 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is above 0 and at most 1.
    public LinearLR startFactor(double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException(
                    "LinearLR: startFactor is " + factor + ", expected above 0 and at most 1");
        }
        startFactor = factor;
        apply();
        return this;
    }

    /// Sets the factor in the end; 1 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 to 1.
    public LinearLR endFactor(double factor) {
        endFactor = from0To1("endFactor", factor);
        apply();
        return this;
    }

    /// Sets over how many steps; 5 in a new schedule. With 0 the factor stays that of the start, as in PyTorch.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public LinearLR totalIters(int iters) {
        totalIters = atLeast("totalIters", iters, 0);
        apply();
        return this;
    }

    @Override
    double factor(long epoch) {
        if (epoch == 0 || totalIters == 0) {
            return startFactor;
        }
        return startFactor + (endFactor - startFactor) * Math.min(totalIters, epoch) / totalIters;
    }

    @Override
    public String toString() {
        return "LinearLR(startFactor=" + startFactor + ", endFactor=" + endFactor + ", totalIters=" + totalIters + ")";
    }
}
