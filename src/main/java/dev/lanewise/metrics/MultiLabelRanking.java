// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;
import org.jspecify.annotations.Nullable;

/// How well scores rank the rows that have a label before those without it, where a row may have several labels: area
/// under the ROC curve and average precision of each label and over all of them, exactly, batch by batch.
///
/// All scores are kept: 16 bytes for each.
///
/// **Shape**: scores and targets (rows, labels), the targets 0 or 1. **Numerics**: of each label as in [Ranking]; a
/// label without a curve makes the averages NaN, but for [Average#MICRO], which ranks all scores of all labels
/// together.
public final class MultiLabelRanking {
    private static final RowReader READER = new RowReader("MultiLabelRanking.add");

    private final Ranking[] rankings;

    /// Rankings of `labels` labels by a column of scores for each: logits or probabilities.
    ///
    /// **Throws** `IllegalArgumentException` if there is no label.
    public MultiLabelRanking(int labels) {
        if (labels < 1) {
            throw new IllegalArgumentException("MultiLabelRanking: " + labels + " labels given, expected at least 1");
        }
        rankings = new Ranking[labels];
        for (int c = 0; c < labels; c++) {
            rankings[c] = Ranking.binary();
        }
    }

    /// Adds rows of the weight 1.
    ///
    /// **Throws** as [#add(Rows, Rows, Rows)].
    public void add(Rows scores, Rows targets) {
        addRows(scores, targets, null);
    }

    /// Adds the rows of `scores` with their labels and `weights` (rows, 1).
    ///
    /// **Throws** `IllegalArgumentException` if the shapes do not fit, a target is neither 0 nor 1, or a weight is
    /// impossible; rows before it have been added then.
    public void add(Rows scores, Rows targets, Rows weights) {
        addRows(scores, targets, weights);
    }

    private void addRows(Rows scores, Rows targets, @Nullable Rows weights) {
        READER.requireRows(scores, targets, weights);
        READER.requireCols(scores, rankings.length);
        READER.requireLabels(targets, rankings.length);
        for (Ranking ranking : rankings) {
            ranking.reserve(scores.count());
        }
        for (int r = 0; r < scores.count(); r++) {
            double weight = READER.weight(weights, r);
            for (int c = 0; c < rankings.length; c++) {
                READER.label(targets, r, c); // a row is added as a whole
            }
            for (int c = 0; c < rankings.length; c++) {
                rankings[c].addRow(scores.get(r, c), READER.label(targets, r, c), weight);
            }
        }
    }

    /// Number of labels.
    public int labels() {
        return rankings.length;
    }

    /// The area under the ROC curve of one label.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such label.
    public double rocAuc(int label) {
        return rankings[label].rocAuc();
    }

    /// The average precision of one label.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such label.
    public double averagePrecision(int label) {
        return rankings[label].averagePrecision();
    }

    /// The area under the ROC curve of all labels together.
    public double rocAuc(Average average) {
        return average == Average.MICRO ? together().rocAuc() : mean(average, Ranking::rocAuc);
    }

    /// The average precision of all labels together.
    public double averagePrecision(Average average) {
        return average == Average.MICRO ? together().averagePrecision() : mean(average, Ranking::averagePrecision);
    }

    private interface OfLabel {
        double value(Ranking ranking);
    }

    private double mean(Average average, OfLabel metric) {
        double sum = 0;
        double weights = 0;
        for (Ranking ranking : rankings) {
            double weight = average == Average.WEIGHTED ? ranking.support() : 1;
            sum += weight * metric.value(ranking);
            weights += weight;
        }
        return sum / weights;
    }

    private Ranking together() {
        Ranking all = Ranking.binary();
        for (Ranking ranking : rankings) {
            all.addAll(ranking);
        }
        return all;
    }

    /// Forgets all rows, but keeps the memory.
    public void reset() {
        for (Ranking ranking : rankings) {
            ranking.reset();
        }
    }

    @Override
    public String toString() {
        return "MultiLabelRanking of " + rankings.length + " labels, each a " + rankings[0];
    }
}
