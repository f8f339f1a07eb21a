// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import org.jspecify.annotations.Nullable;

/// Training has left the finite numbers: a loss, gradients or a parameter are NaN or infinite.
///
/// A loss is looked at in every step, before it changes the parameters. So is the norm of the gradients where the optimizer
/// clips by it and it is known anyway; else gradients are used tile by tile and never stored, and looking at each, or at all
/// parameters after each step, would cost every step. A parameter that such a step has damaged makes the
/// next loss not finite, unless an activation cuts its output off; at the end of every epoch all parameters are looked at.
/// So gradients that are not finite under a finite loss are seen one step late, when they have made a parameter not
/// finite: [#damagedBy] and [#badParameter] say when and where. `optimizer.clipNorm(1e30)` clips nothing that is of use
/// and has them seen before they change anything.
///
/// The message says what is known and what to try.
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Divergence known;

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

    /// The step of the epoch, counted from 1, that made [#badParameter] not finite: the one before [#step] if its loss
    /// is not finite, else [#step] itself; 0 if the parameter was so before this epoch, or none is. (An activation that
    /// cuts values off can hide the damage; then it is older.)
    public long damagedBy() {
        return known.damagedBy();
    }

    /// The largest absolute value in the gradients of the step, where NaN counts as the largest; 0 if they could not be
    /// computed. They are computed once more for it, and without a meaning if there is a [#badParameter].
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
