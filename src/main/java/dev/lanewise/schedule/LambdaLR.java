// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import java.util.Collections;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/// Multiplies the base rate by what a function of the step says: `new LambdaLR(optimizer, step -> 1.0 / (1 + step))`.
public final class LambdaLR extends LRScheduler {
    private final List<LongToDoubleFunction> lambdas;

    /// A schedule with the factor `lambda(step)`, from step 0 on.
    ///
    /// **Throws** `IllegalArgumentException` if that makes a rate negative or not finite.
    public LambdaLR(Optimizer optimizer, LongToDoubleFunction lambda) {
        this(optimizer, Collections.nCopies(optimizer.groups().size(), lambda));
    }

    /// A schedule with a factor of its own for each group of parameters, in the order of [Optimizer#groups].
    ///
    /// **Throws** `IllegalArgumentException` also if there is not one for each group.
    public LambdaLR(Optimizer optimizer, List<LongToDoubleFunction> lambdas) {
        super(optimizer);
        if (lambdas.size() != optimizer.groups().size()) {
            throw new IllegalArgumentException("LambdaLR: " + lambdas.size() + " functions given, expected "
                    + optimizer.groups().size() + ", one for each group of parameters");
        }
        this.lambdas = List.copyOf(lambdas);
        apply();
    }

    @Override
    protected double rate(double base, long epoch) {
        return rateOf(0, base, (double) epoch);
    }

    @Override
    double rateOf(int group, double base, double epoch) {
        return base * lambdas.get(group).applyAsDouble((long) epoch);
    }

    @Override
    public String toString() {
        return "LambdaLR";
    }
}
