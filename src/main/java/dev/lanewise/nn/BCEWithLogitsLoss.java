// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Sigmoid and binary cross-entropy in one, each output by itself: the predictions are logits, the targets 0, 1 or
/// probabilities; `new BCEWithLogitsLoss().posWeight(3)`.
///
/// `w ((1 - y) x + (1 + (p - 1) y) (log(1 + e^-|x|) + max(-x, 0)))` with the weight `w` and the posWeight `p`.
///
/// **Shape**: logits and targets (rows, outputs), several labels to a row; nothing is broadcast. **Numerics**: gradient
/// `w (sigmoid(x) - y)` for a posWeight of 1; exact at +-1e4 (loss 0 and 1e4). An infinite logit gives NaN where a factor
/// of 0 meets it, as in PyTorch.
public final class BCEWithLogitsLoss extends ElementLoss {
    private float @Nullable [] weight;
    private float @Nullable [] posWeight;
    private volatile @Nullable Tables tables;

    /// The factors in native memory.
    private record Tables(int outputs, MemorySegment weight, MemorySegment posWeight) {
    }

    /// The mean over all elements.
    public BCEWithLogitsLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public BCEWithLogitsLoss(Reduction reduction) {
        super(reduction);
    }

    /// Sets a factor of the losses of each output, or one for all; the mean still divides by the number of elements.
    ///
    /// **Throws** `IllegalArgumentException` if one is negative or not finite, or there is none.
    public BCEWithLogitsLoss weight(float... factors) {
        if (factors.length == 0) {
            throw new IllegalArgumentException("BCEWithLogitsLoss: no weight given, expected one for each output");
        }
        weight = requireWeights("weight", factors);
        tables = null;
        return this;
    }

    /// Sets how much the loss of targets of 1 counts beside that of targets of 0: one factor for each output, or one for
    /// all.
    ///
    /// **Throws** `IllegalArgumentException` if one is negative or not finite, or there is none.
    public BCEWithLogitsLoss posWeight(float... factors) {
        if (factors.length == 0) {
            throw new IllegalArgumentException("BCEWithLogitsLoss: no posWeight given, expected one for each output");
        }
        posWeight = requireWeights("posWeight", factors);
        tables = null;
        return this;
    }

    private Tables tables(int outputs) {
        Tables current = tables;
        if (current == null || current.outputs != outputs) {
            current = new Tables(outputs, OutputFactors.of("BCEWithLogitsLoss: weight", weight, outputs),
                    OutputFactors.of("BCEWithLogitsLoss: posWeight", posWeight, outputs));
            tables = current;
        }
        return current;
    }

    @Override
    void checkTargets(Rows prediction, Rows target) {
        tables(prediction.cols());
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        Tables factors = tables(prediction.cols());
        Kernels.ELEMENT_LOSS.binaryCrossEntropyLogits(losses.segment(), gradient.segment(),
                prediction.matrix().segment(), gradient.stride(), y.segment(), y.stride(), target.index(),
                target.first(), first, rows, prediction.cols(), factors.posWeight, factors.weight, scale);
    }

    @Override
    String settings() {
        return (weight == null ? "" : ", weight=" + Arrays.toString(weight))
                + (posWeight == null ? "" : ", posWeight=" + Arrays.toString(posWeight));
    }
}
