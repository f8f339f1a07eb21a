// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.kernel.RegressionKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.parallel.WorkerTeam;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
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
    private final LinearForm form;
    private final @Nullable BiasSum biasSum;
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
        boolean narrow = outFeatures <= NarrowKernels.MAX_OUTPUTS;
        this.weight = Parameter.matrix(this, "weight", outFeatures, inFeatures, !narrow, bound);
        this.bias = bias ? Parameter.vector(this, "bias", outFeatures, bound) : null;
        this.form = narrow ? new NarrowForm(weight) : new WideForm(weight);
        this.biasSum = this.bias == null ? null : new BiasSum(this.bias);
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
    List<Parameter> inputGradientReads() {
        return List.of(weight);
    }

    @Override
    boolean readsIndex() {
        return true;
    }

    @Override
    long scratchFloats(int rows, int cols) {
        long floats = form.scratchFloats(rows);
        return outFeatures == 1 ? Math.max(floats, RegressionKernels.scratchFloats()) : floats;
    }

    @Override
    long work(int cols) {
        return (long) inFeatures * outFeatures;
    }

    /// A layer without bias has one of +0.0 that is never stepped: one kernel serves both.
    @Override
    long begin() {
        if (bias == null && zeroBias == null) {
            zeroBias = NativeBuffer.allocate("zero bias of " + this, FloatMatrix.bytes(1, outFeatures));
        }
        return 0;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        form.forward(x, y, biasMemory(), first, rows, workspace.scratch());
    }

    private MemorySegment biasMemory() {
        if (bias != null) {
            return bias.value().segment();
        }
        if (zeroBias == null) {
            throw new AssertionError("no memory before begin");
        }
        return zeroBias.segment();
    }

    @Override
    int inputGradientPreparations() {
        return form.inputGradientPreparations();
    }

    @Override
    void prepareInputGradient(int part) {
        form.prepareInputGradient(part);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        form.inputGradient(dX, dY, first, rows, workspace.scratch());
    }

    @Override
    int gradientParts(int threads) {
        return form.gradientParts(threads);
    }

    @Override
    void beginGradient(int rows) {
        if (weight.requiresGrad()) {
            form.beginGradient(rows);
        }
        if (biasSum != null) {
            biasSum.begin();
        }
    }

    @Override
    void packGradient(FloatMatrix dY, int first, int n, int rows) {
        if (weight.requiresGrad()) {
            form.packGradient(dY, first, n, rows);
        }
    }

    @Override
    void parameterGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, Workspace workspace) {
        if (weight.requiresGrad()) {
            form.weightGradient(x, dY, rows, part, parts, workspace.scratch());
        }
        if (part == form.biasPart() && biasSum != null && biasTrains()) {
            biasSum.sum(dY, rows);
        }
    }

    private boolean biasTrains() {
        return bias != null && bias.requiresGrad();
    }

    @Override
    boolean addsRows() {
        return form.addsRows();
    }

    @Override
    void addRows(LayerInput x, FloatMatrix dY, int first, int rows, Workspace workspace) {
        if (weight.requiresGrad()) {
            form.addRows(x, dY, first, rows, workspace.scratch());
        }
        if (biasSum != null && biasTrains()) {
            biasSum.addRows(dY, first, rows);
        }
    }

    /// Where the gradient of the weight goes for the block that begins at row `first`, of few outputs.
    MemorySegment weightSums(int first) {
        return narrowForm().sumsFor(first, 0, inFeatures);
    }

    /// Where the gradient of the bias goes for the block that begins at row `first`.
    MemorySegment biasSums(int first) {
        return sumOfBias().sumsFor(first);
    }

    /// The walk over the rows by several of these workers, where a step of this layer alone [#fuses].
    RegressionRelay relay(Workers workers) {
        return new RegressionRelay(weight, Objects.requireNonNull(bias), narrowForm(), sumOfBias(), workers);
    }

    /// How many threads a step of a linear regression is worth if it is done as a [RegressionRelay]; 1 if it is none.
    int relayWorth(int rows) {
        return outFeatures == 1 && inFeatures <= RegressionKernels.MAX_INPUTS
                ? RegressionRelay.threads(rows, inFeatures, WorkerTeam.MAX_THREADS)
                : 1;
    }

    private NarrowForm narrowForm() {
        if (!(form instanceof NarrowForm narrow)) {
            throw new AssertionError("no sums in " + this);
        }
        return narrow;
    }

    private BiasSum sumOfBias() {
        if (biasSum == null) {
            throw new AssertionError("no bias in " + this);
        }
        return biasSum;
    }

    /// Whether there is a kernel for all of a step of this layer alone, all of it trained, by so many threads.
    boolean fuses(int threads) {
        return outFeatures == 1 && (threads == 1 || inFeatures >= RegressionRelay.LEAST_INPUTS)
                && inFeatures <= RegressionKernels.MAX_INPUTS && biasTrains() && weight.requiresGrad();
    }

    @Override
    void handGathered(int rows) {
        if (weight.requiresGrad()) {
            form.handGathered(rows);
        }
        if (biasSum != null && biasTrains()) {
            biasSum.hand(rows);
        }
    }

    @Override
    long trainingBytes(int rows, boolean through) {
        int vectors = bias == null ? 1 : trains() ? 2 : 0;
        return form.trainingBytes(rows, through) + vectors * FloatMatrix.bytes(1, outFeatures);
    }

    @Override
    long layerBytesOffHeap() {
        return form.bytesOffHeap() + (zeroBias == null ? 0 : zeroBias.segment().byteSize())
                + (biasSum == null ? 0 : biasSum.bytesOffHeap());
    }

    @Override
    void freeLayerMemory() {
        form.close();
        if (biasSum != null) {
            biasSum.close();
        }
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
