// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.FusedOptimizer;
import dev.lanewise.nn.Parameter;
import java.util.List;

/// Steps parameters along their gradients, as PyTorch's optimizers do.
///
/// Settings may be changed between steps. What an optimizer keeps for a parameter (momentum, means) lies with the
/// parameter, and a parameter has room for one optimizer: a new one that steps it takes over and begins anew.
///
/// **Ownership**: that memory belongs to the module. **Threads**: one at a time.
public abstract sealed class Optimizer implements FusedOptimizer permits SGD, Adam {
    private final Parameter[] parameters;
    private float learningRate;
    private double initialLearningRate = Double.NaN;
    private float weightDecay;

    /// **Throws** `IllegalArgumentException` if `parameters` is empty or names one twice, or the rate is negative or not
    /// finite.
    Optimizer(List<Parameter> parameters, float learningRate) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(name() + ": the list of parameters is empty, expected at least one");
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.subList(0, i).contains(parameters.get(i))) {
                throw new IllegalArgumentException(
                        name() + ": parameter " + parameters.get(i) + " is given twice, expected each once");
            }
        }
        this.parameters = parameters.toArray(Parameter[]::new);
        this.learningRate = requireNotNegative("learningRate", learningRate);
    }

    final String name() {
        return getClass().getSimpleName();
    }

    final float requireNotNegative(String what, float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException(
                    name() + ": " + what + " is " + value + ", expected a finite number of at least 0");
        }
        return value;
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
    ///
    /// **Throws** `IllegalStateException` if another optimizer has taken over the state of one.
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

    /// The position of a parameter that this optimizer owns.
    final int indexOf(Parameter parameter) {
        int i = 0;
        while (parameters[i] != parameter) {
            i++;
        }
        return i;
    }

    final int size() {
        return parameters.length;
    }

    /// Makes sure that the state of a parameter is ours, and, if it has been `begun`, still is.
    final void claim(Parameter parameter, int planes, boolean begun) {
        if (begun && !parameter.hasStateOf(this)) {
            throw new IllegalStateException(name() + ": another optimizer has stepped parameter " + parameter
                    + " since, or its module has been closed: what was kept for it is gone; make a new optimizer");
        }
        parameter.claimState(this, planes);
    }

    /// The learning rate of the next step.
    public final float learningRate() {
        return learningRate;
    }

    /// Sets the learning rate from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Optimizer learningRate(float rate) {
        learningRate = requireNotNegative("learningRate", rate);
        return this;
    }

    /// The learning rate before the first schedule has changed it: what schedules start from.
    public final double initialLearningRate() {
        return Double.isNaN(initialLearningRate) ? learningRate : initialLearningRate;
    }

    /// Keeps the learning rate that schedules start from, for schedules.
    public final void initialLearningRate(double rate) {
        initialLearningRate = rate;
    }

    /// The momentum, or what stands for it (Adam: beta1), which schedules may cycle; NaN if there is none.
    public double cycledMomentum() {
        return Double.NaN;
    }

    /// Sets the momentum, or what stands for it, from the next step on.
    ///
    /// **Throws** `UnsupportedOperationException` if there is none.
    public void cycleMomentum(double momentum) {
        throw new UnsupportedOperationException(name() + ": there is no momentum to set to " + momentum);
    }

    /// What is added to the gradient for each unit of the parameter; 0 for a new optimizer.
    public final float weightDecay() {
        return weightDecay;
    }

    /// Adds `decay` times the parameter to its gradient, before all else, from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Optimizer weightDecay(float decay) {
        weightDecay = requireNotNegative("weightDecay", decay);
        return this;
    }

    /// `name=value` behind a comma, or nothing for a setting at its default.
    static String setting(String name, Object value, Object byDefault) {
        return value.equals(byDefault) ? "" : ", " + name + "=" + value;
    }
}
