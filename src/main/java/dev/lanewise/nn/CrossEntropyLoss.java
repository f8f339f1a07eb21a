// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Softmax and cross-entropy in one: the predictions are logits, the targets class indices or probabilities;
/// `new CrossEntropyLoss().weight(1, 2, 1).labelSmoothing(0.1f)`.
///
/// With weights `w`, smoothing `eps` and `K` classes the loss of a row of class `c` is
/// `-(1 - eps) w_c log p_c - eps / K sum_j w_j log p_j`, and against probabilities `y`
/// `-sum_j w_j ((1 - eps) y_j + eps / K) log p_j`.
///
/// **Shape**: logits (rows, classes); targets [ClassLabels] (rows) or a [FloatMatrix] (rows, classes) of probabilities.
/// **Numerics**: log-sum-exp minus the target's logit, never the log of a probability; a row with a NaN or +infinity,
/// or with -infinity only, gives NaN in that row alone. The mean divides by the sum of `w_c` over the rows that are not
/// ignored, which is their number without weights; against probabilities by the number of rows. If all rows are ignored,
/// the mean is NaN and the gradient 0.
public final class CrossEntropyLoss extends ClassLoss {
    private int ignoreIndex = ClassLabels.IGNORED;
    private float labelSmoothing;
    private volatile @Nullable Smoothed smoothed;

    /// Class weights times `1 - eps` and times `eps / K`.
    private record Smoothed(int classes, MemorySegment keep, MemorySegment smooth) {
    }

    /// The mean over the rows.
    public CrossEntropyLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public CrossEntropyLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public CrossEntropyLoss weight(float... classWeights) {
        super.weight(classWeights);
        smoothed = null;
        return this;
    }

    /// The label of rows that do not count; -100 for a new loss.
    public int ignoreIndex() {
        return ignoreIndex;
    }

    /// Sets the label of rows that do not count, a class or not: their loss and gradient are 0.
    public CrossEntropyLoss ignoreIndex(int label) {
        ignoreIndex = label;
        return this;
    }

    /// How much of each target is spread over all classes; 0 for a new loss.
    public float labelSmoothing() {
        return labelSmoothing;
    }

    /// Spreads this much of each target evenly over all classes.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 to 1.
    public CrossEntropyLoss labelSmoothing(float eps) {
        if (!(eps >= 0 && eps <= 1)) {
            throw new IllegalArgumentException("CrossEntropyLoss: labelSmoothing is " + eps + ", expected 0 to 1");
        }
        labelSmoothing = eps;
        smoothed = null;
        return this;
    }

    @Override
    double checkedDivisor(Rows prediction, Rows target) {
        if (target.table() instanceof ClassLabels labels) {
            return sumOfWeights(labels, target, prediction.cols(), ignoreIndex);
        }
        if (target.cols() == 1 && prediction.cols() > 1) {
            throw new IllegalArgumentException("CrossEntropyLoss: predictions are (" + prediction.count() + ", "
                    + prediction.cols() + "), targets are floats, one to a row; expected class labels (ClassLabels),"
                    + " or rows of " + prediction.cols() + " probabilities");
        }
        checkCols(prediction, target);
        if (isWeighted()) {
            weights(prediction.cols()); // checks their number
        }
        if (ignoreIndex >= 0) {
            throw new IllegalArgumentException("CrossEntropyLoss: ignoreIndex is " + ignoreIndex
                    + " but targets are probabilities, which have no class to ignore; expected class labels"
                    + " (ClassLabels), or rows of weight 0");
        }
        return target.count();
    }

    @Override
    String remedy() {
        return ", or " + ignoreIndex + " (ignoreIndex) for a row that does not count";
    }

    @Override
    int valuesStride(Rows prediction) {
        return isPlain() ? 1 : FloatMatrix.stride(prediction.cols());
    }

    private boolean isPlain() {
        return !isWeighted() && labelSmoothing == 0;
    }

    private Smoothed smoothed(int classes) {
        Smoothed current = smoothed;
        if (current == null || current.classes != classes) {
            MemorySegment weights = weights(classes);
            current = new Smoothed(classes, OutputFactors.times(weights, 1f - labelSmoothing, classes),
                    OutputFactors.times(weights, labelSmoothing / classes, classes));
            smoothed = current;
        }
        return current;
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        if (target.table() instanceof FloatMatrix y) {
            probabilities(losses, gradient, prediction, target, y, first, rows, scale);
            return;
        }
        MemorySegment x = prediction.matrix().segment();
        MemorySegment labels = target.table().segment();
        int classes = prediction.cols();
        if (isPlain() && divisor == target.count()) { // no row is ignored
            Kernels.LOSS.softmaxCrossEntropy(losses.segment(), gradient.segment(), x, gradient.stride(), labels,
                    target.index(), target.first(), first, rows, classes, scale);
        } else {
            MemorySegment smooth = labelSmoothing == 0 ? MemorySegment.NULL : smoothed(classes).smooth;
            Kernels.CLASS_LOSS.weightedCrossEntropy(losses.segment(), valuesStride(prediction), gradient.segment(), x,
                    gradient.stride(), labels, target.index(), target.first(), first, rows, classes, weights(classes),
                    smooth, 1f - labelSmoothing, ignoreIndex, scale);
        }
    }

    private void probabilities(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, FloatMatrix y,
            int first, int rows, float scale) {
        MemorySegment x = prediction.matrix().segment();
        int classes = prediction.cols();
        if (isPlain()) {
            Kernels.LOSS.softmaxCrossEntropyProbabilities(losses.segment(), gradient.segment(), x, gradient.stride(),
                    y.segment(), y.stride(), target.index(), target.first(), first, rows, classes, scale);
        } else {
            Smoothed tables = smoothed(classes);
            Kernels.CLASS_LOSS.weightedCrossEntropyProbabilities(losses.segment(), gradient.segment(), x,
                    gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows, classes,
                    tables.keep, tables.smooth, scale);
        }
    }

    @Override
    String settings() {
        return super.settings() + (ignoreIndex == ClassLabels.IGNORED ? "" : ", ignoreIndex=" + ignoreIndex)
                + (labelSmoothing == 0 ? "" : ", labelSmoothing=" + labelSmoothing);
    }
}
