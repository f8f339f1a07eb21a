// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import org.jspecify.annotations.Nullable;

/// What single labels were taken for where a row may have several, batch by batch: a [ConfusionMatrix] for each label,
/// and accuracy, precision, recall and F1 over all of them.
///
/// **Shape**: predictions and targets (rows, labels), the targets 0 or 1. **Numerics**: weights are added up in double.
/// As in scikit-learn a ratio of 0 / 0 is 0 (or [#zeroDivision]), and averages are over all labels. Without any row
/// they are NaN. A prediction of NaN is never right.
public final class MultiLabelConfusion {
    private static final RowReader READER = new RowReader("MultiLabelConfusion.add");

    private final ConfusionMatrix[] matrices;
    private double zeroDivision;
    private double exact;
    private double total;

    /// Empty matrices of `labels` labels; a row has a label where the prediction is above `threshold`: 0 for logits,
    /// 0.5 for probabilities.
    ///
    /// **Throws** `IllegalArgumentException` if there is no label or the threshold is NaN.
    public MultiLabelConfusion(int labels, double threshold) {
        if (labels < 1) {
            throw new IllegalArgumentException(
                    "MultiLabelConfusion: " + labels + " labels given, expected at least 1");
        }
        matrices = new ConfusionMatrix[labels];
        for (int c = 0; c < labels; c++) {
            matrices[c] = ConfusionMatrix.binary(threshold);
        }
    }

    /// The value of a precision, recall or F1 whose denominator is 0: 0 at first.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 or 1.
    public MultiLabelConfusion zeroDivision(double value) {
        for (ConfusionMatrix matrix : matrices) {
            matrix.zeroDivision(value);
        }
        zeroDivision = value;
        return this;
    }

    /// Adds rows of the weight 1.
    ///
    /// **Throws** as [#add(Rows, Rows, Rows)].
    public void add(Rows predictions, Rows targets) {
        addRows(predictions, targets, null);
    }

    /// Adds the rows of `predictions` with their labels and `weights` (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, a target is neither 0 nor 1, or a weight is
    /// impossible; rows before it have been added then.
    public void add(Rows predictions, Rows targets, Rows weights) {
        addRows(predictions, targets, weights);
    }

    private void addRows(Rows predictions, Rows targets, @Nullable Rows weights) {
        READER.requireRows(predictions, targets, weights);
        READER.requireCols(predictions, matrices.length);
        READER.requireLabels(targets, matrices.length);
        for (int r = 0; r < predictions.count(); r++) {
            double weight = READER.weight(weights, r);
            for (int c = 0; c < matrices.length; c++) {
                READER.label(targets, r, c); // a row is added as a whole
            }
            boolean all = true;
            for (int c = 0; c < matrices.length; c++) {
                int actual = READER.label(targets, r, c);
                int predicted = matrices[c].side(predictions.get(r, c), actual);
                matrices[c].add(actual, predicted, weight);
                all &= actual == predicted;
            }
            total += weight;
            exact += all ? weight : 0;
        }
    }

    /// Number of labels.
    public int labels() {
        return matrices.length;
    }

    /// The matrix of one label, class 1 being that a row has it: its precision is `label(c).precision(1)`. It goes on
    /// with this object, to which rows are to be added.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such label.
    public ConfusionMatrix label(int c) {
        return matrices[c];
    }

    /// The share of right labels, of all labels of all rows, as Keras' `BinaryAccuracy`; one less the Hamming loss. NaN
    /// without rows.
    public double accuracy() {
        double right = 0;
        for (ConfusionMatrix matrix : matrices) {
            right += matrix.count(0, 0) + matrix.count(1, 1);
        }
        return right / (total * matrices.length);
    }

    /// The share of rows all of whose labels are right, scikit-learn's `accuracy_score`; NaN without rows.
    public double exactMatch() {
        return exact / total;
    }

    /// Of what was taken for a label, the share that has it; all labels together.
    public double precision(Average average) {
        return average(average, Ratio.PRECISION);
    }

    /// Of what has a label, the share that was found; all labels together.
    public double recall(Average average) {
        return average(average, Ratio.RECALL);
    }

    /// The harmonic mean of precision and recall; all labels together. The mean of the labels' values, not the value of
    /// their means.
    public double f1(Average average) {
        return average(average, Ratio.F1);
    }

    private enum Ratio {
        PRECISION, RECALL, F1;

        double part(ConfusionMatrix matrix) {
            return (this == F1 ? 2 : 1) * matrix.count(1, 1);
        }

        double whole(ConfusionMatrix matrix) {
            double whole = 0;
            whole += this == RECALL ? 0 : predicted(matrix);
            whole += this == PRECISION ? 0 : matrix.support(1);
            return whole;
        }

        static double predicted(ConfusionMatrix matrix) {
            return matrix.count(0, 1) + matrix.count(1, 1);
        }

        double of(ConfusionMatrix matrix) {
            return switch (this) {
                case PRECISION -> matrix.precision(1);
                case RECALL -> matrix.recall(1);
                case F1 -> matrix.f1(1);
            };
        }
    }

    private double average(Average average, Ratio ratio) {
        double part = 0;
        double whole = 0;
        double predicted = 0;
        for (ConfusionMatrix matrix : matrices) {
            double weight = average == Average.WEIGHTED ? matrix.support(1) : 1;
            part += average == Average.MICRO ? ratio.part(matrix) : weight * ratio.of(matrix);
            whole += average == Average.MICRO ? ratio.whole(matrix) : weight;
            predicted += Ratio.predicted(matrix);
        }
        if (total == 0) {
            return Double.NaN;
        }
        if (whole == 0) { // weighted, without any label: what was taken for one is wrong for certain
            return average == Average.WEIGHTED && ratio != Ratio.RECALL && predicted > 0 ? 0 : zeroDivision;
        }
        return part / whole;
    }

    /// Forgets all rows.
    public void reset() {
        for (ConfusionMatrix matrix : matrices) {
            matrix.reset();
        }
        exact = 0;
        total = 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("MultiLabelConfusion[");
        for (int c = 0; c < matrices.length; c++) {
            text.append(c == 0 ? "" : ", ").append(matrices[c]);
        }
        return text.append(']').toString();
    }
}
