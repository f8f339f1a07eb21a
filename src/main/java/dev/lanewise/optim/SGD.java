// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Gradient descent, plain or with momentum: `new SGD(parameters, 0.1f).momentum(0.9f).nesterov(true)`.
///
/// With `d = g + weightDecay * p` (`-g` to maximize): plain descent is `p -= lr * d`. With momentum,
/// `buf = momentum * buf + (1 - dampening) * d`, in the first step `buf = d`, and `p -= lr * buf`, or
/// `p -= lr * (d + momentum * buf)` with Nesterov's.
///
/// **Numerics**: the order of operations is that of `OptimizerKernels`; plain descent is `p = fma(-lr, g, p)`.
public final class SGD extends Optimizer {
    private float momentum;
    private float dampening;
    private boolean nesterov;
    private boolean maximize;
    /// Per parameter: whether its `buf` has been begun, and the factor of `d` in the step under way.
    private final boolean[] begun = new boolean[size()];
    private final float[] damped = new float[size()];

    /// Descent of `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public SGD(List<Parameter> parameters, float learningRate) {
        super(parameters, learningRate);
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

    /// The momentum; 0, for a new optimizer, is plain descent.
    public float momentum() {
        return momentum;
    }

    /// Sets the momentum from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite, or 0 with Nesterov's momentum.
    public SGD momentum(float newMomentum) {
        requireNotNegative("momentum", newMomentum);
        requireFit(newMomentum, dampening, nesterov);
        momentum = newMomentum;
        return this;
    }

    @Override
    public double cycledMomentum() {
        return momentum;
    }

    @Override
    public void cycleMomentum(double newMomentum) {
        momentum((float) newMomentum);
    }

    /// How much of each gradient but the first does not go into the momentum; 0 for a new optimizer.
    public float dampening() {
        return dampening;
    }

    /// Sets the dampening from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is not finite, or not 0 with Nesterov's momentum.
    public SGD dampening(float newDampening) {
        if (!Float.isFinite(newDampening)) {
            throw new IllegalArgumentException("SGD: dampening is " + newDampening + ", expected a finite number");
        }
        requireFit(momentum, newDampening, nesterov);
        dampening = newDampening;
        return this;
    }

    /// Whether the momentum is Nesterov's.
    public boolean nesterov() {
        return nesterov;
    }

    /// Takes Nesterov's momentum, or not, from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` unless there is a momentum and no dampening.
    public SGD nesterov(boolean on) {
        requireFit(momentum, dampening, on);
        nesterov = on;
        return this;
    }

    private static void requireFit(float momentum, float dampening, boolean nesterov) {
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException("SGD: nesterov with momentum " + momentum + " and dampening "
                    + dampening + ", expected a momentum above 0, set before, and no dampening");
        }
    }

    /// Whether the loss is maximized.
    public boolean maximize() {
        return maximize;
    }

    /// Steps along the gradient instead of against it, or not, from the next step on.
    public SGD maximize(boolean on) {
        maximize = on;
        return this;
    }

    @Override
    public void prepare(Parameter parameter) {
        if (momentum != 0) {
            claim(parameter, 1, begun[indexOf(parameter)]);
        }
    }

    @Override
    public void begin(Parameter parameter) {
        if (momentum != 0) {
            int i = indexOf(parameter);
            damped[i] = begun[i] ? 1 - dampening : 1;
            begun[i] = true;
        }
    }

    @Override
    public void update(Parameter parameter, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        float lr = learningRate();
        float sign = maximize ? -1 : 1;
        if (momentum != 0) {
            MemorySegment buf = parameter.state(0).segment();
            if (nesterov) {
                Kernels.OPTIMIZER.sgdNesterovStep(value, buf, at, g, gFrom, n, lr, momentum, weightDecay(), sign);
            } else {
                Kernels.OPTIMIZER.sgdMomentumStep(value, buf, at, g, gFrom, n, lr, momentum,
                        damped[indexOf(parameter)], weightDecay(), sign);
            }
        } else if (weightDecay() != 0) {
            Kernels.OPTIMIZER.sgdDecayStep(value, at, g, gFrom, n, lr, weightDecay(), sign);
        } else {
            Kernels.ELEMENT.sgdStep(value, at, g, gFrom, n, sign * lr);
        }
    }

    @Override
    public String toString() {
        return "SGD(lr=" + learningRate() + setting("momentum", momentum, 0f) + setting("dampening", dampening, 0f)
                + setting("weightDecay", weightDecay(), 0f) + setting("nesterov", nesterov, false)
                + setting("maximize", maximize, false) + ")";
    }
}
