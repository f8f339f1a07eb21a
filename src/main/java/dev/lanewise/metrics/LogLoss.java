// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import org.jspecify.annotations.Nullable;

/// The mean of `-log p` of the right classes, batch by batch: the cross-entropy, natural logarithm.
///
/// With one column the classes are 0 and 1 and the column is that of class 1.
///
/// **Numerics**: in double, with `StrictMath`. Logits are taken through log-softmax (log-sigmoid for one column), so that
/// no loss is cut off. Probabilities are kept between 2^-23 and 1 - 2^-23, as scikit-learn does with those of float32: a
/// wrong certainty costs 16 and not infinity. They are not made to sum to 1. NaN makes the value NaN.
public final class LogLoss {
    private static final RowReader READER = new RowReader("LogLoss.add");
    private static final double LEAST_PROBABILITY = 0x1p-23;

    private final boolean logits;
    private double sum;
    private double total;

    private LogLoss(boolean logits) {
        this.logits = logits;
    }

    /// The loss of logits: what softmax or sigmoid would be applied to.
    public static LogLoss ofLogits() {
        return new LogLoss(true);
    }

    /// The loss of probabilities.
    public static LogLoss ofProbabilities() {
        return new LogLoss(false);
    }

    /// Adds rows of the same weight.
    ///
    /// **Throws** as [#add(Rows, Rows, Rows)].
    public void add(Rows predictions, Rows targets) {
        addRows(predictions, targets, null);
    }

    /// Adds the rows of `predictions` with their classes, as labels, indices or probabilities (of which the largest
    /// counts), and their `weights` (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, or a class or a weight is impossible; rows before
    /// it have been added then. Labels that are ignored
    /// ([dev.lanewise.memory.ClassLabels#IGNORED]) are left out.
    public void add(Rows predictions, Rows targets, Rows weights) {
        addRows(predictions, targets, weights);
    }

    private void addRows(Rows predictions, Rows targets, @Nullable Rows weights) {
        READER.requireRows(predictions, targets, weights);
        int cols = predictions.cols();
        READER.requireTargets(targets, cols);
        for (int r = 0; r < predictions.count(); r++) {
            if (READER.isIgnored(targets, r)) {
                continue;
            }
            int target = READER.target(targets, r, Math.max(cols, 2));
            double weight = READER.weight(weights, r);
            double loss = logits ? ofLogits(predictions, r, target) : ofProbabilities(predictions, r, target);
            sum += weight == 0 ? 0 : weight * loss;
            total += weight;
        }
    }

    private static double ofLogits(Rows predictions, int row, int target) {
        int cols = predictions.cols();
        if (cols == 1) {
            double x = target == 1 ? -predictions.get(row, 0) : predictions.get(row, 0);
            return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
        }
        double largest = predictions.get(row, Classification.argmax(predictions, row));
        double exponentials = 0;
        for (int c = 0; c < cols; c++) {
            exponentials += StrictMath.exp(predictions.get(row, c) - largest);
        }
        return StrictMath.log(exponentials) + (largest - predictions.get(row, target));
    }

    private static double ofProbabilities(Rows predictions, int row, int target) {
        double p = predictions.get(row, predictions.cols() == 1 ? 0 : target);
        double kept = Math.clamp(predictions.cols() == 1 && target == 0 ? 1 - p : p, LEAST_PROBABILITY,
                1 - LEAST_PROBABILITY);
        return -StrictMath.log(kept);
    }

    /// The weighted mean, NaN before anything has been added.
    public double value() {
        return sum / total;
    }

    /// Forgets all rows.
    public void reset() {
        sum = 0;
        total = 0;
    }

    @Override
    public String toString() {
        return "LogLoss: " + value();
    }
}
