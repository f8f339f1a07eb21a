// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import java.util.Arrays;

/// Multiplies the learning rate by `gamma` at each milestone: `base * gamma^(milestones reached)`.
public final class MultiStepLR extends FactorLR {
    private static final double DEFAULT_GAMMA = 0.1;

    private final int[] milestones;
    private double gamma = DEFAULT_GAMMA;

    /// A schedule with gamma 0.1. A milestone that is given twice counts twice, and 0 is reached at once; their order
    /// does not matter.
    ///
    /// **Throws** `IllegalArgumentException` if a milestone is negative.
    public MultiStepLR(Optimizer optimizer, int... milestones) {
        super(optimizer);
        for (int milestone : milestones) {
            atLeast("a milestone", milestone, 0);
        }
        this.milestones = milestones.clone();
        Arrays.sort(this.milestones);
        apply();
    }

    /// Sets the factor; 0.1 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public MultiStepLR gamma(double newGamma) {
        gamma = notNegative("gamma", newGamma);
        apply();
        return this;
    }

    @Override
    double factor(long epoch) {
        int reached = 0;
        while (reached < milestones.length && milestones[reached] <= epoch) {
            reached++;
        }
        return Power.of(gamma, reached);
    }

    @Override
    public String toString() {
        return "MultiStepLR(milestones=" + Arrays.toString(milestones) + ", gamma=" + gamma + ")";
    }
}
