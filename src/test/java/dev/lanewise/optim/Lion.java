// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/// An optimizer as a user writes it, element by element: the sign of an average of gradients (Lion).
final class Lion extends Optimizer {
    Lion(List<Parameter> parameters, float learningRate) {
        super(parameters, List.of("exp_avg"), Map.of(Setting.LEARNING_RATE, (double) learningRate,
                Setting.BETA1, 0.9, Setting.BETA2, 0.99, Setting.WEIGHT_DECAY, 0.0));
    }

    @Override
    protected void begin(ParameterStep step) {
        step.factor(0, 1 - step.group().learningRate() * step.group().weightDecay());
    }

    @Override
    protected void update(ParameterStep step, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        float lr = step.group().learningRate();
        float beta1 = (float) step.group().get(Setting.BETA1);
        float beta2 = (float) step.group().get(Setting.BETA2);
        MemorySegment m = step.state(0);
        for (long i = 0; i < n; i++) {
            float gradient = g.getAtIndex(JAVA_FLOAT, gFrom + i);
            float mean = m.getAtIndex(JAVA_FLOAT, at + i);
            float direction = Math.signum(beta1 * mean + (1 - beta1) * gradient);
            value.setAtIndex(JAVA_FLOAT, at + i,
                    value.getAtIndex(JAVA_FLOAT, at + i) * step.factor(0) - lr * direction);
            m.setAtIndex(JAVA_FLOAT, at + i, beta2 * mean + (1 - beta2) * gradient);
        }
    }
}
