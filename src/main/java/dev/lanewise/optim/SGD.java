// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Gradient descent: `p = fma(-lr, g, p)`.
public final class SGD extends Optimizer {
    private final float learningRate;

    /// Descent of `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public SGD(List<Parameter> parameters, float learningRate) {
        super(parameters);
        if (!(learningRate >= 0) || Float.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "SGD: learningRate is " + learningRate + ", expected a finite number of at least 0");
        }
        this.learningRate = learningRate;
    }

    @Override
    public float learningRate() {
        return learningRate;
    }

    @Override
    public void prepare(Parameter parameter) {
        // plain descent keeps nothing
    }

    @Override
    public void begin(Parameter parameter) {
        // and counts nothing
    }

    @Override
    public void update(Parameter parameter, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        Kernels.ELEMENT.sgdStep(value, at, g, gFrom, n, learningRate);
    }

    @Override
    public String toString() {
        return "SGD(lr=" + learningRate + ")";
    }
}
