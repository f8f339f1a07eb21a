// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

/// An optimizer and its settings, named and defined as in PyTorch; Adam has PyTorch's default moments and epsilon.
public record Update(Rule rule, float learningRate, float momentum) {
    public static final float ADAM_BETA1 = 0.9f;
    public static final float ADAM_BETA2 = 0.999f;
    public static final float ADAM_EPSILON = 1e-8f;

    /// The kinds of optimizers.
    public enum Rule {
        SGD, MOMENTUM, ADAM
    }

    static Update sgd(float learningRate) {
        return new Update(Rule.SGD, learningRate, 0);
    }

    static Update momentum(float learningRate, float momentum) {
        return new Update(Rule.MOMENTUM, learningRate, momentum);
    }

    static Update adam(float learningRate) {
        return new Update(Rule.ADAM, learningRate, 0);
    }

    @Override
    public String toString() {
        return switch (rule) {
            case SGD -> "SGD, learning rate " + learningRate;
            case MOMENTUM -> "SGD, learning rate " + learningRate + ", momentum " + momentum;
            case ADAM -> "Adam, learning rate " + learningRate;
        };
    }
}
