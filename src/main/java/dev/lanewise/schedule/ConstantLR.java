// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Multiplies the learning rate by `factor` for the first `totalIters` steps, a plain warm-up; then it is the base rate.
public final class ConstantLR extends FactorLR {
    private static final double DEFAULT_FACTOR = 1.0 / 3;
    private static final int DEFAULT_TOTAL_ITERS = 5;

    private double factor = DEFAULT_FACTOR;
    private long totalIters = DEFAULT_TOTAL_ITERS;

    /// A schedule with factor 1/3 for 5 steps.
    public ConstantLR(Optimizer optimizer) {
        super(optimizer);
        apply();
    }

    /// Sets the factor; 1/3 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 to 1.
    public ConstantLR factor(double newFactor) {
        factor = from0To1("factor", newFactor);
        apply();
        return this;
    }

    /// Sets for how many steps; 5 in a new schedule. With 0 it is for ever, as in PyTorch.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public ConstantLR totalIters(int iters) {
        totalIters = atLeast("totalIters", iters, 0);
        apply();
        return this;
    }

    @Override
    double factor(long epoch) {
        return epoch < totalIters || totalIters == 0 ? factor : 1;
    }

    @Override
    public String toString() {
        return "ConstantLR(factor=" + factor + ", totalIters=" + totalIters + ")";
    }
}
