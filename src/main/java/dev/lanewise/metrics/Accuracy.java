// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import org.jspecify.annotations.Nullable;

/// The share of rows whose class is among the `k` largest scores, batch by batch.
///
/// **Numerics**: of equal scores the one in the lower column is the larger, and NaN is larger than all, so that the top 1
/// is [Classification#argmax]. Sums of weights are kept in double.
public final class Accuracy {
    private static final RowReader READER = new RowReader("Accuracy.add");

    private final int k;
    private double right;
    private double total;

    /// The share of rows whose largest score is right.
    public Accuracy() {
        this(1);
    }

    /// The share of rows whose class is among the `k` largest scores.
    ///
    /// **Throws** `IllegalArgumentException` if `k` is less than 1.
    public Accuracy(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("Accuracy: k is " + k + ", expected at least 1");
        }
        this.k = k;
    }

    /// Adds rows of the same weight.
    ///
    /// **Throws** as [#add(Rows, Rows, Rows)].
    public void add(Rows scores, Rows targets) {
        addRows(scores, targets, null);
    }

    /// Adds the rows of `scores` (rows, classes) with their classes, as labels, indices or probabilities, and their
    /// `weights` (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, there is one class only, or a class or a weight is
    /// impossible; rows before it have been added then. Labels that are ignored
    /// ([dev.lanewise.memory.ClassLabels#IGNORED]) are left out.
    public void add(Rows scores, Rows targets, Rows weights) {
        addRows(scores, targets, weights);
    }

    private void addRows(Rows scores, Rows targets, @Nullable Rows weights) {
        READER.requireRows(scores, targets, weights);
        int classes = scores.cols();
        if (classes < 2) {
            throw new IllegalArgumentException("Accuracy.add: scores are (" + scores.count() + ", " + classes
                    + "), expected a column for each class; ConfusionMatrix.binary takes one column");
        }
        READER.requireTargets(targets, classes);
        for (int r = 0; r < scores.count(); r++) {
            if (READER.isIgnored(targets, r)) {
                continue;
            }
            double weight = READER.weight(weights, r);
            int target = READER.target(targets, r, classes);
            total += weight;
            if (rank(scores, r, target) < k) {
                right += weight;
            }
        }
    }

    /// How many scores of the row are larger than that of `target`.
    private static int rank(Rows scores, int row, int target) {
        float own = scores.get(row, target);
        int larger = 0;
        for (int c = 0; c < scores.cols(); c++) {
            float score = scores.get(row, c);
            boolean equal = score == own || (Float.isNaN(score) && Float.isNaN(own));
            if (equal ? c < target : score > own || Float.isNaN(score)) {
                larger++;
            }
        }
        return larger;
    }

    /// The share, NaN before anything has been added.
    public double value() {
        return right / total;
    }

    /// Forgets all rows.
    public void reset() {
        right = 0;
        total = 0;
    }

    @Override
    public String toString() {
        return "Accuracy of the top " + k + ": " + value();
    }
}
