// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Adagrad: `new Adagrad(parameters, 0.01f).lrDecay(1e-4)`.
///
/// In step `t` of a parameter, counted from 1, with `d = g + weightDecay * p` (`-g` to maximize): `s = s + d^2`, from
/// `initialAccumulatorValue` on, and `p -= lr / (1 + (t - 1) * lrDecay) * d / (sqrt(s) + eps)`.
///
/// **Numerics**: the order of operations is that of `OptimizerKernels`; the rate of a step is computed in double.
/// **Source**: J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods", 2011.
public final class Adagrad extends Optimizer {
    /// PyTorch's defaults.
    private static final float DEFAULT_RATE = 1e-2f;
    private static final double DEFAULT_EPS = 1e-10;
    private static final List<String> STATE = List.of("sum");
    /// The plane.
    private static final int SUM = 0;
    /// Factors.
    private static final int RATE = 0;
    private static final int EPSILON = 1;
    private static final int DECAY = 2;
    private static final int SIGN = 3;

    /// Adagrad for `parameters` with the learning rate 0.01.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice.
    public Adagrad(List<Parameter> parameters) {
        this(parameters, DEFAULT_RATE);
    }

    /// Adagrad for `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public Adagrad(List<Parameter> parameters, float learningRate) {
        super(parameters, STATE, settings(learningRate));
    }

    private static Map<Setting, Double> settings(float learningRate) {
        Map<Setting, Double> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.LEARNING_RATE, (double) learningRate);
        settings.put(Setting.LR_DECAY, 0.0);
        settings.put(Setting.WEIGHT_DECAY, 0.0);
        settings.put(Setting.INITIAL_ACCUMULATOR_VALUE, 0.0);
        settings.put(Setting.EPS, DEFAULT_EPS);
        settings.put(Setting.MAXIMIZE, 0.0);
        return settings;
    }

    @Override
    public Adagrad learningRate(float rate) {
        super.learningRate(rate);
        return this;
    }

    @Override
    public Adagrad weightDecay(float decay) {
        super.weightDecay(decay);
        return this;
    }

    @Override
    public Adagrad set(Setting setting, double value) {
        super.set(setting, value);
        return this;
    }

    @Override
    public Adagrad clipNorm(double maxNorm) {
        super.clipNorm(maxNorm);
        return this;
    }

    @Override
    public Adagrad clipNorm(double maxNorm, double p) {
        super.clipNorm(maxNorm, p);
        return this;
    }

    @Override
    public Adagrad clipValue(float limit) {
        super.clipValue(limit);
        return this;
    }

    @Override
    public Adagrad errorIfNonfinite(boolean on) {
        super.errorIfNonfinite(on);
        return this;
    }

    @Override
    public Adagrad accumulate(int batches) {
        super.accumulate(batches);
        return this;
    }

    /// How fast the rate falls with the steps; 0 for a new optimizer.
    public double lrDecay() {
        return get(Setting.LR_DECAY);
    }

    /// Sets the fall of the rate from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Adagrad lrDecay(double newLrDecay) {
        set(Setting.LR_DECAY, newLrDecay);
        return this;
    }

    /// What the sums of squares begin with; 0 for a new optimizer.
    public float initialAccumulatorValue() {
        return (float) get(Setting.INITIAL_ACCUMULATOR_VALUE);
    }

    /// Sets what the sums of parameters begin with that have not been stepped yet.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Adagrad initialAccumulatorValue(float newInitialAccumulatorValue) {
        set(Setting.INITIAL_ACCUMULATOR_VALUE, newInitialAccumulatorValue);
        return this;
    }

    /// What keeps the divisor from 0; 1e-10 for a new optimizer.
    public float eps() {
        return (float) get(Setting.EPS);
    }

    /// Sets eps from the next step on. With 0, a weight whose gradient has always been 0 stays as it is (in PyTorch it
    /// becomes NaN).
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Adagrad eps(float newEps) {
        set(Setting.EPS, newEps);
        return this;
    }

    /// Whether the loss is maximized.
    public boolean maximize() {
        return is(Setting.MAXIMIZE);
    }

    /// Steps along the gradient instead of against it, or not, from the next step on.
    public Adagrad maximize(boolean on) {
        set(Setting.MAXIMIZE, on);
        return this;
    }

    @Override
    protected void begin(ParameterStep step) {
        ParameterGroup group = step.group();
        float initial = group.single(Setting.INITIAL_ACCUMULATOR_VALUE);
        if (initial != 0 && step.isFresh(SUM)) {
            step.fill(SUM, initial);
        }
        double fall = 1 + (double) (step.count() - 1) * group.get(Setting.LR_DECAY);
        step.factor(RATE, (float) (group.get(Setting.LEARNING_RATE) / fall));
        step.factor(EPSILON, Math.max(group.single(Setting.EPS), Float.MIN_VALUE));
        step.factor(DECAY, group.single(Setting.WEIGHT_DECAY));
        step.factor(SIGN, group.is(Setting.MAXIMIZE) ? -1 : 1);
    }

    @Override
    protected void update(ParameterStep s, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        Kernels.OPTIMIZER.adagradStep(value, s.state(SUM), at, g, gFrom, n, s.factor(RATE), s.factor(EPSILON),
                s.factor(DECAY), s.factor(SIGN));
    }
}
