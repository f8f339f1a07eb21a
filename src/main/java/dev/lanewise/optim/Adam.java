// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.nn.Parameter;
import java.util.List;

/// Adam: `new Adam(parameters, 1e-3f).betas(0.9, 0.999).weightDecay(1e-4f)`.
///
/// The formulas are those of [AdamFamily]; weight decay is added to the gradient: `g + weightDecay * p`, after the sign.
public final class Adam extends AdamFamily {
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
        super(parameters, learningRate, 0);
    }

    @Override
    boolean isDecoupled() {
        return false;
    }

    @Override
    public Adam betas(double newBeta1, double newBeta2) {
        super.betas(newBeta1, newBeta2);
        return this;
    }

    @Override
    public Adam eps(float newEps) {
        super.eps(newEps);
        return this;
    }

    @Override
    public Adam amsgrad(boolean on) {
        super.amsgrad(on);
        return this;
    }

    @Override
    public Adam maximize(boolean on) {
        super.maximize(on);
        return this;
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

    @Override
    public Adam set(Setting setting, double value) {
        super.set(setting, value);
        return this;
    }

    @Override
    public Adam clipNorm(double maxNorm) {
        super.clipNorm(maxNorm);
        return this;
    }

    @Override
    public Adam clipNorm(double maxNorm, double p) {
        super.clipNorm(maxNorm, p);
        return this;
    }

    @Override
    public Adam clipValue(float limit) {
        super.clipValue(limit);
        return this;
    }

    @Override
    public Adam errorIfNonfinite(boolean on) {
        super.errorIfNonfinite(on);
        return this;
    }

    @Override
    public Adam accumulate(int batches) {
        super.accumulate(batches);
        return this;
    }
}
