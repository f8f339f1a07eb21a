// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;

/// A multiple of the squared difference, per element.
///
/// **Numerics**: `l = (factor * d) * d` with `d = x - y`, gradient `((2 * factor) * d) * scale`.
public abstract sealed class SquaredLoss extends LossFunction permits MSELoss, HalfSquaredLoss {
    private final float factor;

    SquaredLoss(Reduction reduction, float factor) {
        super(reduction);
        this.factor = factor;
    }

    @Override
    void check(Rows prediction, Rows target) {
        super.check(prediction, target);
        if (target.table() instanceof ClassLabels) {
            throw new IllegalArgumentException(name() + ": targets are class labels, expected rows of floats"
                    + " (FloatMatrix); for classes use CrossEntropyLoss");
        }
        checkCols(prediction, target);
    }

    @Override
    int valuesPerRow(int cols) {
        return cols;
    }

    @Override
    int valuesStride(int cols) {
        return FloatMatrix.stride(cols);
    }

    @Override
    void compute(MemorySegment losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            float scale) {
        FloatMatrix y = target.matrix();
        Kernels.LOSS.squaredError(losses, gradient.segment(), prediction.matrix().segment(), gradient.stride(),
                y.segment(), y.stride(), target.index(), target.first(), first, rows, prediction.cols(), factor,
                scale);
    }
}
