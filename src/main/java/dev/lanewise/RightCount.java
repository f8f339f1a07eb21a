// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.metrics.Classification;
import dev.lanewise.nn.BCELoss;
import dev.lanewise.nn.BCEWithLogitsLoss;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.HingeLoss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.NLLLoss;
import dev.lanewise.nn.Output;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Counts right predictions for the accuracy, as the loss understands its targets: rows, or for binary losses single
/// labels.
///
/// @param ignored the label of the rows that are left out
/// @param threshold outputs above it stand for a label of 1; NaN if the loss is not binary
/// @param targetThreshold targets above it are labels of 1
record RightCount(int ignored, float threshold, float targetThreshold) {
    /// Of classes, whatever the loss.
    static final RightCount OF_CLASSES = new RightCount(ClassLabels.IGNORED, Float.NaN, Float.NaN);

    private static final float HALF = 0.5f;

    static RightCount of(LossFunction loss) {
        return switch (loss) {
            case CrossEntropyLoss entropy -> new RightCount(entropy.ignoreIndex(), Float.NaN, Float.NaN);
            case NLLLoss likelihood -> new RightCount(likelihood.ignoreIndex(), Float.NaN, Float.NaN);
            case BCEWithLogitsLoss logits -> new RightCount(ClassLabels.IGNORED, 0, HALF);
            case BCELoss probabilities -> new RightCount(ClassLabels.IGNORED, HALF, HALF);
            case HingeLoss signs -> new RightCount(ClassLabels.IGNORED, 0, 0);
            default -> OF_CLASSES;
        };
    }

    private boolean isBinary(Rows targets) {
        return !Float.isNaN(threshold) && targets.table() instanceof FloatMatrix;
    }

    /// Whether anything can be counted: not where the loss takes targets of another shape, such as with variances.
    boolean fits(int outputs, Table targets) {
        return targets.cols() == 1 || targets.cols() == outputs;
    }

    /// How many rows, or labels, are right.
    long right(Output predictions, Rows targets) {
        if (isBinary(targets)) {
            return rightLabels(predictions, targets);
        }
        if (predictions.cols() == 1 && targets.table() instanceof FloatMatrix values && values.cols() == 1
                && predictions.count() == targets.count()) {
            return equalValues(predictions.matrix(), targets, values);
        }
        if (predictions.cols() == 1 || !(targets.table() instanceof ClassLabels labels)) {
            return Classification.accuracy(predictions, targets);
        }
        FloatMatrix logits = predictions.matrix();
        long rightly = 0; // those that are not to count
        for (int r = 0; ignored >= 0 && r < targets.count(); r++) {
            rightly += targets.label(r) == ignored && Classification.argmax(predictions, r) == ignored ? 1 : 0;
        }
        return Kernels.LOSS.countCorrect(logits.segment(), logits.stride(), labels.segment(), targets.index(),
                targets.first(), 0, predictions.count(), predictions.cols()) - rightly;
    }

    /// As [Classification#accuracy], for every step of a regression.
    private static long equalValues(FloatMatrix outputs, Rows targets, FloatMatrix values) {
        MemorySegment x = outputs.segment();
        MemorySegment y = values.segment();
        long xBytes = (long) outputs.stride() * Float.BYTES;
        long yBytes = (long) values.stride() * Float.BYTES;
        long right = 0;
        for (int r = 0; r < targets.count(); r++) {
            float target = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, targets.rowInTable(r) * yBytes);
            right += x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, r * xBytes) == target ? 1 : 0;
        }
        return right;
    }

    /// NaN is never right.
    private long rightLabels(Output predictions, Rows targets) {
        if (predictions.count() != targets.count() || predictions.cols() != targets.cols()) {
            throw new IllegalArgumentException("Fit: predictions are (" + predictions.count() + ", "
                    + predictions.cols() + "), targets are (" + targets.count() + ", " + targets.cols()
                    + "); expected the same shape to count labels");
        }
        FloatMatrix outputs = predictions.matrix();
        FloatMatrix labels = targets.matrix();
        MemorySegment x = outputs.segment(); // read directly: every step asks for every output
        MemorySegment y = labels.segment();
        long right = 0;
        for (int r = 0; r < targets.count(); r++) {
            long atX = (long) predictions.rowInTable(r) * outputs.stride() * Float.BYTES;
            long atY = (long) targets.rowInTable(r) * labels.stride() * Float.BYTES;
            for (int c = 0; c < predictions.cols(); c++) {
                float score = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, atX + (long) c * Float.BYTES);
                boolean one = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, atY + (long) c * Float.BYTES) > targetThreshold;
                right += one ? score > threshold ? 1 : 0 : score <= threshold ? 1 : 0;
            }
        }
        return right;
    }

    /// How many count: rows whose label is not ignored, or labels.
    long counted(Rows targets) {
        if (isBinary(targets)) {
            return (long) targets.count() * targets.cols();
        }
        long counted = targets.count();
        if (targets.table() instanceof ClassLabels labels) {
            MemorySegment memory = labels.segment(); // read directly: every step asks for every label
            for (int r = 0; r < targets.count(); r++) {
                counted -= memory.getAtIndex(ValueLayout.JAVA_INT, targets.rowInTable(r)) == ignored ? 1 : 0;
            }
        }
        return counted;
    }
}
