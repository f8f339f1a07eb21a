// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Metrics of classifiers.
public final class Classification {
    private Classification() {
    }

    /// The column of the largest value in `row`; of equal ones the first. NaN counts as the largest, as in PyTorch.
    public static int argmax(Rows values, int row) {
        FloatMatrix matrix = values.matrix();
        MemorySegment memory = matrix.segment(); // read directly: every epoch asks for every logit
        long at = (long) values.rowInTable(row) * matrix.stride() * Float.BYTES;
        int best = 0;
        float largest = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
        for (int c = 1; c < matrix.cols(); c++) {
            float value = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + (long) c * Float.BYTES);
            if (value > largest || (Float.isNaN(value) && !Float.isNaN(largest))) {
                best = c;
                largest = value;
            }
        }
        return best;
    }

    /// The probability that softmax gives to column `col` of the logits in `row`.
    ///
    /// **Numerics**: in double, with `StrictMath`: the same bits everywhere. NaN if a logit is NaN or +infinity.
    public static double probability(Rows logits, int row, int col) {
        float largest = logits.get(row, argmax(logits, row));
        double sum = 0;
        for (int c = 0; c < logits.cols(); c++) {
            sum += StrictMath.exp((double) logits.get(row, c) - largest);
        }
        return StrictMath.exp((double) logits.get(row, col) - largest) / sum;
    }

    /// How many rows are right: a count, not a ratio.
    ///
    /// With several columns the [#argmax] is compared with the class: a label, a target of one column, or the argmax of
    /// target probabilities. Labels that are ignored ([ClassLabels#IGNORED]) are never right. With one column the value itself is compared, cut to an integer for labels; NaN is never
    /// right.
    ///
    /// **Throws** `IllegalArgumentException` if the numbers of rows differ, or those of columns and the targets have
    /// not just one.
    public static int accuracy(Rows predictions, Rows targets) {
        if (predictions.count() != targets.count()) {
            throw new IllegalArgumentException("Classification.accuracy: predictions have " + predictions.count()
                    + " rows, targets have " + targets.count() + "; expected the same number");
        }
        if (targets.cols() != 1 && targets.cols() != predictions.cols()) {
            throw new IllegalArgumentException("Classification.accuracy: predictions are (" + predictions.count() + ", "
                    + predictions.cols() + "), targets are (" + targets.count() + ", " + targets.cols()
                    + "); expected as many columns, or one with class indices");
        }
        int right = 0;
        for (int r = 0; r < predictions.count(); r++) {
            if (isRight(predictions, targets, r)) {
                right++;
            }
        }
        return right;
    }

    private static boolean isRight(Rows predictions, Rows targets, int row) {
        boolean labels = targets.table() instanceof ClassLabels;
        if (labels && targets.label(row) == ClassLabels.IGNORED) {
            return false;
        }
        if (predictions.cols() > 1) {
            int best = argmax(predictions, row);
            return labels ? best == targets.label(row)
                    : targets.cols() == 1 ? best == targets.get(row, 0) : best == argmax(targets, row);
        }
        float value = predictions.get(row, 0);
        return labels ? (int) value == targets.label(row) && !Float.isNaN(value) : value == targets.get(row, 0);
    }
}
