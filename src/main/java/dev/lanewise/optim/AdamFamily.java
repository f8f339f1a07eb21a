// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What [Adam] and [AdamW] have in common.
///
/// In step `t` of a parameter, counted from 1, with `g` the gradient (`-g` to maximize):
/// `m = beta1 * m + (1 - beta1) * g`, `v = beta2 * v + (1 - beta2) * g^2`,
/// `p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)`; with AMSGrad the largest `v` so far is under the
/// root.
///
/// **Numerics**: the order of operations is that of `OptimizerKernels`; what does not depend on the gradient is computed
/// in double. **Source**: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.
public abstract sealed class AdamFamily extends Optimizer permits Adam, AdamW {
    /// PyTorch's default rate.
    static final float DEFAULT_RATE = 1e-3f;
    private static final double DEFAULT_BETA1 = 0.9;
    private static final double DEFAULT_BETA2 = 0.999;
    private static final double DEFAULT_EPS = 1e-8;
    /// Planes.
    private static final int MEAN = 0;
    private static final int SQUARE = 1;
    private static final int LARGEST = 2;
    /// Factors.
    private static final int RATE = 0;
    private static final int INVERSE_ROOT = 1;
    private static final int KEEP1 = 2;
    private static final int REST1 = 3;
    private static final int KEEP2 = 4;
    private static final int REST2 = 5;
    private static final int EPSILON = 6;
    private static final int DECAY = 7;
    private static final int SHRINK = 8;
    private static final int SIGN = 9;
    private static final int WITH_LARGEST = 10;

    AdamFamily(List<Parameter> parameters, float learningRate, double weightDecay) {
        super(parameters, List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq"), settings(learningRate, weightDecay));
    }

    private static Map<Setting, Double> settings(float learningRate, double weightDecay) {
        Map<Setting, Double> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.LEARNING_RATE, (double) learningRate);
        settings.put(Setting.BETA1, DEFAULT_BETA1);
        settings.put(Setting.BETA2, DEFAULT_BETA2);
        settings.put(Setting.EPS, DEFAULT_EPS);
        settings.put(Setting.WEIGHT_DECAY, weightDecay);
        settings.put(Setting.AMSGRAD, 0.0);
        settings.put(Setting.MAXIMIZE, 0.0);
        return settings;
    }

    /// Whether the weights shrink by the decay themselves instead of their gradients growing.
    abstract boolean isDecoupled();

    /// How much of the mean of the gradients a step keeps; 0.9 for a new optimizer.
    public double beta1() {
        return get(Setting.BETA1);
    }

    /// How much of the mean of their squares a step keeps; 0.999 for a new optimizer.
    public double beta2() {
        return get(Setting.BETA2);
    }

    /// Sets both betas from the next step on. They are doubles so that `1 - beta` is rounded only once.
    ///
    /// **Throws** `IllegalArgumentException` unless both are at least 0 and below 1.
    public AdamFamily betas(double newBeta1, double newBeta2) {
        if (!(newBeta1 >= 0 && newBeta1 < 1 && newBeta2 >= 0 && newBeta2 < 1)) {
            throw new IllegalArgumentException(name() + ": betas are " + newBeta1 + " and " + newBeta2
                    + ", expected both to be at least 0 and below 1");
        }
        set(Setting.BETA1, newBeta1);
        set(Setting.BETA2, newBeta2);
        return this;
    }

    /// What keeps the divisor from 0; 1e-8 for a new optimizer.
    public float eps() {
        return (float) get(Setting.EPS);
    }

    /// Sets eps from the next step on. With 0, a weight whose gradient has always been 0 stays as it is (in PyTorch it
    /// becomes NaN).
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public AdamFamily eps(float newEps) {
        set(Setting.EPS, newEps);
        return this;
    }

    /// Whether the largest mean of squares so far counts.
    public boolean amsgrad() {
        return is(Setting.AMSGRAD);
    }

    /// Takes AMSGrad's root, or not, from the next step on; the largest mean counts from then on.
    public AdamFamily amsgrad(boolean on) {
        set(Setting.AMSGRAD, on);
        return this;
    }

    /// Whether the loss is maximized.
    public boolean maximize() {
        return is(Setting.MAXIMIZE);
    }

    /// Steps along the gradient instead of against it, or not, from the next step on.
    public AdamFamily maximize(boolean on) {
        set(Setting.MAXIMIZE, on);
        return this;
    }

    @Override
    protected boolean keeps(int plane, ParameterGroup group) {
        return plane != LARGEST || group.is(Setting.AMSGRAD);
    }

    @Override
    protected void begin(ParameterStep step) {
        ParameterGroup group = step.group();
        double beta1 = group.get(Setting.BETA1);
        double beta2 = group.get(Setting.BETA2);
        double rate = group.get(Setting.LEARNING_RATE);
        if (step.settingsChanged()) {
            double decay = group.get(Setting.WEIGHT_DECAY);
            step.factor(KEEP1, (float) beta1);
            step.factor(REST1, (float) (1 - beta1));
            step.factor(KEEP2, (float) beta2);
            step.factor(REST2, (float) (1 - beta2));
            step.factor(EPSILON, Math.max(group.single(Setting.EPS), Float.MIN_VALUE));
            step.factor(DECAY, isDecoupled() ? 0 : (float) decay);
            step.factor(SHRINK, isDecoupled() ? (float) (rate * decay) : 0);
            step.factor(SIGN, group.is(Setting.MAXIMIZE) ? -1 : 1);
            step.factor(WITH_LARGEST, group.is(Setting.AMSGRAD) ? 1 : 0);
        }
        step.factor(RATE, (float) (rate / (1 - group.power1(beta1, step.count()))));
        step.factor(INVERSE_ROOT, (float) (1 / Math.sqrt(1 - group.power2(beta2, step.count()))));
    }

    @Override
    protected void update(ParameterStep s, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        MemorySegment m = s.state(MEAN);
        MemorySegment v = s.state(SQUARE);
        if (s.factor(WITH_LARGEST) == 1) {
            Kernels.OPTIMIZER.amsgradStep(value, m, v, s.state(LARGEST), at, g, gFrom, n, s.factor(RATE),
                    s.factor(INVERSE_ROOT), s.factor(KEEP1), s.factor(REST1), s.factor(KEEP2), s.factor(REST2),
                    s.factor(EPSILON), s.factor(DECAY), s.factor(SHRINK), s.factor(SIGN));
        } else {
            Kernels.OPTIMIZER.adamStep(value, m, v, at, g, gFrom, n, s.factor(RATE), s.factor(INVERSE_ROOT),
                    s.factor(KEEP1), s.factor(REST1), s.factor(KEEP2), s.factor(REST2), s.factor(EPSILON),
                    s.factor(DECAY), s.factor(SHRINK), s.factor(SIGN));
        }
    }
}
