// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// A loss of the user's own, one value for each row, with its gradient.
///
/// ```java
/// final class Quantile extends CustomLoss {
///     protected void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows) {
///         for (int r = first; r < first + rows; r++) {
///             float d = target.get(r, 0) - prediction.get(r, 0);
///             losses.set(r, 0, d > 0 ? 0.9f * d : -0.1f * d);
///             gradient.set(r, 0, d > 0 ? -0.9f : 0.1f);
///         }
///     }
/// }
/// ```
///
/// The library does the rest: reduction, weights of rows, penalties, padding, threads, and the same bits in `trainStep` and
/// in the written loop. **Threads**: [#compute] is called by several at a time, for rows that do not overlap, and a batch
/// may be cut anywhere: a row must depend on nothing but its own prediction and target.
public abstract non-sealed class CustomLoss extends LossFunction {
    /// The mean over the rows.
    protected CustomLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    protected CustomLoss(Reduction reduction) {
        super(reduction);
    }

    /// Writes the losses of the rows `first .. first + rows - 1` to column 0 of `losses`, and what each changes by for each
    /// of its predictions to `gradient`, whose every column has to be set: it holds that of an earlier batch. Row `r` of all
    /// four belongs together; `first` is seldom 0.
    protected abstract void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first,
            int rows);

    /// **Throws** `IllegalArgumentException` if the targets do not fit the predictions, of which there are equally many:
    /// called once for each batch, before [#compute]. Unless overridden, it asks for floats of the shape of the
    /// predictions.
    protected void checkTargets(Rows prediction, Rows target) {
        target.matrix();
        checkCols(prediction, target);
    }

    @Override
    final double checkedDivisor(Rows prediction, Rows target) {
        checkTargets(prediction, target);
        return target.count();
    }

    @Override
    final int valuesPerRow(Rows prediction, Rows target) {
        return 1;
    }

    @Override
    final int valuesStride(Rows prediction) {
        return FloatMatrix.stride(prediction.cols());
    }

    @Override
    final void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        compute(losses, gradient, prediction, target, first, rows);
        Kernels.ELEMENT_LOSS.scaleRows(gradient.segment(), gradient.stride(), first, rows, gradient.cols(), scale);
    }
}
