// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A module without children: the steps of one layer, each cut into pieces that do not depend on one another, so that a
/// pass can hand them to threads and keep rows in cache.
///
/// A pass calls, on its own thread, [#begin]; then, rows by rows and on any thread, [#forward] and (last layer first)
/// [#inputGradient]; then, part by part, [#parameterGradient]. All input gradients come before all parameter gradients,
/// because the fused step changes the weights that the former need. Layers that take batches as a whole see all rows of
/// their input before [#forward], and all gradients of their output before [#inputGradient].
abstract class Layer extends Module {
    /// The layer's own parameters, in the order of PyTorch's state dict.
    abstract List<Parameter> layerParameters();

    /// Whether any parameter of the layer gets a gradient: if not, no gradient work is asked of it.
    final boolean trains() {
        List<Parameter> parameters = layerParameters();
        for (int i = 0; i < parameters.size(); i++) { // an iterator would be an object in every step
            if (parameters.get(i).requiresGrad()) {
                return true;
            }
        }
        return false;
    }

    /// The parameters whose values [#inputGradient] reads; for a layer of the user's, of which nothing is known, all.
    List<Parameter> inputGradientReads() {
        return layerParameters();
    }

    /// **Throws** `IllegalArgumentException` if the layer cannot take an input of (rows, cols).
    abstract void checkInput(int rows, int cols);

    /// Bytes of native memory that the layer holds besides its parameters.
    long layerBytesOffHeap() {
        return 0;
    }

    /// The layer's own buffers, in the order of PyTorch's state dict.
    List<Buffer> layerBuffers() {
        return List.of();
    }

    /// Frees memory that the layer holds besides its parameters.
    void freeLayerMemory() {
    }

    /// Tells the layer its dotted name in the outermost module, before it is used.
    void named(String newName) {
    }

    /// Sets the first values of `parameter`: PyTorch's default, uniform within its bound.
    void initParameter(Parameter parameter, RandomGenerator random) {
        parameter.uniform(random);
    }

    /// Begins the random stream of the layer, if it has one, anew from `seed`.
    void initStream(long seed) {
    }

    /// Whether the layer reads its input rows through an index; the others get them one after the other.
    boolean readsIndex() {
        return false;
    }

    /// What a pass of up to `rows` rows of `cols` values keeps from the layer's forward for its backward, and owns;
    /// null for nothing. The steps find it in their input ([LayerInput#kept]).
    @Nullable
    FloatMatrix allocateKept(int rows, int cols) {
        return null;
    }

    /// Bytes of [#allocateKept].
    long keptBytes(int rows, int cols) {
        return 0;
    }

    /// Bytes that the layer holds besides its parameters ([#layerBytesOffHeap]) once it has been trained by batches of
    /// `rows` rows; `through` says whether it computes the gradient of its input, too.
    long trainingBytes(int rows, boolean through) {
        return 0;
    }

    /// Whether the layer takes batches as a whole: a pass then cuts its work there, so that [#batch] and
    /// [#batchGradient] come between the rows of the layers before and behind.
    boolean takesBatches() {
        return false;
    }

    /// **Throws** `IllegalArgumentException` if the layer, which takes batches, cannot take one of `rows` rows; before
    /// any layer has begun.
    void checkBatch(int rows) {
    }

    /// Begins the forward of a batch, on the pass's own thread: how many parts [#batch] is cut into for `threads`
    /// threads; 0 if the layer needs nothing of this batch.
    int beginBatch(LayerInput x, int rows, int threads, long token) {
        return 0;
    }

    /// Does part `part` of `parts` of what [#forward] needs of all rows.
    void batch(LayerInput x, int rows, int part, int parts, long token) {
    }

    /// How many parts [#batchGradient] is cut into for `threads` threads; 0 if there is none.
    int batchGradientParts(int threads, long token) {
        return 0;
    }

    /// Does part `part` of `parts` of what [#inputGradient] and [#parameterGradient] need of all rows.
    void batchGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, long token) {
    }

    /// Whether the layer can read the rows `x`, floats, where they are; if not, they are copied to the begin of a
    /// matrix.
    boolean readsInPlace(Rows x) {
        return x.index().byteSize() == 0 || readsIndex();
    }

    /// Floats of scratch that the steps need for batches of `rows` rows of `cols` values.
    long scratchFloats(int rows, int cols) {
        return 0;
    }

    /// Multiply-adds of [#forward] for one row: what decides how many threads a step is worth.
    abstract long work(int cols);

    /// Begins a forward pass; the result is handed to all its steps.
    long begin() {
        return 0;
    }

    /// Computes the rows `first .. first + rows - 1` of `y` (batch, out) from those of `x` (batch, in).
    abstract void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace);

    /// How many parts [#prepareInputGradient] has; 0 if there is nothing to prepare. On the pass's own thread.
    int inputGradientPreparations() {
        return 0;
    }

    /// Does part `part` of what is needed before [#inputGradient].
    void prepareInputGradient(int part) {
    }

    /// Computes rows of `dX` (batch, in), the gradient of the input, from those of `dY` (batch, out), of `x`, what
    /// [#forward] has read, and of `y`, its result.
    abstract void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows,
            long token,
            Workspace workspace);

    /// How many parts [#parameterGradient] should be cut into for `threads` threads; 0 for a layer without parameters.
    int gradientParts(int threads) {
        return 0;
    }

    /// Allocates what the gradients of batches of `rows` rows need, on the pass's own thread.
    void beginGradient(int rows) {
    }

    /// Arranges the rows `first .. first + n - 1` of `dY`, of `rows`, for [#parameterGradient], while they are in
    /// cache.
    void packGradient(FloatMatrix dY, int first, int n, int rows) {
    }

    /// Computes part `part` of `parts` of the gradients of the parameters over all `rows` rows, and hands it to them.
    void parameterGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, Workspace workspace) {
    }

    /// Whether the gradients may instead be gathered chunk by chunk while the rows are in cache ([#addRows]).
    boolean addsRows() {
        return true;
    }

    /// Adds the rows `first .. first + rows - 1`, which do not cross a block, to the gradients gathered so far; row 0
    /// begins anew.
    void addRows(LayerInput x, FloatMatrix dY, int first, int rows, Workspace workspace) {
    }

    /// Hands the gradients that [#addRows] has gathered from `rows` rows to the parameters.
    void handGathered(int rows) {
    }

    @Override
    SequencedMap<String, Layer> layers() {
        SequencedMap<String, Layer> self = new LinkedHashMap<>();
        self.put("", this);
        return self;
    }

    @Override
    public List<Module> children() {
        return List.of();
    }

    @Override
    List<String> childNames() {
        return List.of();
    }
}
