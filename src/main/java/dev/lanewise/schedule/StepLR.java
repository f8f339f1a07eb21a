// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Multiplies the learning rate by `gamma` after every `stepSize` steps: `base * gamma^floor(step / stepSize)`.
public final class StepLR extends FactorLR {
    private static final double DEFAULT_GAMMA = 0.1;

    private final long stepSize;
    private double gamma = DEFAULT_GAMMA;

    /// A schedule with gamma 0.1.
    ///
    /// **Throws** `IllegalArgumentException` if `stepSize` is less than 1.
    public StepLR(Optimizer optimizer, int stepSize) {
        super(optimizer);
        this.stepSize = atLeast("stepSize", stepSize, 1);
        apply();
    }

    /// Sets the factor; 0.1 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public StepLR gamma(double newGamma) {
        gamma = notNegative("gamma", newGamma);
        apply();
        return this;
    }

    @Override
    double factor(long epoch) {
        long falls = epoch / stepSize;
        return Power.of(gamma, (double) falls);
    }

    @Override
    public String toString() {
        return "StepLR(stepSize=" + stepSize + ", gamma=" + gamma + ")";
    }
}
