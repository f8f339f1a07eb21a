// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.PenaltySum;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A function of predictions and targets that training makes small; [CustomLoss] is the one to extend.
///
/// **Weights of rows** ([Rows#weights]) multiply losses and gradients of their rows; what the mean divides by stays as
/// it is without them, as with the `weight` of PyTorch's BCELoss.
public abstract sealed class LossFunction permits ClassLoss, CustomLoss, ElementLoss, GaussianNLLLoss {
    private final Reduction reduction;
    private final List<Penalty> penalties = new ArrayList<>();

    private record Penalty(Parameter parameter, float l1, float l2) {
    }

    LossFunction(Reduction reduction) {
        this.reduction = reduction;
    }

    /// What becomes of the losses of a batch.
    public final Reduction reduction() {
        return reduction;
    }

    /// Adds `l1 * sum |p| + l2 * sum p^2` over the values of these parameters to every mean and sum of this loss, and its
    /// gradient, `l1 * sign(p) + 2 * l2 * p`, to theirs.
    ///
    /// The penalty is neither divided by rows nor part of single losses and [Loss#total]. Parameters of other modules than
    /// that of the predictions count in the value alone. An optimizer's weight decay of `d` is the gradient of
    /// `l2 = d / 2`.
    ///
    /// **Throws** `IllegalArgumentException` if a factor is negative or not finite, or a parameter has a penalty already.
    public final LossFunction penalty(List<Parameter> parameters, float l1, float l2) {
        requireNotNegative("l1", l1);
        requireNotNegative("l2", l2);
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (penaltyOf(parameter) != null || parameters.subList(0, i).contains(parameter)) {
                throw new IllegalArgumentException(
                        name() + ": parameter " + parameter + " has a penalty already, expected one for each");
            }
        }
        for (Parameter parameter : parameters) {
            penalties.add(new Penalty(parameter, l1, l2));
        }
        return this;
    }

    /// Whether the gradient of `parameter` has a part that depends on its values.
    final boolean penalizes(Parameter parameter) {
        return penaltyOf(parameter) != null;
    }

    /// Whether any gradient has such a part.
    final boolean penalizes() {
        return !penalties.isEmpty();
    }

    private @Nullable Penalty penaltyOf(Parameter parameter) {
        for (int i = 0; i < penalties.size(); i++) { // an iterator would be an object in every step
            if (penalties.get(i).parameter == parameter) {
                return penalties.get(i);
            }
        }
        return null;
    }

    /// The sum of all penalties now.
    final double penaltyValue() {
        double sum = 0;
        for (int i = 0; i < penalties.size(); i++) {
            Penalty penalty = penalties.get(i);
            FloatMatrix value = penalty.parameter.value();
            sum += PenaltySum.of(value.segment(), value.paddedSize(), penalty.l1, penalty.l2);
        }
        return sum;
    }

    /// Tells the sink of a parameter what to add to its gradient.
    final void penalize(Parameter parameter) {
        Penalty penalty = penaltyOf(parameter);
        parameter.sink().penalize(penalty == null ? 0 : penalty.l1, penalty == null ? 0 : penalty.l2);
    }

    /// The loss of `prediction` against `target`, rows in the same order.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not agree (never broadcast) or a label is out of range,
    /// `IllegalStateException` if the module is closed or the predictions are known to be no longer valid.
    public final Loss of(Output prediction, Rows target) {
        return prediction.pass().loss(this, prediction, target);
    }

    /// The loss of `prediction` against all rows of `target`.
    public final Loss of(Output prediction, Table target) {
        return of(prediction, target.all());
    }

    /// What the mean divides the sum by; 0 if no row counts.
    ///
    /// **Throws** `IllegalArgumentException` unless `target` fits `prediction`.
    final double divisor(Rows prediction, Rows target) {
        if (prediction.count() != target.count()) {
            throw new IllegalArgumentException(name() + ": predictions have " + prediction.count()
                    + " rows, targets have " + target.count() + "; expected the same number"
                    + (target.count() == 1 && target.cols() == prediction.count()
                            ? "; FloatMatrix.column makes a row of each value"
                            : ""));
        }
        if (target.table() instanceof ByteMatrix) {
            throw new IllegalArgumentException(name() + ": targets are bytes, expected class labels (ClassLabels) or"
                    + " rows of floats (FloatMatrix); ByteMatrix.toFloats() converts them");
        }
        FloatMatrix weights = target.weights();
        for (int r = 0; weights != null && r < target.count(); r++) {
            float weight = weights.get(target.rowInTable(r), 0);
            if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(name() + ": weight of row " + target.rowInTable(r) + " is " + weight
                        + ", expected a finite number of at least 0");
            }
        }
        return checkedDivisor(prediction, target);
    }

    /// [#divisor] for as many targets as predictions, in floats or class labels.
    abstract double checkedDivisor(Rows prediction, Rows target);

    final void checkCols(Rows prediction, Rows target) {
        if (prediction.cols() != target.cols()) {
            throw new IllegalArgumentException(name() + ": predictions are (" + prediction.count() + ", "
                    + prediction.cols() + "), targets are (" + target.count() + ", " + target.cols()
                    + "); expected the same shape, nothing is broadcast");
        }
    }

    /// Losses per row.
    abstract int valuesPerRow(Rows prediction, Rows target);

    /// Floats from the losses of one row to those of the next, where [#compute] writes them.
    abstract int valuesStride(Rows prediction);

    /// Writes the single losses and the gradient times `scale` of the rows `first .. first + rows - 1`; `divisor` is that
    /// of the whole batch. Called by several threads at a time.
    abstract void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale);

    /// The sum of the losses; see [#explainNaN].
    final double explained(double sum, Rows prediction, Rows target) {
        if (Double.isNaN(sum)) {
            explainNaN(prediction, target);
        }
        return sum;
    }

    /// Looks for the reason of a sum of losses that is NaN: only then, so that looking costs nothing else.
    ///
    /// **Throws** `IllegalArgumentException` if it is a prediction or target that this loss is not defined for.
    void explainNaN(Rows prediction, Rows target) {
    }

    /// What the gradient of the sum is multiplied by to get that of the mean: 0 if no row counts, so that the gradient
    /// is 0 then.
    static float meanScale(double divisor) {
        return divisor == 0 ? 0f : 1f / (float) divisor;
    }

    final float requireNotNegative(String what, float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException(
                    name() + ": " + what + " is " + value + ", expected a finite number of at least 0");
        }
        return value;
    }

    final float requireFinite(String what, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(name() + ": " + what + " is " + value + ", expected a finite number");
        }
        return value;
    }

    final float requirePositive(String what, float value) {
        if (!(value > 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException(
                    name() + ": " + what + " is " + value + ", expected a finite number above 0");
        }
        return value;
    }

    /// A copy of factors that a user gives, one for each output.
    final float[] requireWeights(String what, float... values) {
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= 0) || Float.isInfinite(values[i])) {
                throw new IllegalArgumentException(name() + ": " + what + " " + i + " is " + values[i]
                        + ", expected a finite number of at least 0");
            }
        }
        return values.clone();
    }

    final String name() {
        return getClass().getSimpleName();
    }

    /// The settings that are not at their defaults, each behind a comma.
    String settings() {
        return "";
    }

    @Override
    public String toString() {
        return name() + "(" + reduction + settings() + ")";
    }
}
