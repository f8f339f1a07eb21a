// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The loss of one forward pass: its value, and `backward`.
///
/// A reused object, valid until the next `forward` of its module but one; a module has one loss per forward pass.
/// **Numerics**: the losses of single rows are floats, their sum is a double.
public final class Loss {
    private final Pass pass;
    private boolean valid;
    private @Nullable FloatMatrix losses;
    private Reduction reduction = Reduction.NONE;
    private int rows;
    private int perRow;
    private int stride;
    private double divisor;
    private double sum;
    private double penalty;
    private float pendingScale;
    private boolean backwardDone;

    Loss(Pass pass) {
        this.pass = pass;
    }

    /// The loss of `newRows` rows with `newPerRow` values each, `newStride` floats apart, whose mean divides by
    /// `newDivisor`.
    void set(LossFunction newFunction, int newRows, int newPerRow, int newStride, double newDivisor, double newSum,
            double newPenalty, FloatMatrix newLosses) {
        valid = true;
        if (losses != newLosses) { // a reference costs a barrier of the garbage collector, and is mostly the same
            losses = newLosses;
        }
        if (reduction != newFunction.reduction()) {
            reduction = newFunction.reduction();
        }
        rows = newRows;
        perRow = newPerRow;
        stride = newStride;
        divisor = newDivisor;
        sum = newSum;
        penalty = newPenalty;
        pendingScale = 1;
        backwardDone = false;
    }

    void forget() {
        valid = false;
    }

    /// The mean or the sum, as the reduction says, plus the [#penalty]. A mean of no rows that count is NaN.
    ///
    /// **Throws** `IllegalStateException` for reduction NONE and for a loss that is no longer valid.
    public double value() {
        valid("value");
        return switch (reduction) {
            case MEAN -> sum / divisor + penalty;
            case SUM -> sum + penalty;
            case NONE -> throw unreduced("value");
        };
    }

    /// The sum of the losses of all rows, whatever the reduction, without the [#penalty].
    public double total() {
        valid("total");
        return sum;
    }

    /// What a mean divides [#total] by: the number of single losses; for reduction MEAN less or more with rows that are
    /// ignored and weights of classes.
    public double divisor() {
        valid("divisor");
        return divisor;
    }

    /// The penalty on parameters ([LossFunction#penalty]) at the time of the loss; 0 if there is none.
    public double penalty() {
        valid("penalty");
        return penalty;
    }

    /// Number of rows that the loss is about.
    public int rows() {
        valid("rows");
        return rows;
    }

    /// Number of single losses: one per row for a cross-entropy, one per element for a squared error.
    public long size() {
        valid("size");
        return (long) rows * perRow;
    }

    /// The single losses, row after row: one per row for a cross-entropy, one per element for a squared error.
    public float[] values() {
        valid("values");
        float[] values = new float[rows * perRow];
        if (losses != null) {
            for (int i = 0; i < values.length; i++) {
                long at = (long) (i / perRow) * stride + i % perRow;
                values[i] = losses.segment().getAtIndex(ValueLayout.JAVA_FLOAT, at);
            }
        }
        return values;
    }

    /// The mean of all single losses of a loss with reduction NONE, as `mean()` of PyTorch's tensor of losses: rows that
    /// are ignored and weights of classes do not change what it divides by, as they do with reduction MEAN. A reduced
    /// loss stays as it is, as `mean()` of a scalar does.
    public Loss mean() {
        valid("mean");
        if (reduction == Reduction.NONE) {
            reduction = Reduction.MEAN;
            pendingScale = LossFunction.meanScale(divisor);
        }
        return this;
    }

    /// The sum of a loss with reduction NONE; a reduced loss stays as it is, as `sum()` of a scalar does.
    public Loss sum() {
        valid("sum");
        if (reduction == Reduction.NONE) {
            reduction = Reduction.SUM;
        }
        return this;
    }

    /// Computes the gradients of all parameters; they are added to gradients that are there.
    ///
    /// **Throws** `IllegalStateException` if called twice, for reduction NONE, or when the loss is no longer valid.
    public void backward() {
        beginBackward();
        pass.backward(pendingScale);
    }

    /// Ends this loss before its time: whatever is asked of it afterwards is an `IllegalStateException`. For whoever
    /// computes a loss of a module that another has computed one of before, who may still hold this reused object and
    /// take it for his.
    public void discard() {
        forget();
    }

    /// The outputs that this is the loss of, made before any step.
    public Output prediction() {
        valid("prediction");
        return pass.output();
    }

    /// Marks the loss as back-propagated, by a step that did it all at once.
    void used() {
        backwardDone = true;
    }

    private void beginBackward() {
        valid("backward");
        if (backwardDone) {
            throw new IllegalStateException("Loss.backward: called twice on one loss; compute the loss again first");
        }
        if (reduction == Reduction.NONE) {
            throw unreduced("backward");
        }
        backwardDone = true;
    }

    private void valid(String operation) {
        if (!valid) {
            throw new IllegalStateException("Loss." + operation
                    + ": this loss is no longer valid: its module has run forward twice since (evaluation does, too), or it is"
                    + " discarded or closed");
        }
    }

    private static IllegalStateException unreduced(String operation) {
        return new IllegalStateException(
                "Loss." + operation + ": the reduction is NONE; call mean() or sum() first, or use values()");
    }

    @Override
    public String toString() {
        return !valid ? "Loss (no longer valid)" : "Loss (" + reduction + ", sum " + sum + ")";
    }
}
