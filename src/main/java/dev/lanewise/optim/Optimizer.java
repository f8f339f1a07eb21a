// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.FusedOptimizer;
import dev.lanewise.nn.Parameter;
import java.util.List;

/// Steps parameters along their gradients, as PyTorch's optimizers do.
///
/// **Threads**: one at a time.
public abstract sealed class Optimizer implements FusedOptimizer permits SGD {
    private final Parameter[] parameters;

    /// **Throws** `IllegalArgumentException` if `parameters` is empty or names one twice.
    Optimizer(List<Parameter> parameters) {
        String name = getClass().getSimpleName();
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(name + ": the list of parameters is empty, expected at least one");
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.subList(0, i).contains(parameters.get(i))) {
                throw new IllegalArgumentException(
                        name + ": parameter " + parameters.get(i) + " is given twice, expected each once");
            }
        }
        this.parameters = parameters.toArray(Parameter[]::new);
    }

    /// The parameters that this optimizer steps, in the order given.
    public final List<Parameter> parameters() {
        return List.of(parameters);
    }

    /// Drops the gradients of all parameters; the next `backward` overwrites them.
    public final void zeroGrad() {
        for (Parameter p : parameters) {
            p.zeroGrad();
        }
    }

    /// Steps every parameter that has a gradient; the others are skipped.
    public final void step() {
        for (Parameter p : parameters) {
            if (p.hasGrad()) {
                prepare(p);
            }
        }
        for (Parameter p : parameters) {
            if (p.hasGrad()) {
                FloatMatrix value = p.value();
                begin(p);
                update(p, value.segment(), 0, p.grad().segment(), 0, value.paddedSize());
            }
        }
    }

    /// Whether any parameter has a gradient, so that [#step] would do something.
    public final boolean hasGrad() {
        for (Parameter p : parameters) {
            if (p.hasGrad()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public final boolean owns(Parameter parameter) {
        for (Parameter p : parameters) {
            if (p == parameter) {
                return true;
            }
        }
        return false;
    }

    /// The learning rate of the next step.
    public abstract float learningRate();
}
