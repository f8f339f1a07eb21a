// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Lets the learning rate fall to 0 over `totalIters` steps: `base * (1 - step / totalIters)^power`.
public final class PolynomialLR extends FactorLR {
    private static final int DEFAULT_TOTAL_ITERS = 5;

    private long totalIters = DEFAULT_TOTAL_ITERS;
    private double power = 1;

    /// A schedule of 5 steps with power 1, a straight line.
    public PolynomialLR(Optimizer optimizer) {
        super(optimizer);
        apply();
    }

    /// Sets over how many steps; 5 in a new schedule. With 0 the rate stays as it is, as in PyTorch.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public PolynomialLR totalIters(int iters) {
        totalIters = atLeast("totalIters", iters, 0);
        apply();
        return this;
    }

    /// Sets the power; 1 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public PolynomialLR power(double newPower) {
        power = notNegative("power", newPower);
        apply();
        return this;
    }

    @Override
    double factor(long epoch) {
        return totalIters == 0 ? 1
                : Power.of(1 - (double) Math.min(totalIters, epoch) / totalIters, power);
    }

    @Override
    public String toString() {
        return "PolynomialLR(totalIters=" + totalIters + ", power=" + power + ")";
    }
}
