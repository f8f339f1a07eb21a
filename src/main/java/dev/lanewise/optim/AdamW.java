// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.nn.Parameter;
import java.util.List;

/// Adam with weight decay of its own: `new AdamW(parameters, 1e-3f).weightDecay(0.05f)`; its default is 0.01.
///
/// The formulas are those of [AdamFamily]; before them, `p -= lr * weightDecay * p`.
///
/// **Source**: I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.
public final class AdamW extends AdamFamily {
    /// AdamW for `parameters` with the learning rate 0.001.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice.
    public AdamW(List<Parameter> parameters) {
        this(parameters, DEFAULT_RATE);
    }

    /// AdamW for `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public AdamW(List<Parameter> parameters, float learningRate) {
        super(parameters, learningRate, 0.01);
    }

    @Override
    boolean isDecoupled() {
        return true;
    }

    @Override
    public AdamW betas(double newBeta1, double newBeta2) {
        super.betas(newBeta1, newBeta2);
        return this;
    }

    @Override
    public AdamW eps(float newEps) {
        super.eps(newEps);
        return this;
    }

    @Override
    public AdamW amsgrad(boolean on) {
        super.amsgrad(on);
        return this;
    }

    @Override
    public AdamW maximize(boolean on) {
        super.maximize(on);
        return this;
    }

    @Override
    public AdamW learningRate(float rate) {
        super.learningRate(rate);
        return this;
    }

    @Override
    public AdamW weightDecay(float decay) {
        super.weightDecay(decay);
        return this;
    }

    @Override
    public AdamW set(Setting setting, double value) {
        super.set(setting, value);
        return this;
    }

    @Override
    public AdamW clipNorm(double maxNorm) {
        super.clipNorm(maxNorm);
        return this;
    }

    @Override
    public AdamW clipNorm(double maxNorm, double p) {
        super.clipNorm(maxNorm, p);
        return this;
    }

    @Override
    public AdamW clipValue(float limit) {
        super.clipValue(limit);
        return this;
    }

    @Override
    public AdamW errorIfNonfinite(boolean on) {
        super.errorIfNonfinite(on);
        return this;
    }

    @Override
    public AdamW accumulate(int batches) {
        super.accumulate(batches);
        return this;
    }
}
