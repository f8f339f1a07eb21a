// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// Training has left the finite numbers: the loss of a step is NaN or infinite.
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long step;
    private final double loss;

    DivergedException(long step, double loss, double lastFiniteLoss, float learningRate) {
        super("training diverged at step " + step + " of the epoch: the loss is " + loss + ", "
                + (Double.isNaN(lastFiniteLoss) ? "no step of this epoch before had a finite one"
                        : "the last finite one was " + lastFiniteLoss)
                + (learningRate > 0
                        ? "; the learning rate is " + learningRate + ", try a smaller one, or scale the features"
                        : "; try a smaller learning rate, or scale the features"));
        this.step = step;
        this.loss = loss;
    }

    /// The step of the epoch whose loss is not finite, counted from 1.
    public long step() {
        return step;
    }

    /// That loss.
    public double loss() {
        return loss;
    }
}
