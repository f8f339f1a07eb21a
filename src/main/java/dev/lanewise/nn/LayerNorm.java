// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.NormKernels;
import dev.lanewise.kernel.NormStatistics;
import dev.lanewise.memory.FloatMatrix;
import org.jspecify.annotations.Nullable;

/// Normalizes each row by itself: `y = (x - mean) / sqrt(variance + eps) * weight + bias` with the mean and the biased
/// variance of the row, in training and evaluation alike.
///
/// **Shape**: (rows, normalizedShape) to the same; `weight` and `bias` are (normalizedShape), 1 and 0 to begin with.
/// **Numerics**: sums in double, so that a large common offset costs nothing; see `numerics.md`.
public final class LayerNorm extends Normalization {
    private @Nullable FloatMatrix sums;

    /// A layer for rows of `normalizedShape` values: eps 1e-5, with weight and bias.
    ///
    /// **Throws** `IllegalArgumentException` unless there is at least one value.
    public LayerNorm(int normalizedShape) {
        this(normalizedShape, 1e-5f, true, true);
    }

    /// A layer for rows of `normalizedShape` values, with or without a weight and, beside it, a bias.
    ///
    /// **Throws** `IllegalArgumentException` unless there is at least one value and `eps` is finite and at least 0.
    public LayerNorm(int normalizedShape, float eps, boolean elementwiseAffine, boolean bias) {
        super(normalizedShape, eps, elementwiseAffine, bias);
    }

    /// Values of a row.
    public int normalizedShape() {
        return features();
    }

    /// Whether there is a weight.
    public boolean elementwiseAffine() {
        return weight() != null;
    }

    /// Sets what is added to the variance.
    ///
    /// **Throws** `IllegalArgumentException` unless it is finite and at least 0.
    public LayerNorm eps(float eps) {
        setEps(eps);
        return this;
    }

    @Override
    FloatMatrix allocateKept(int rows, int cols) {
        return FloatMatrix.allocate(rows, NormKernels.ROW_STATISTICS);
    }

    @Override
    long keptBytes(int rows, int cols) {
        return FloatMatrix.bytes(rows, NormKernels.ROW_STATISTICS);
    }

    @Override
    long trainingBytes(int rows, boolean through) {
        return super.trainingBytes(rows, through)
                + (trains() ? FloatMatrix.bytes(NormKernels.STATISTICS, features()) : 0);
    }

    @Override
    long scratchFloats(int rows, int cols) {
        return NormKernels.scratchFloats(cols);
    }

    @Override
    long begin() {
        allocateConstants();
        return 0;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.NORM.normalizeRows(y.segment(), y.stride(), x.kept().segment(), x.segment(), x.stride(), x.from(),
                weightMemory(), biasMemory(), first, rows, features(), eps(), workspace.scratch());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.NORM.rowsInputGradient(dX.segment(), dX.stride(), dY.segment(), dY.stride(), x.kept().segment(),
                x.segment(), x.stride(), x.from(), weightMemory(), first, rows, features(), workspace.scratch());
    }

    @Override
    int gradientParts(int threads) {
        return elementwiseAffine() ? columnParts(threads) : 0;
    }

    @Override
    void beginGradient(int rows) {
        if (elementwiseAffine() && sums == null) {
            sums = FloatMatrix.allocate(NormKernels.STATISTICS, features());
        }
    }

    @Override
    void parameterGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, Workspace workspace) {
        if (sums == null) {
            throw new AssertionError("no memory before beginGradient");
        }
        int begin = partBegin(part, parts);
        int end = partBegin(part + 1, parts);
        Kernels.NORM.rowsGradientSums(sums.segment(), sums.stride(), dY.segment(), dY.stride(), x.kept().segment(),
                x.segment(), x.stride(), x.from(), rows, begin, end - begin);
        NormStatistics.gradients(sums.segment(), sums.stride(), rows, begin, end - begin);
        hand(sums, NormKernels.WEIGHT_GRADIENT, NormKernels.BIAS_GRADIENT, begin, end);
    }

    @Override
    long layerBytesOffHeap() {
        return super.layerBytesOffHeap() + (sums == null ? 0 : sums.paddedSize() * Float.BYTES);
    }

    @Override
    void freeLayerMemory() {
        super.freeLayerMemory();
        if (sums != null) {
            sums.close();
            sums = null;
        }
    }

    @Override
    public String toString() {
        return "LayerNorm((" + features() + ",), eps=" + python(eps()) + ", elementwise_affine="
                + python(elementwiseAffine()) + (elementwiseAffine() && bias() == null ? ", bias=False)" : ")");
    }
}
