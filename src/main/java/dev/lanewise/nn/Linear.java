// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LinearKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The affine map `y = x W^T + b`.
///
/// **Shape**: (rows, inFeatures) to (rows, outFeatures); `weight` is (outFeatures, inFeatures), `bias` (outFeatures).
/// **Numerics**: up to 16 outputs in the dot form, more in the outer form; see `numerics.md`. Both parameters start
/// uniform in +-1/sqrt(inFeatures), as in PyTorch.
public final class Linear extends Layer {
    private final int inFeatures;
    private final int outFeatures;
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final List<Parameter> parameters;
    private @Nullable NativeBuffer zeroBias;

    /// A layer with bias.
    ///
    /// **Throws** `IllegalArgumentException` unless both sizes are at least 1.
    public Linear(int inFeatures, int outFeatures) {
        this(inFeatures, outFeatures, true);
    }

    /// A layer with or without bias.
    ///
    /// **Throws** `IllegalArgumentException` unless both sizes are at least 1.
    public Linear(int inFeatures, int outFeatures, boolean bias) {
        if (inFeatures < 1 || outFeatures < 1) {
            throw new IllegalArgumentException("Linear: inFeatures=" + inFeatures + ", outFeatures=" + outFeatures
                    + ", expected both to be at least 1");
        }
        this.inFeatures = inFeatures;
        this.outFeatures = outFeatures;
        float bound = (float) (1 / Math.sqrt(inFeatures));
        this.weight = Parameter.matrix(this, "weight", outFeatures, inFeatures, bound);
        this.bias = bias ? Parameter.vector(this, "bias", outFeatures, bound) : null;
        this.parameters = this.bias == null ? List.of(weight) : List.of(weight, this.bias);
    }

    /// Number of inputs.
    public int inFeatures() {
        return inFeatures;
    }

    /// Number of outputs.
    public int outFeatures() {
        return outFeatures;
    }

    /// The weight (outFeatures, inFeatures).
    public Parameter weight() {
        return weight;
    }

    /// The bias (outFeatures), or null for a layer without.
    public @Nullable Parameter bias() {
        return bias;
    }

    @Override
    public Linear init(long seed) {
        super.init(seed);
        return this;
    }

    @Override
    public int outFeatures(int features) {
        if (features != inFeatures) {
            throw new IllegalArgumentException(
                    "Linear: input has " + features + " features, expected inFeatures=" + inFeatures);
        }
        return outFeatures;
    }

    @Override
    void checkInput(int rows, int cols) {
        if (cols != inFeatures) {
            throw new IllegalArgumentException(
                    "Linear.forward: input is (" + rows + ", " + cols + "), expected (" + rows
                            + ", " + inFeatures + ") because inFeatures=" + inFeatures);
        }
    }

    @Override
    List<Parameter> layerParameters() {
        return parameters;
    }

    @Override
    long scratchFloats() {
        return LinearKernels.scratchFloats(inFeatures, outFeatures);
    }

    @Override
    void forward(Rows x, FloatMatrix y, MemorySegment scratch) {
        FloatMatrix in = x.matrix();
        FloatMatrix w = weight.value();
        MemorySegment b = biasMemory();
        if (outFeatures <= LinearKernels.MAX_DOT_OUTPUTS) {
            Kernels.LINEAR.forwardDot(y.segment(), y.stride(), in.segment(), in.stride(), x.index(), x.first(),
                    w.segment(), w.stride(), b, x.count(), inFeatures, outFeatures, scratch);
        } else {
            Kernels.LINEAR.forwardOuter(y.segment(), y.stride(), in.segment(), in.stride(), x.index(), x.first(),
                    w.segment(), w.stride(), b, x.count(), inFeatures, outFeatures, scratch);
        }
    }

    /// A layer without bias has one of +0.0 that is never stepped: one kernel serves both.
    private MemorySegment biasMemory() {
        if (bias != null) {
            return bias.value().segment();
        }
        if (zeroBias == null) {
            zeroBias = NativeBuffer.allocate("zero bias of " + this, FloatMatrix.bytes(1, outFeatures));
        }
        return zeroBias.segment();
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, int rows) {
        FloatMatrix w = weight.value();
        Kernels.LINEAR.inputGradient(dX.segment(), dX.stride(), dY.segment(), dY.stride(), w.segment(), w.stride(),
                rows, inFeatures, outFeatures);
    }

    @Override
    void parameterGradient(Rows x, FloatMatrix dY, MemorySegment scratch) {
        weightGradient(x, dY, scratch);
        if (bias != null) {
            biasGradient(bias, dY, x.count(), scratch);
        }
    }

    private void weightGradient(Rows x, FloatMatrix dY, MemorySegment scratch) {
        FloatMatrix in = x.matrix();
        boolean add = weight.hasGrad();
        FloatMatrix dW = weight.writeGradient();
        if (add) {
            Kernels.LINEAR.weightGradientAdd(dW.segment(), dW.stride(), in.segment(), in.stride(), x.index(),
                    x.first(), dY.segment(), dY.stride(), x.count(), inFeatures, outFeatures, scratch);
        } else {
            Kernels.LINEAR.weightGradient(dW.segment(), dW.stride(), in.segment(), in.stride(), x.index(), x.first(),
                    dY.segment(), dY.stride(), x.count(), inFeatures, outFeatures, scratch);
        }
    }

    private void biasGradient(Parameter b, FloatMatrix dY, int rows, MemorySegment scratch) {
        boolean add = b.hasGrad();
        MemorySegment dBias = b.writeGradient().segment();
        if (add) {
            Kernels.LINEAR.biasGradientAdd(dBias, dY.segment(), dY.stride(), rows, outFeatures, scratch);
        } else {
            Kernels.LINEAR.biasGradient(dBias, dY.segment(), dY.stride(), rows, outFeatures, scratch);
        }
    }

    @Override
    void fusedStep(FusedOptimizer optimizer, Rows x, FloatMatrix dY, MemorySegment scratch) {
        if (optimizer.owns(weight)) {
            optimizer.stepWeight(weight, x, dY, scratch);
            weight.gradientUsed();
        } else {
            weightGradient(x, dY, scratch);
        }
        if (bias != null && optimizer.owns(bias)) {
            optimizer.stepBias(bias, dY, x.count(), scratch);
            bias.gradientUsed();
        } else if (bias != null) {
            biasGradient(bias, dY, x.count(), scratch);
        }
    }

    @Override
    long layerBytesOffHeap() {
        return zeroBias == null ? 0 : zeroBias.segment().byteSize();
    }

    @Override
    void freeLayerMemory() {
        if (zeroBias != null) {
            zeroBias.close();
            zeroBias = null;
        }
    }

    @Override
    public String toString() {
        return "Linear(" + inFeatures + ", " + outFeatures + (bias == null ? ", bias=false)" : ")");
    }
}
