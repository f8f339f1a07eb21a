// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// A schedule whose rates are multiples of the base rate.
abstract class FactorLR extends LRScheduler {
    FactorLR(Optimizer optimizer) {
        super(optimizer);
    }

    /// What the base rate is multiplied by in step `epoch`.
    abstract double factor(long epoch);

    @Override
    protected final double rate(double base, long epoch) {
        return base * factor(epoch);
    }

    @Override
    final double rebased(double base, double before, double now) {
        return before == 0 ? base : base * (now / before);
    }
}
