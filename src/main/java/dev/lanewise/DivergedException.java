// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import org.jspecify.annotations.Nullable;

/// Training has left the finite numbers: a loss, gradients or a parameter are NaN or infinite.
///
/// A loss is looked at in every step, before it changes the parameters. So is the norm of the gradients where the optimizer
/// clips by it and it is known anyway; else gradients are used tile by tile and never stored, and looking at each, or at all
/// parameters after each step, would cost a tenth of a step of few rows. A parameter that such a step has damaged makes the
/// next loss not finite, unless an activation cuts its output off; at the end of every epoch all parameters are looked at.
/// The message says what is known and what to try.
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Divergence known;

    DivergedException(Divergence known, @Nullable Throwable cause) {
        super(known.message(), cause);
        this.known = known;
    }

    /// The epoch, counted from 1.
    public int epoch() {
        return known.epoch();
    }

    /// The step of the epoch, counted from 1.
    public long step() {
        return known.step();
    }

    /// The mean loss of that step.
    public double loss() {
        return known.loss();
    }

    /// The learning rate of that step; 0 if it is that of an update rule of the user's.
    public double learningRate() {
        return known.learningRate();
    }

    /// The name of the first parameter with a value that is not finite; empty if all of them are finite.
    public String badParameter() {
        return known.badParameter();
    }

    /// The largest absolute value in the gradients of the step, where NaN counts as the largest; 0 if they could not be
    /// computed.
    public double largestGradient() {
        return known.gradient();
    }

    /// The name of the parameter that it is the gradient of; empty if they could not be computed.
    public String largestGradientParameter() {
        return known.gradientParameter();
    }

    /// The column of the features, counted from 0, with the largest scale in the batch of that step.
    public int largestColumn() {
        return known.column();
    }

    /// The root mean square of that column in the batch, NaN if a value in it is.
    public double largestColumnScale() {
        return known.columnScale();
    }
}
