// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Adam: `new Adam(parameters, 1e-3f).betas(0.9, 0.999).weightDecay(1e-4f)`.
///
/// In step `t` of a parameter, counted from 1, with `d = g + weightDecay * p`: `m = beta1 * m + (1 - beta1) * d`,
/// `v = beta2 * v + (1 - beta2) * d^2`,
/// `p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)`.
///
/// **Numerics**: the order of operations is that of `OptimizerKernels`; what does not depend on the gradient is computed
/// in double. **Source**: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.
public final class Adam extends Optimizer {
    /// PyTorch's default rate.
    private static final float DEFAULT_RATE = 1e-3f;
    private static final double DEFAULT_BETA1 = 0.9;
    private static final double DEFAULT_BETA2 = 0.999;
    private static final float DEFAULT_EPS = 1e-8f;

    private double beta1 = DEFAULT_BETA1;
    private double beta2 = DEFAULT_BETA2;
    private float eps = DEFAULT_EPS;
    /// Per parameter: steps done, and the factors of the step under way.
    private final long[] steps = new long[size()];
    private final float[] rates = new float[size()];
    private final float[] inverseRoots = new float[size()];

    /// Adam for `parameters` with the learning rate 0.001.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice.
    public Adam(List<Parameter> parameters) {
        this(parameters, DEFAULT_RATE);
    }

    /// Adam for `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public Adam(List<Parameter> parameters, float learningRate) {
        super(parameters, learningRate);
    }

    @Override
    public Adam learningRate(float rate) {
        super.learningRate(rate);
        return this;
    }

    @Override
    public Adam weightDecay(float decay) {
        super.weightDecay(decay);
        return this;
    }

    /// How much of the mean of the gradients a step keeps; 0.9 for a new optimizer.
    public double beta1() {
        return beta1;
    }

    /// How much of the mean of their squares a step keeps; 0.999 for a new optimizer.
    public double beta2() {
        return beta2;
    }

    /// Sets both betas from the next step on. They are doubles so that `1 - beta` is rounded only once.
    ///
    /// **Throws** `IllegalArgumentException` unless both are at least 0 and below 1.
    public Adam betas(double newBeta1, double newBeta2) {
        if (!(newBeta1 >= 0 && newBeta1 < 1 && newBeta2 >= 0 && newBeta2 < 1)) {
            throw new IllegalArgumentException("Adam: betas are " + newBeta1 + " and " + newBeta2
                    + ", expected both to be at least 0 and below 1");
        }
        beta1 = newBeta1;
        beta2 = newBeta2;
        return this;
    }

    @Override
    public double cycledMomentum() {
        return beta1;
    }

    @Override
    public void cycleMomentum(double momentum) {
        betas(momentum, beta2);
    }

    /// What keeps the divisor from 0; 1e-8 for a new optimizer.
    public float eps() {
        return eps;
    }

    /// Sets eps from the next step on. With 0, a weight whose gradient has always been 0 stays as it is (in PyTorch it
    /// becomes NaN).
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Adam eps(float newEps) {
        eps = requireNotNegative("eps", newEps);
        return this;
    }

    @Override
    public void prepare(Parameter parameter) {
        claim(parameter, 2, steps[indexOf(parameter)] > 0);
    }

    @Override
    public void begin(Parameter parameter) {
        int i = indexOf(parameter);
        double t = ++steps[i];
        rates[i] = (float) (learningRate() / (1 - StrictMath.pow(beta1, t)));
        inverseRoots[i] = (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, t)));
    }

    @Override
    public void update(Parameter parameter, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        int i = indexOf(parameter);
        Kernels.OPTIMIZER.adamStep(value, parameter.state(0).segment(), parameter.state(1).segment(), at, g, gFrom, n,
                rates[i], inverseRoots[i], (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2),
                Math.max(eps, Float.MIN_VALUE), weightDecay());
    }

    @Override
    public String toString() {
        return "Adam(lr=" + learningRate() + setting("beta1", beta1, DEFAULT_BETA1)
                + setting("beta2", beta2, DEFAULT_BETA2) + setting("eps", eps, DEFAULT_EPS)
                + setting("weightDecay", weightDecay(), 0f) + ")";
    }
}
