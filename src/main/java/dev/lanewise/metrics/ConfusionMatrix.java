// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How many rows of each class were taken for each class, batch by batch, and what follows from it: accuracy, precision,
/// recall and F1.
///
/// **Numerics**: weights are added up in double. As in scikit-learn a ratio of 0 / 0 is 0 (or [#zeroDivision]), and
/// averages are over the classes that occur among the targets or the predictions. Without any row they are NaN.
public final class ConfusionMatrix {
    private static final RowReader READER = new RowReader("ConfusionMatrix.add");

    private final int classes;
    private final double threshold;
    private final boolean oneColumn;
    private final double[][] counts; // (actual, predicted)
    private final boolean[] occurs;
    private double zeroDivision;

    private ConfusionMatrix(int classes, boolean oneColumn, double threshold) {
        this.classes = classes;
        this.oneColumn = oneColumn;
        this.threshold = threshold;
        this.counts = new double[classes][classes];
        this.occurs = new boolean[classes];
    }

    /// An empty matrix; predictions are a score for each class, of which the largest counts.
    ///
    /// **Throws** `IllegalArgumentException` if there are less than 2 classes.
    public ConfusionMatrix(int classes) {
        this(requireClasses(classes), false, 0);
    }

    private static int requireClasses(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("ConfusionMatrix: " + classes + " classes given, expected at least 2");
        }
        return classes;
    }

    /// An empty matrix of the classes 0 and 1; predictions are one column, class 1 where they are above `threshold`: 0 for
    /// logits, 0.5 for probabilities. NaN is never right.
    ///
    /// **Throws** `IllegalArgumentException` if the threshold is NaN.
    public static ConfusionMatrix binary(double threshold) {
        if (Double.isNaN(threshold)) {
            throw new IllegalArgumentException("ConfusionMatrix.binary: threshold is NaN, expected a number");
        }
        return new ConfusionMatrix(2, true, threshold);
    }

    /// The value of a precision, recall or F1 whose denominator is 0: 0 at first.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 or 1.
    public ConfusionMatrix zeroDivision(double value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException("ConfusionMatrix.zeroDivision: " + value + " given, expected 0 or 1");
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

    /// Adds the rows of `predictions` with their classes, as labels, indices or probabilities, and their `weights`
    /// (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, or a class or a weight is impossible; rows before
    /// it have been added then. Labels that are ignored
    /// ([dev.lanewise.memory.ClassLabels#IGNORED]) are left out.
    public void add(Rows predictions, Rows targets, Rows weights) {
        addRows(predictions, targets, weights);
    }

    private void addRows(Rows predictions, Rows targets, @Nullable Rows weights) {
        READER.requireRows(predictions, targets, weights);
        READER.requireCols(predictions, oneColumn ? 1 : classes);
        READER.requireTargets(targets, classes);
        for (int r = 0; r < predictions.count(); r++) {
            if (READER.isIgnored(targets, r)) {
                continue;
            }
            int actual = READER.target(targets, r, classes);
            add(actual, oneColumn ? side(predictions.get(r, 0), actual) : Classification.argmax(predictions, r),
                    READER.weight(weights, r));
        }
    }

    /// The class that one score stands for.
    int side(float score, int actual) {
        return Float.isNaN(score) ? 1 - actual : score > threshold ? 1 : 0;
    }

    /// Adds one row of class `actual` that was taken for `predicted`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such class.
    public void add(int actual, int predicted, double weight) {
        counts[actual][predicted] += weight;
        occurs[actual] = true;
        occurs[predicted] = true;
    }

    /// The weight of the rows of class `actual` that were taken for `predicted`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such class.
    public double count(int actual, int predicted) {
        return counts[actual][predicted];
    }

    /// A copy, rows by actual class, columns by predicted class.
    public double[][] toArray() {
        return Arrays.stream(counts).map(double[]::clone).toArray(double[][]::new);
    }

    /// Number of classes.
    public int classes() {
        return classes;
    }

    /// The weight of the rows that belong to class `c`.
    public double support(int c) {
        return Arrays.stream(counts[c]).sum();
    }

    private double predicted(int c) {
        double sum = 0;
        for (double[] row : counts) {
            sum += row[c];
        }
        return sum;
    }

    /// The weight of all rows.
    public double total() {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += support(c);
        }
        return sum;
    }

    private double right() {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += counts[c][c];
        }
        return sum;
    }

    /// The share of right rows, NaN without rows.
    public double accuracy() {
        return right() / total();
    }

    /// Of the rows taken for class `c`, the share that belongs to it.
    public double precision(int c) {
        return ratio(counts[c][c], predicted(c));
    }

    /// Of the rows of class `c`, the share that was found.
    public double recall(int c) {
        return ratio(counts[c][c], support(c));
    }

    /// The harmonic mean of precision and recall of class `c`.
    public double f1(int c) {
        return ratio(2 * counts[c][c], support(c) + predicted(c));
    }

    private double ratio(double part, double whole) {
        return whole == 0 ? zeroDivision : part / whole;
    }

    /// [#precision(int)] of all classes together.
    public double precision(Average average) {
        return average(average, this::precision);
    }

    /// [#recall(int)] of all classes together.
    public double recall(Average average) {
        return average(average, this::recall);
    }

    /// [#f1(int)] of all classes together; the mean of the classes' values, not the value of their means.
    public double f1(Average average) {
        return average(average, this::f1);
    }

    private interface OfClass {
        double value(int c);
    }

    /// With one prediction a row the three micro averages are all the accuracy.
    private double average(Average average, OfClass metric) {
        double sum = 0;
        double weights = 0;
        boolean any = false;
        for (int c = 0; c < classes; c++) {
            if (occurs[c]) {
                double weight = average == Average.MACRO ? 1 : support(c);
                sum += weight * metric.value(c);
                weights += weight;
                any = true;
            }
        }
        return !any ? Double.NaN : average == Average.MICRO ? ratio(right(), total()) : ratio(sum, weights);
    }

    /// Forgets all rows.
    public void reset() {
        for (double[] row : counts) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(occurs, false);
    }

    @Override
    public String toString() {
        return "ConfusionMatrix" + Arrays.deepToString(counts);
    }
}
