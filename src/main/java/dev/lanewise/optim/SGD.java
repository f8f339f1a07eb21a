// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Gradient descent, plain or with momentum: `new SGD(parameters, 0.1f).momentum(0.9f).nesterov(true)`.
///
/// With `d = g + weightDecay * p` (`-g` to maximize): plain descent is `p -= lr * d`. With momentum,
/// `buf = momentum * buf + (1 - dampening) * d`, in the first step `buf = d`, and `p -= lr * buf`, or
/// `p -= lr * (d + momentum * buf)` with Nesterov's.
///
/// **Numerics**: the order of operations is that of `OptimizerKernels`; plain descent is `p = fma(-lr, g, p)`.
public final class SGD extends Optimizer {
    /// The plane of `buf`.
    private static final int BUFFER = 0;
    /// Factors.
    private static final int RATE = 0;
    private static final int MOMENTUM = 1;
    /// The factor of `d` in the step under way.
    private static final int DAMPED = 2;
    private static final int DECAY = 3;
    private static final int SIGN = 4;
    private static final int LATER_DAMPED = 5;
    private static final int LOOKS_AHEAD = 6;

    /// Descent of `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public SGD(List<Parameter> parameters, float learningRate) {
        super(parameters, List.of("momentum_buffer"), settings(learningRate));
    }

    private static Map<Setting, Double> settings(float learningRate) {
        Map<Setting, Double> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.LEARNING_RATE, (double) learningRate);
        settings.put(Setting.MOMENTUM, 0.0);
        settings.put(Setting.DAMPENING, 0.0);
        settings.put(Setting.WEIGHT_DECAY, 0.0);
        settings.put(Setting.NESTEROV, 0.0);
        settings.put(Setting.MAXIMIZE, 0.0);
        return settings;
    }

    @Override
    public SGD learningRate(float rate) {
        super.learningRate(rate);
        return this;
    }

    @Override
    public SGD weightDecay(float decay) {
        super.weightDecay(decay);
        return this;
    }

    @Override
    public SGD set(Setting setting, double value) {
        super.set(setting, value);
        return this;
    }

    @Override
    public SGD clipNorm(double maxNorm) {
        super.clipNorm(maxNorm);
        return this;
    }

    @Override
    public SGD clipNorm(double maxNorm, double p) {
        super.clipNorm(maxNorm, p);
        return this;
    }

    @Override
    public SGD clipValue(float limit) {
        super.clipValue(limit);
        return this;
    }

    @Override
    public SGD errorIfNonfinite(boolean on) {
        super.errorIfNonfinite(on);
        return this;
    }

    @Override
    public SGD accumulate(int batches) {
        super.accumulate(batches);
        return this;
    }

    /// The momentum; 0, for a new optimizer, is plain descent.
    public float momentum() {
        return (float) get(Setting.MOMENTUM);
    }

    /// Sets the momentum from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite, or 0 with Nesterov's momentum.
    public SGD momentum(float newMomentum) {
        set(Setting.MOMENTUM, newMomentum);
        return this;
    }

    /// How much of each gradient but the first does not go into the momentum; 0 for a new optimizer.
    public float dampening() {
        return (float) get(Setting.DAMPENING);
    }

    /// Sets the dampening from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is not finite, or not 0 with Nesterov's momentum.
    public SGD dampening(float newDampening) {
        set(Setting.DAMPENING, newDampening);
        return this;
    }

    /// Whether the momentum is Nesterov's.
    public boolean nesterov() {
        return is(Setting.NESTEROV);
    }

    /// Takes Nesterov's momentum, or not, from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` unless there is a momentum and no dampening.
    public SGD nesterov(boolean on) {
        set(Setting.NESTEROV, on);
        return this;
    }

    @Override
    protected void validate(ParameterGroup group) {
        float momentum = group.single(Setting.MOMENTUM);
        float dampening = group.single(Setting.DAMPENING);
        if (group.is(Setting.NESTEROV) && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException("SGD: nesterov with momentum " + momentum + " and dampening "
                    + dampening + ", expected a momentum above 0, set before, and no dampening");
        }
    }

    /// Whether the loss is maximized.
    public boolean maximize() {
        return is(Setting.MAXIMIZE);
    }

    /// Steps along the gradient instead of against it, or not, from the next step on.
    public SGD maximize(boolean on) {
        set(Setting.MAXIMIZE, on);
        return this;
    }

    @Override
    protected boolean keeps(int plane, ParameterGroup group) {
        return group.single(Setting.MOMENTUM) != 0;
    }

    @Override
    protected void begin(ParameterStep step) {
        if (step.settingsChanged()) {
            ParameterGroup group = step.group();
            step.factor(RATE, group.single(Setting.LEARNING_RATE));
            step.factor(MOMENTUM, group.single(Setting.MOMENTUM));
            step.factor(LATER_DAMPED, 1 - group.single(Setting.DAMPENING));
            step.factor(DECAY, group.single(Setting.WEIGHT_DECAY));
            step.factor(SIGN, group.is(Setting.MAXIMIZE) ? -1 : 1);
            step.factor(LOOKS_AHEAD, group.is(Setting.NESTEROV) ? 1 : 0);
        }
        step.factor(DAMPED, step.isFresh(BUFFER) ? 1 : step.factor(LATER_DAMPED));
    }

    @Override
    float plainRate(ParameterStep s) {
        return s.factor(MOMENTUM) == 0 && s.factor(DECAY) == 0 ? s.factor(SIGN) * s.factor(RATE) : Float.NaN;
    }

    @Override
    protected void update(ParameterStep s, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        float lr = s.factor(RATE);
        float momentum = s.factor(MOMENTUM);
        float decay = s.factor(DECAY);
        float sign = s.factor(SIGN);
        if (momentum != 0) {
            MemorySegment buf = s.state(BUFFER);
            if (s.factor(LOOKS_AHEAD) == 1) {
                Kernels.OPTIMIZER.sgdNesterovStep(value, buf, at, g, gFrom, n, lr, momentum, decay, sign);
            } else {
                Kernels.OPTIMIZER.sgdMomentumStep(value, buf, at, g, gFrom, n, lr, momentum, s.factor(DAMPED), decay,
                        sign);
            }
        } else if (decay != 0) {
            Kernels.OPTIMIZER.sgdDecayStep(value, at, g, gFrom, n, lr, decay, sign);
        } else {
            Kernels.ELEMENT.sgdStep(value, at, g, gFrom, n, sign * lr);
        }
    }
}
