// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Binary cross-entropy of probabilities, each output by itself: `-w (y log(x) + (1 - y) log(1 - x))`, both logarithms
/// at least -100. [BCEWithLogitsLoss] does the sigmoid too and is exact everywhere.
///
/// **Shape**: probabilities, such as outputs of a [Sigmoid], and targets (rows, outputs); nothing is broadcast.
/// **Numerics**: gradient `w (x - y) / max((1 - x) x, 1e-12)`. A NaN gives a NaN loss.
///
/// **Throws** `IllegalArgumentException` from [#of] and `trainStep`, before anything is changed, if a prediction is
/// outside `[0, 1]`, as PyTorch does.
public final class BCELoss extends ElementLoss {
    private float @Nullable [] weight;
    private volatile @Nullable Tables tables;

    /// The factors in native memory.
    private record Tables(int outputs, MemorySegment weight) {
    }

    /// The mean over all elements.
    public BCELoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public BCELoss(Reduction reduction) {
        super(reduction);
    }

    /// Sets a factor of the losses of each output, or one for all; the mean still divides by the number of elements.
    ///
    /// **Throws** `IllegalArgumentException` if one is negative or not finite, or there is none.
    public BCELoss weight(float... factors) {
        if (factors.length == 0) {
            throw new IllegalArgumentException("BCELoss: no weight given, expected one for each output");
        }
        weight = requireWeights("weight", factors);
        tables = null;
        return this;
    }

    private Tables tables(int outputs) {
        Tables current = tables;
        if (current == null || current.outputs != outputs) {
            current = new Tables(outputs, OutputFactors.of("BCELoss: weight", weight, outputs));
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
        Kernels.ELEMENT_LOSS.binaryCrossEntropy(losses.segment(), gradient.segment(), prediction.matrix().segment(),
                gradient.stride(), y.segment(), y.stride(), target.index(), target.first(), first, rows,
                prediction.cols(), factors.weight, scale);
    }

    @Override
    void explainNaN(Rows prediction, Rows target) {
        for (int r = 0; r < prediction.count(); r++) {
            for (int c = 0; c < prediction.cols(); c++) {
                float p = prediction.get(r, c);
                if (p < 0 || p > 1) {
                    throw new IllegalArgumentException("BCELoss: prediction " + c + " of row " + target.rowInTable(r)
                            + " is " + p + ", expected 0 to 1; let a Sigmoid make it, or use BCEWithLogitsLoss");
                }
            }
        }
    }

    @Override
    String settings() {
        return weight == null ? "" : ", weight=" + Arrays.toString(weight);
    }
}
