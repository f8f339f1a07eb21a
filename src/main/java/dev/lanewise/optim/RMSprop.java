// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// RMSprop: `new RMSprop(parameters, 0.01f).alpha(0.99).momentum(0.9f).centered(true)`.
///
/// With `d = g + weightDecay * p` (`-g` to maximize): `v = alpha * v + (1 - alpha) * d^2`, `q = d / (sqrt(v) + eps)`, or,
/// centered, `mean = alpha * mean + (1 - alpha) * d`, `q = d / (sqrt(v - mean^2) + eps)`; `p -= lr * q`, or with momentum
/// `buf = momentum * buf + q`, `p -= lr * buf`.
///
/// **Numerics**: the order of operations is that of `OptimizerKernels`. As in PyTorch, a centered variance that rounds
/// below 0, of gradients that have hardly changed, gives NaN. **Source**: PyTorch's `RMSprop`; A. Graves, "Generating
/// sequences with recurrent neural networks", 2013.
public final class RMSprop extends Optimizer {
    /// PyTorch's defaults.
    private static final float DEFAULT_RATE = 1e-2f;
    private static final double DEFAULT_ALPHA = 0.99;
    private static final double DEFAULT_EPS = 1e-8;
    private static final List<String> STATE = List.of("square_avg", "grad_avg", "momentum_buffer");
    /// Planes.
    private static final int SQUARE = 0;
    private static final int MEAN = 1;
    private static final int BUFFER = 2;
    /// Factors.
    private static final int RATE = 0;
    private static final int KEEP = 1;
    private static final int REST = 2;
    private static final int EPSILON = 3;
    private static final int DECAY = 4;
    private static final int SIGN = 5;
    private static final int MOMENTUM = 6;
    private static final int WITH_MEAN = 7;

    /// RMSprop for `parameters` with the learning rate 0.01.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice.
    public RMSprop(List<Parameter> parameters) {
        this(parameters, DEFAULT_RATE);
    }

    /// RMSprop for `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public RMSprop(List<Parameter> parameters, float learningRate) {
        super(parameters, STATE, settings(learningRate));
    }

    private static Map<Setting, Double> settings(float learningRate) {
        Map<Setting, Double> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.LEARNING_RATE, (double) learningRate);
        settings.put(Setting.ALPHA, DEFAULT_ALPHA);
        settings.put(Setting.EPS, DEFAULT_EPS);
        settings.put(Setting.WEIGHT_DECAY, 0.0);
        settings.put(Setting.MOMENTUM, 0.0);
        settings.put(Setting.CENTERED, 0.0);
        settings.put(Setting.MAXIMIZE, 0.0);
        return settings;
    }

    @Override
    public RMSprop learningRate(float rate) {
        super.learningRate(rate);
        return this;
    }

    @Override
    public RMSprop weightDecay(float decay) {
        super.weightDecay(decay);
        return this;
    }

    @Override
    public RMSprop set(Setting setting, double value) {
        super.set(setting, value);
        return this;
    }

    @Override
    public RMSprop clipNorm(double maxNorm) {
        super.clipNorm(maxNorm);
        return this;
    }

    @Override
    public RMSprop clipNorm(double maxNorm, double p) {
        super.clipNorm(maxNorm, p);
        return this;
    }

    @Override
    public RMSprop clipValue(float limit) {
        super.clipValue(limit);
        return this;
    }

    @Override
    public RMSprop errorIfNonfinite(boolean on) {
        super.errorIfNonfinite(on);
        return this;
    }

    @Override
    public RMSprop accumulate(int batches) {
        super.accumulate(batches);
        return this;
    }

    /// How much of the mean of the squares a step keeps; 0.99 for a new optimizer.
    public double alpha() {
        return get(Setting.ALPHA);
    }

    /// Sets alpha from the next step on; a double, so that `1 - alpha` is rounded only once.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public RMSprop alpha(double newAlpha) {
        set(Setting.ALPHA, newAlpha);
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
    public RMSprop eps(float newEps) {
        set(Setting.EPS, newEps);
        return this;
    }

    /// The momentum; 0 for a new optimizer.
    public float momentum() {
        return (float) get(Setting.MOMENTUM);
    }

    /// Sets the momentum from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public RMSprop momentum(float newMomentum) {
        set(Setting.MOMENTUM, newMomentum);
        return this;
    }

    /// Whether gradients are divided by their standard deviation.
    public boolean centered() {
        return is(Setting.CENTERED);
    }

    /// Divides by the standard deviation, or by the root of the mean square, from the next step on.
    public RMSprop centered(boolean on) {
        set(Setting.CENTERED, on);
        return this;
    }

    /// Whether the loss is maximized.
    public boolean maximize() {
        return is(Setting.MAXIMIZE);
    }

    /// Steps along the gradient instead of against it, or not, from the next step on.
    public RMSprop maximize(boolean on) {
        set(Setting.MAXIMIZE, on);
        return this;
    }

    @Override
    protected boolean keeps(int plane, ParameterGroup group) {
        return switch (plane) {
            case MEAN -> group.is(Setting.CENTERED);
            case BUFFER -> group.single(Setting.MOMENTUM) != 0;
            default -> true;
        };
    }

    @Override
    protected void begin(ParameterStep step) {
        if (!step.settingsChanged()) {
            return;
        }
        ParameterGroup group = step.group();
        double alpha = group.get(Setting.ALPHA);
        step.factor(RATE, group.single(Setting.LEARNING_RATE));
        step.factor(KEEP, (float) alpha);
        step.factor(REST, (float) (1 - alpha));
        step.factor(EPSILON, Math.max(group.single(Setting.EPS), Float.MIN_VALUE));
        step.factor(DECAY, group.single(Setting.WEIGHT_DECAY));
        step.factor(SIGN, group.is(Setting.MAXIMIZE) ? -1 : 1);
        step.factor(MOMENTUM, group.single(Setting.MOMENTUM));
        step.factor(WITH_MEAN, group.is(Setting.CENTERED) ? 1 : 0);
    }

    @Override
    protected void update(ParameterStep s, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        boolean centered = s.factor(WITH_MEAN) == 1;
        boolean heavy = s.factor(MOMENTUM) != 0;
        MemorySegment v = s.state(SQUARE);
        float lr = s.factor(RATE);
        if (centered && heavy) {
            Kernels.OPTIMIZER.centeredMomentumStep(value, v, s.state(MEAN), s.state(BUFFER), at, g, gFrom, n, lr,
                    s.factor(MOMENTUM), s.factor(KEEP), s.factor(REST), s.factor(EPSILON), s.factor(DECAY),
                    s.factor(SIGN));
        } else if (centered) {
            Kernels.OPTIMIZER.centeredStep(value, v, s.state(MEAN), at, g, gFrom, n, lr, s.factor(KEEP),
                    s.factor(REST), s.factor(EPSILON), s.factor(DECAY), s.factor(SIGN));
        } else if (heavy) {
            Kernels.OPTIMIZER.rmspropMomentumStep(value, v, s.state(BUFFER), at, g, gFrom, n, lr, s.factor(MOMENTUM),
                    s.factor(KEEP), s.factor(REST), s.factor(EPSILON), s.factor(DECAY), s.factor(SIGN));
        } else {
            Kernels.OPTIMIZER.rmspropStep(value, v, at, g, gFrom, n, lr, s.factor(KEEP), s.factor(REST),
                    s.factor(EPSILON), s.factor(DECAY), s.factor(SIGN));
        }
    }
}
