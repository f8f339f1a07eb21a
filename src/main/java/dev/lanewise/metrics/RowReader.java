// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.Rows;
import org.jspecify.annotations.Nullable;

/// Reads classes and weights of rows for one metric, which names itself in messages.
record RowReader(String operation) {

    /// **Throws** `IllegalArgumentException` unless all have the same number of rows and weights are one column.
    void requireRows(Rows predictions, Rows targets, @Nullable Rows weights) {
        if (predictions.count() != targets.count()) {
            throw new IllegalArgumentException(operation + ": predictions have " + predictions.count()
                    + " rows, targets have " + targets.count() + "; expected the same number");
        }
        if (weights != null && (weights.count() != targets.count() || weights.cols() != 1)) {
            throw new IllegalArgumentException(operation + ": weights are (" + weights.count() + ", " + weights.cols()
                    + "), expected (" + targets.count() + ", 1)");
        }
    }

    /// **Throws** `IllegalArgumentException` unless the predictions have `expected` columns.
    void requireCols(Rows predictions, int expected) {
        if (predictions.cols() != expected) {
            throw new IllegalArgumentException(operation + ": predictions are (" + predictions.count() + ", "
                    + predictions.cols() + "), expected " + expected + (expected == 1 ? " column" : " columns"));
        }
    }

    /// **Throws** `IllegalArgumentException` unless the targets are labels, one column of class indices or a column for
    /// each class.
    void requireTargets(Rows targets, int classes) {
        if (targets.cols() != 1 && targets.cols() != classes) {
            throw new IllegalArgumentException(operation + ": targets are (" + targets.count() + ", " + targets.cols()
                    + "), expected one column of classes or " + classes + " of probabilities");
        }
    }

    /// **Throws** `IllegalArgumentException` unless the targets are a column of floats for each label.
    void requireLabels(Rows targets, int labels) {
        if (targets.table() instanceof ClassLabels || targets.cols() != labels) {
            throw new IllegalArgumentException(operation + ": targets are "
                    + (targets.table() instanceof ClassLabels ? "class labels"
                            : "(" + targets.count() + ", " + targets.cols() + ")")
                    + ", expected a column of 0 and 1 for each of " + labels + " labels");
        }
    }

    /// Whether `row` has the label `col`: 1, or not: 0.
    int label(Rows targets, int row, int col) {
        float value = targets.get(row, col);
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException(operation + ": target " + col + " of row " + row + " is " + value
                    + ", expected 0 or 1");
        }
        return (int) value;
    }

    /// The weight of `row`; 1 without weights.
    double weight(@Nullable Rows weights, int row) {
        if (weights == null) {
            return 1;
        }
        double weight = weights.get(row, 0);
        if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(operation + ": the weight of row " + row + " is " + weight
                    + ", expected a finite number of 0 or more");
        }
        return weight;
    }

    /// Whether `row` has no class and does not count.
    boolean isIgnored(Rows targets, int row) {
        return targets.table() instanceof ClassLabels && targets.label(row) == ClassLabels.IGNORED;
    }

    /// The class of `row`: its label, its value, or the column of its largest probability.
    int target(Rows targets, int row, int classes) {
        double value = targets.table() instanceof ClassLabels ? targets.label(row)
                : targets.cols() == 1 ? targets.get(row, 0) : Classification.argmax(targets, row);
        int label = (int) value;
        if (label != value || label < 0 || label >= classes) {
            throw new IllegalArgumentException(operation + ": the target of row " + row + " is " + text(value)
                    + ", expected a class from 0 to " + (classes - 1));
        }
        return label;
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? Integer.toString((int) value)
                : Double.toString(value);
    }
}
