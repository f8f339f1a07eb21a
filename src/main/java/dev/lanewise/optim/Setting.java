// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import java.util.Locale;

/// What can be set for a [ParameterGroup], with PyTorch's name and range; an optimizer has some of them.
public enum Setting {
    /// The learning rate.
    LEARNING_RATE("learningRate", Range.NOT_NEGATIVE, true),
    /// The momentum.
    MOMENTUM("momentum", Range.NOT_NEGATIVE, true),
    /// How much of a gradient does not go into the momentum.
    DAMPENING("dampening", Range.FINITE, true),
    /// How much of the mean of the gradients Adam keeps.
    BETA1("beta1", Range.BELOW_ONE, false),
    /// How much of the mean of their squares Adam keeps.
    BETA2("beta2", Range.BELOW_ONE, false),
    /// How much of the mean of the squares RMSprop keeps.
    ALPHA("alpha", Range.NOT_NEGATIVE, false),
    /// How fast Adagrad's learning rate falls.
    LR_DECAY("lrDecay", Range.NOT_NEGATIVE, false),
    /// What Adagrad's sums of squares begin with.
    INITIAL_ACCUMULATOR_VALUE("initialAccumulatorValue", Range.NOT_NEGATIVE, true),
    /// What keeps divisors from 0.
    EPS("eps", Range.NOT_NEGATIVE, true),
    /// The weight decay.
    WEIGHT_DECAY("weightDecay", Range.NOT_NEGATIVE, true),
    /// Nesterov's momentum: 1, or not: 0.
    NESTEROV("nesterov", Range.FLAG, false),
    /// Adam's largest mean square so far: 1, or the present one: 0.
    AMSGRAD("amsgrad", Range.FLAG, false),
    /// RMSprop's variance: 1, or mean square: 0.
    CENTERED("centered", Range.FLAG, false),
    /// Along the gradient: 1, or against it: 0.
    MAXIMIZE("maximize", Range.FLAG, false);

    private enum Range {
        NOT_NEGATIVE("a finite number of at least 0"), BELOW_ONE("at least 0 and below 1"), FINITE(
                "a finite number"), FLAG("1 for yes or 0 for no");

        private final String text;

        Range(String text) {
            this.text = text;
        }

        boolean holds(double value) {
            return switch (this) {
                case NOT_NEGATIVE -> value >= 0 && value < Double.POSITIVE_INFINITY;
                case BELOW_ONE -> value >= 0 && value < 1;
                case FINITE -> Double.isFinite(value);
                case FLAG -> value == 0 || value == 1;
            };
        }
    }

    private final String label;
    private final Range range;
    /// Whether it goes into the arithmetic as a float; the others are doubles because `1 - beta` is rounded once.
    private final boolean single;

    Setting(String label, Range range, boolean single) {
        this.label = label;
        this.range = range;
        this.single = single;
    }

    /// PyTorch's name, as in saved state: `lr`, `weight_decay`; Adam's betas are `beta1` and `beta2`.
    public String key() {
        return this == LEARNING_RATE ? "lr" : name().toLowerCase(Locale.ROOT);
    }

    /// The name of the methods that set it, such as `weightDecay`.
    public String label() {
        return label;
    }

    /// `value` as it is kept, rounded to float if the setting is one.
    ///
    /// **Throws** `IllegalArgumentException`, in the name of `optimizer`, if it is out of range.
    double checked(String optimizer, double value) {
        double kept = single ? (float) value : value;
        if (!range.holds(kept)) {
            throw new IllegalArgumentException(
                    optimizer + ": " + label + " is " + text(kept) + ", expected " + range.text);
        }
        return kept;
    }

    /// A value as messages show it: a flag as true or false.
    String text(double value) {
        if (range == Range.FLAG && range.holds(value)) {
            return String.valueOf(value == 1);
        }
        return single ? String.valueOf((float) value) : String.valueOf(value);
    }
}
