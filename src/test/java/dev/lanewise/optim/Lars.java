// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/// An optimizer as a user writes it that needs whole gradients: steps in proportion to the norm of the weights (LARS).
final class Lars extends Optimizer {
    Lars(List<Parameter> parameters, float learningRate) {
        super(parameters, List.of(), Map.of(Setting.LEARNING_RATE, (double) learningRate));
    }

    @Override
    protected boolean needsWholeGradients() {
        return true;
    }

    @Override
    protected void update(ParameterStep step, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        if (at != 0 || n != step.parameter().value().paddedSize()) {
            throw new AssertionError("a piece of the gradient");
        }
        double weights = 0;
        double gradients = 1e-12;
        for (long i = 0; i < n; i++) {
            weights += (double) value.getAtIndex(JAVA_FLOAT, i) * value.getAtIndex(JAVA_FLOAT, i);
            gradients += (double) g.getAtIndex(JAVA_FLOAT, gFrom + i) * g.getAtIndex(JAVA_FLOAT, gFrom + i);
        }
        float rate = (float) (step.group().learningRate() * Math.sqrt(weights / gradients));
        for (long i = 0; i < n; i++) {
            value.setAtIndex(JAVA_FLOAT, i,
                    Math.fma(-rate, g.getAtIndex(JAVA_FLOAT, gFrom + i), value.getAtIndex(JAVA_FLOAT, i)));
        }
    }
}
