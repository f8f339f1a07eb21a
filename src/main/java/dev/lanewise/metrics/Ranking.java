// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How well scores rank the rows of a class before the others: area under the ROC curve and average precision, exactly,
/// batch by batch.
///
/// All scores are kept: 4 bytes for each, and 12 for each row.
///
/// **Numerics**: rows of equal scores are one step of the curves, whatever their order. Sums in double. Any NaN among the
/// scores makes the result NaN. A curve that does not exist has the value NaN: the ROC curve if no weight is on one of
/// the two sides, both if there are no rows. Without any row of the class the average precision is 0, as in
/// scikit-learn.
public final class Ranking {
    private static final RowReader READER = new RowReader("Ranking.add");

    private final boolean binary;
    private final int cols;
    private float[][] scores; // (cols, capacity)
    private int[] labels = new int[64];
    private double[] weights = new double[64];
    private int rows;

    private Ranking(boolean binary, int cols) {
        this.binary = binary;
        this.cols = cols;
        this.scores = new float[cols][64];
    }

    /// The ranking of class 1 before class 0 by one column of scores: logits or probabilities.
    public static Ranking binary() {
        return new Ranking(true, 1);
    }

    /// The ranking of each class before all others by a column of scores for each.
    ///
    /// **Throws** `IllegalArgumentException` if there are less than 2 classes.
    public static Ranking oneVersusRest(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException(
                    "Ranking.oneVersusRest: " + classes + " classes given, expected at least 2");
        }
        return new Ranking(false, classes);
    }

    /// Adds rows of the weight 1.
    ///
    /// **Throws** as [#add(Rows, Rows, Rows)].
    public void add(Rows newScores, Rows targets) {
        addRows(newScores, targets, null);
    }

    /// Adds the rows of `newScores` (rows, 1 or classes) with their classes, as labels, indices or probabilities, and
    /// their `newWeights` (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, or a class or a weight is impossible; rows before
    /// it have been added then. Labels that are ignored
    /// ([dev.lanewise.memory.ClassLabels#IGNORED]) are left out.
    public void add(Rows newScores, Rows targets, Rows newWeights) {
        addRows(newScores, targets, newWeights);
    }

    private void addRows(Rows newScores, Rows targets, @Nullable Rows newWeights) {
        READER.requireRows(newScores, targets, newWeights);
        READER.requireCols(newScores, cols);
        READER.requireTargets(targets, cols);
        reserve(newScores.count());
        for (int r = 0; r < newScores.count(); r++) {
            if (READER.isIgnored(targets, r)) {
                continue;
            }
            weights[rows] = READER.weight(newWeights, r);
            labels[rows] = READER.target(targets, r, binary ? 2 : cols);
            for (int c = 0; c < cols; c++) {
                scores[c][rows] = newScores.get(r, c);
            }
            rows++;
        }
    }

    /// Adds one row to a ranking by one column, for which memory has been reserved.
    void addRow(float score, int label, double weight) {
        scores[0][rows] = score;
        labels[rows] = label;
        weights[rows] = weight;
        rows++;
    }

    /// Adds the rows of another ranking by one column.
    void addAll(Ranking other) {
        reserve(other.rows);
        System.arraycopy(other.scores[0], 0, scores[0], rows, other.rows);
        System.arraycopy(other.labels, 0, labels, rows, other.rows);
        System.arraycopy(other.weights, 0, weights, rows, other.rows);
        rows += other.rows;
    }

    /// The weight of the rows of class 1.
    double support() {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            sum += labels[r] == 1 ? weights[r] : 0;
        }
        return sum;
    }

    void reserve(int more) {
        int needed = Math.addExact(rows, more);
        if (needed > labels.length) {
            int capacity = (int) Math.max(needed, Math.min(labels.length * 2L, Integer.MAX_VALUE - 16));
            labels = Arrays.copyOf(labels, capacity);
            weights = Arrays.copyOf(weights, capacity);
            scores = Arrays.stream(scores).map(column -> Arrays.copyOf(column, capacity)).toArray(float[][]::new);
        }
    }

    /// The area under the ROC curve: the probability that a row of the class has a higher score than another row, equal
    /// scores counting half. With several classes the mean over them.
    public double rocAuc() {
        return mean(this::rocAuc);
    }

    /// The average precision: the precision at each step, weighted by the recall that it adds. With several classes the
    /// mean over them.
    public double averagePrecision() {
        return mean(this::averagePrecision);
    }

    private interface OfClass {
        double value(int c);
    }

    private double mean(OfClass metric) {
        if (binary) {
            return metric.value(1);
        }
        double sum = 0;
        for (int c = 0; c < cols; c++) {
            sum += metric.value(c);
        }
        return sum / cols;
    }

    /// The area under the ROC curve of class `c` against the others.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no column for it.
    public double rocAuc(int c) {
        int[] order = descending(column(c));
        double right = 0;
        double wrong = 0;
        double area = 0;
        for (int i = 0; i < order.length;) {
            double rightBefore = right;
            double wrongBefore = wrong;
            int next = endOfStep(order, i, column(c));
            for (; i < next; i++) {
                if (labels[order[i]] == c) {
                    right += weights[order[i]];
                } else {
                    wrong += weights[order[i]];
                }
            }
            area += (wrong - wrongBefore) * (right + rightBefore) / 2;
        }
        return rows > 0 && order.length == 0 ? Double.NaN : area / (right * wrong);
    }

    /// The average precision of class `c` against the others.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no column for it.
    public double averagePrecision(int c) {
        int[] order = descending(column(c));
        double right = 0;
        double all = 0;
        double sum = 0;
        for (int i = 0; i < order.length;) {
            double before = right;
            int next = endOfStep(order, i, column(c));
            for (; i < next; i++) {
                all += weights[order[i]];
                right += labels[order[i]] == c ? weights[order[i]] : 0;
            }
            sum += right == before ? 0 : (right - before) * (right / all);
        }
        return order.length == 0 ? Double.NaN : right == 0 ? 0 : sum / right;
    }

    private float[] column(int c) {
        if (c < 0 || c > (binary ? 1 : cols - 1) || (binary && c == 0)) {
            throw new IndexOutOfBoundsException("Ranking: no scores for class " + c + ", expected "
                    + (binary ? "1" : "0 to " + (cols - 1)));
        }
        return scores[binary ? 0 : c];
    }

    private int endOfStep(int[] order, int first, float[] column) {
        int next = first + 1;
        while (next < order.length && column[order[next]] == column[order[first]]) {
            next++;
        }
        return next;
    }

    /// The rows by falling score; none if a score is NaN.
    private int[] descending(float[] column) {
        long[] keys = new long[rows];
        for (int r = 0; r < rows; r++) {
            if (Float.isNaN(column[r])) {
                return new int[0];
            }
            int bits = Float.floatToRawIntBits(column[r] + 0f); // -0.0 becomes +0.0, its equal
            int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
            keys[r] = (long) ~ascending << 32 | r;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }

    /// Forgets all rows, but keeps the memory.
    public void reset() {
        rows = 0;
    }

    @Override
    public String toString() {
        return "Ranking of " + rows + " rows";
    }
}
