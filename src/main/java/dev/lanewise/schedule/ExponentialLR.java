// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Multiplies the learning rate by `gamma` in every step: `base * gamma^step`.
public final class ExponentialLR extends FactorLR {
    private final double gamma;

    /// A schedule with the factor `gamma`.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public ExponentialLR(Optimizer optimizer, double gamma) {
        super(optimizer);
        this.gamma = notNegative("gamma", gamma);
        apply();
    }

    @Override
    double factor(long epoch) {
        return Power.of(gamma, (double) epoch);
    }

    @Override
    public String toString() {
        return "ExponentialLR(gamma=" + gamma + ")";
    }
}
