// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A layer that moves values to mean 0 and deviation 1, then scales and shifts each column by a weight and a bias that
/// it may have.
abstract sealed class Normalization extends Layer permits BatchNorm1d, LayerNorm {
    private final int features;
    private float eps;
    private final @Nullable Parameter weight;
    private final @Nullable Parameter bias;
    private final List<Parameter> parameters;
    /// A weight for a layer without, so that one kernel serves both.
    private @Nullable FloatMatrix ones;
    /// A bias for a layer without.
    private @Nullable FloatMatrix zeros;

    Normalization(int features, float eps, boolean affine, boolean withBias) {
        if (features < 1) {
            throw new IllegalArgumentException(
                    name() + ": number of features is " + features + ", expected at least 1");
        }
        this.features = features;
        this.eps = checkedEps(eps);
        this.weight = affine ? Parameter.constant(this, "weight", features, 1) : null;
        this.bias = affine && withBias ? Parameter.constant(this, "bias", features, 0) : null;
        List<Parameter> own = new ArrayList<>();
        if (this.weight != null) {
            own.add(this.weight);
        }
        if (this.bias != null) {
            own.add(this.bias);
        }
        this.parameters = List.copyOf(own);
    }

    final String name() {
        return getClass().getSimpleName();
    }

    private float checkedEps(float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException(
                    name() + ": eps is " + value + ", expected a finite number of at least 0");
        }
        return value;
    }

    final int features() {
        return features;
    }

    /// What is added to the variance, so that its root can be divided by.
    public final float eps() {
        return eps;
    }

    final void setEps(float value) {
        eps = checkedEps(value);
    }

    /// The weight (features), or null for a layer without.
    public final @Nullable Parameter weight() {
        return weight;
    }

    /// The bias (features), or null for a layer without.
    public final @Nullable Parameter bias() {
        return bias;
    }

    @Override
    public int outFeatures(int inFeatures) {
        if (inFeatures != features) {
            throw new IllegalArgumentException(
                    name() + ": input has " + inFeatures + " features, expected " + features);
        }
        return features;
    }

    @Override
    final void checkInput(int rows, int cols) {
        if (cols != features) {
            throw new IllegalArgumentException(name() + ".forward: input is (" + rows + ", " + cols + "), expected ("
                    + rows + ", " + features + ") because the layer has " + features + " features");
        }
    }

    @Override
    final List<Parameter> layerParameters() {
        return parameters;
    }

    @Override
    final List<Parameter> inputGradientReads() {
        return weight == null ? List.of() : List.of(weight);
    }

    @Override
    final long work(int cols) {
        return 8L * cols; // two sums and the result each way
    }

    /// The gradients are sums over whole columns.
    @Override
    final boolean addsRows() {
        return false;
    }

    final void allocateConstants() {
        if (weight == null && ones == null) {
            FloatMatrix made = FloatMatrix.allocate(1, features);
            Kernels.ELEMENT.fill(made.segment(), made.stride(), 1, features, 1f);
            ones = made;
        }
        if (bias == null && zeros == null) {
            zeros = FloatMatrix.allocate(1, features);
        }
    }

    @Override
    long trainingBytes(int rows, boolean through) {
        return ((weight == null ? 1 : 0) + (bias == null ? 1 : 0)) * FloatMatrix.bytes(1, features);
    }

    final MemorySegment weightMemory() {
        return memory(weight, ones);
    }

    final MemorySegment biasMemory() {
        return memory(bias, zeros);
    }

    private static MemorySegment memory(@Nullable Parameter parameter, @Nullable FloatMatrix constants) {
        if (parameter != null) {
            return parameter.value().segment();
        }
        if (constants == null) {
            throw new AssertionError("no memory before begin");
        }
        return constants.segment();
    }

    /// The first column of part `part` of `parts`, a multiple of the logical lanes; of part `parts`, the end.
    final int partBegin(int part, int parts) {
        int blocks = FloatMatrix.stride(features) / FloatMatrix.LANES;
        return Math.min(features, (int) ((long) blocks * part / parts) * FloatMatrix.LANES);
    }

    final int columnParts(int threads) {
        return Math.min(threads, FloatMatrix.stride(features) / FloatMatrix.LANES);
    }

    /// Hands the gradients in rows `weightRow` and `biasRow` of `sums`, of the columns `begin .. end - 1`, to the
    /// parameters.
    final void hand(FloatMatrix sums, int weightRow, int biasRow, int begin, int end) {
        int n = FloatMatrix.stride(end - begin);
        if (weight != null) {
            weight.sink().accept(sums.segment(), (long) weightRow * sums.stride() + begin, begin, n);
        }
        if (bias != null) {
            bias.sink().accept(sums.segment(), (long) biasRow * sums.stride() + begin, begin, n);
        }
    }

    @Override
    long layerBytesOffHeap() {
        return ((ones == null ? 0 : ones.paddedSize()) + (zeros == null ? 0 : zeros.paddedSize())) * Float.BYTES;
    }

    @Override
    void freeLayerMemory() {
        if (ones != null) {
            ones.close();
            ones = null;
        }
        if (zeros != null) {
            zeros.close();
            zeros = null;
        }
    }

    /// A number as Python prints it: `1e-05`, `0.1`.
    static String python(float value) {
        BigDecimal number = new BigDecimal(Float.toString(value)).stripTrailingZeros();
        int exponent = number.precision() - number.scale() - 1;
        if (value != 0 && (exponent < -4 || exponent >= 16)) {
            return number.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e"
                    + String.format(Locale.ROOT, "%+03d", exponent);
        }
        return number.scale() <= 0 ? number.toPlainString() + ".0" : number.toPlainString();
    }

    /// A boolean as Python prints it.
    static String python(boolean value) {
        return value ? "True" : "False";
    }
}
