// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import java.util.function.LongToDoubleFunction;

/// Multiplies the base rate by what a function of the step says: `new LambdaLR(optimizer, step -> 1.0 / (1 + step))`.
public final class LambdaLR extends LRScheduler {
    private final LongToDoubleFunction lambda;

    /// A schedule with the factor `lambda(step)`, from step 0 on.
    ///
    /// **Throws** `IllegalArgumentException` if that makes a rate negative or not finite.
    public LambdaLR(Optimizer optimizer, LongToDoubleFunction lambda) {
        super(optimizer);
        this.lambda = lambda;
        apply();
    }

    @Override
    protected double rate(double base, long epoch) {
        return base * lambda.applyAsDouble(epoch);
    }

    @Override
    public String toString() {
        return "LambdaLR";
    }
}
