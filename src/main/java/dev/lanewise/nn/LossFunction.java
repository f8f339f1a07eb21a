// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;

/// A function of predictions and targets that training makes small.
public abstract sealed class LossFunction permits CrossEntropyLoss, SquaredLoss {
    private final Reduction reduction;

    LossFunction(Reduction reduction) {
        this.reduction = reduction;
    }

    /// What becomes of the losses of a batch.
    public final Reduction reduction() {
        return reduction;
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

    /// **Throws** `IllegalArgumentException` unless `target` fits `prediction`.
    void check(Rows prediction, Rows target) {
        if (prediction.count() != target.count()) {
            throw new IllegalArgumentException(name() + ": predictions have " + prediction.count()
                    + " rows, targets have " + target.count() + "; expected the same number");
        }
        if (target.table() instanceof ByteMatrix) {
            throw new IllegalArgumentException(name() + ": targets are bytes, expected class labels (ClassLabels) or"
                    + " rows of floats (FloatMatrix); ByteMatrix.toFloats() converts them");
        }
    }

    void checkCols(Rows prediction, Rows target) {
        if (prediction.cols() != target.cols()) {
            throw new IllegalArgumentException(name() + ": predictions are (" + prediction.count() + ", "
                    + prediction.cols() + "), targets are (" + target.count() + ", " + target.cols()
                    + "); expected the same shape, nothing is broadcast");
        }
    }

    /// Losses per row of `cols` outputs.
    abstract int valuesPerRow(int cols);

    /// Floats from the losses of one row to those of the next, where [#compute] writes them.
    abstract int valuesStride(int cols);

    /// Writes the single losses and the gradient times `scale` of the rows `first .. first + rows - 1`.
    abstract void compute(MemorySegment losses, FloatMatrix gradient, Rows prediction, Rows target, int first,
            int rows, float scale);

    /// What the gradient of the sum is multiplied by to get that of the mean.
    final float meanScale(int rows, int cols) {
        return 1f / ((float) rows * valuesPerRow(cols));
    }

    final String name() {
        return getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return name() + "(" + reduction + ")";
    }
}
