// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.NormKernels;
import dev.lanewise.kernel.NormStatistics;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Normalizes each column: `y = (x - mean) / sqrt(variance + eps) * weight + bias`.
///
/// While training, mean and biased variance are those of the batch, which must have two rows or more, and the running
/// statistics move towards them: `running = (1 - momentum) * running + momentum * new`, with the unbiased variance. In
/// evaluation mode the running statistics are used, row by row, and nothing changes (without any, those of each batch
/// are used). A forward pass in training mode moves them, also
/// if the step that follows is prevented or never made.
///
/// **Shape**: (rows, numFeatures) to the same; `weight` and `bias` are (numFeatures), 1 and 0 to begin with; the buffers
/// `running_mean`, `running_var` (numFeatures) and the counter `num_batches_tracked` begin as 0, 1 and 0.
/// **Numerics**: sums in double, rows ascending, so that a large common offset costs nothing; see `numerics.md`.
public final class BatchNorm1d extends Normalization {
    private static final long RUNNING = 0;
    private static final long BATCH = 1;

    private final boolean affine;
    private @Nullable Float momentum;
    /// Mean, variance, counter; or nothing.
    private final List<Buffer> buffers;

    /// A layer for `numFeatures` columns: eps 1e-5, momentum 0.1, with weight and bias and running statistics.
    ///
    /// **Throws** `IllegalArgumentException` unless there is at least one column.
    public BatchNorm1d(int numFeatures) {
        this(numFeatures, 1e-5f, 0.1f, true, true);
    }

    /// A layer for `numFeatures` columns with the settings of PyTorch: a `momentum` of null makes the running statistics
    /// the averages of all batches; without `trackRunningStats` there are none, and evaluation takes those of its
    /// batches.
    ///
    /// **Throws** `IllegalArgumentException` unless there is at least one column, and `eps` and `momentum` are finite and
    /// at least 0.
    public BatchNorm1d(int numFeatures, float eps, @Nullable Float momentum, boolean affine,
            boolean trackRunningStats) {
        super(numFeatures, eps, affine, true);
        this.affine = affine;
        this.momentum = checkedMomentum(momentum);
        this.buffers = trackRunningStats
                ? List.of(Buffer.vector(this, "running_mean", numFeatures, 0),
                        Buffer.vector(this, "running_var", numFeatures, 1), Buffer.counter(this, "num_batches_tracked"))
                : List.of();
    }

    private static @Nullable Float checkedMomentum(@Nullable Float value) {
        if (value != null && (!(value >= 0) || Float.isInfinite(value))) {
            throw new IllegalArgumentException("BatchNorm1d: momentum is " + value
                    + ", expected a finite number of at least 0, or null for the average of all batches");
        }
        return value;
    }

    /// Number of columns.
    public int numFeatures() {
        return features();
    }

    /// The share of a new batch in the running statistics, or null if all batches have the same.
    public @Nullable Float momentum() {
        return momentum;
    }

    /// Sets the share of a new batch in the running statistics; null for the average of all batches.
    ///
    /// **Throws** `IllegalArgumentException` unless it is finite and at least 0.
    public BatchNorm1d momentum(@Nullable Float share) {
        momentum = checkedMomentum(share);
        return this;
    }

    /// Sets what is added to the variance.
    ///
    /// **Throws** `IllegalArgumentException` unless it is finite and at least 0.
    public BatchNorm1d eps(float eps) {
        setEps(eps);
        return this;
    }

    /// Whether there are a weight and a bias.
    public boolean affine() {
        return affine;
    }

    /// Whether there are running statistics.
    public boolean trackRunningStats() {
        return !buffers.isEmpty();
    }

    /// The running mean (numFeatures), or null for a layer without.
    public @Nullable Buffer runningMean() {
        return buffers.isEmpty() ? null : buffers.get(0);
    }

    /// The running unbiased variance (numFeatures), or null for a layer without.
    public @Nullable Buffer runningVar() {
        return buffers.isEmpty() ? null : buffers.get(1);
    }

    /// How many batches have entered the running statistics, or null for a layer without.
    public @Nullable Buffer numBatchesTracked() {
        return buffers.isEmpty() ? null : buffers.get(2);
    }

    @Override
    List<Buffer> layerBuffers() {
        return buffers;
    }

    @Override
    void initStream(long seed) {
        for (Buffer buffer : buffers) {
            buffer.reset();
        }
    }

    @Override
    FloatMatrix allocateKept(int rows, int cols) {
        return FloatMatrix.allocate(NormKernels.STATISTICS, cols);
    }

    @Override
    long keptBytes(int rows, int cols) {
        return FloatMatrix.bytes(NormKernels.STATISTICS, cols);
    }

    @Override
    long trainingBytes(int rows, boolean through) {
        long bytes = super.trainingBytes(rows, through);
        for (Buffer buffer : buffers) {
            bytes += FloatMatrix.bytes(1, buffer.cols());
        }
        return bytes;
    }

    @Override
    boolean takesBatches() {
        return true;
    }

    private long mode() {
        return isTraining() || buffers.isEmpty() ? BATCH : RUNNING;
    }

    @Override
    void checkBatch(int rows) {
        if (rows == 1 && mode() == BATCH) {
            throw new IllegalArgumentException("BatchNorm1d.forward: input is (1, " + features()
                    + "), expected two rows or more "
                    + (isTraining() ? "in training mode; call eval() to predict one row, or leave out the short batch"
                            : "because the layer has no running statistics"));
        }
    }

    @Override
    long begin() {
        allocateConstants();
        for (int i = 0; i < buffers.size(); i++) { // an iterator would be an object in every step
            buffers.get(i).value();
        }
        return mode();
    }

    @Override
    int beginBatch(LayerInput x, int rows, int threads, long token) {
        FloatMatrix stats = x.kept();
        if (token == RUNNING) {
            NormStatistics.fromRunning(stats.segment(), stats.stride(), running(0), running(1), features(), eps());
            return 0;
        }
        if (tracks()) {
            Buffer counter = buffers.get(2);
            counter.count(counter.count() + 1);
        }
        return columnParts(threads);
    }

    private boolean tracks() {
        return isTraining() && !buffers.isEmpty();
    }

    private MemorySegment running(int index) {
        return buffers.get(index).value().segment();
    }

    @Override
    void batch(LayerInput x, int rows, int part, int parts, long token) {
        FloatMatrix stats = x.kept();
        MemorySegment memory = stats.segment();
        int stride = stats.stride();
        int begin = partBegin(part, parts);
        int n = partBegin(part + 1, parts) - begin;
        Kernels.NORM.columnSums(memory, stride, x.segment(), x.stride(), x.from(), rows, begin, n);
        NormStatistics.means(memory, stride, rows, begin, n);
        Kernels.NORM.columnSquares(memory, stride, x.segment(), x.stride(), x.from(), rows, begin, n);
        NormStatistics.inverses(memory, stride, rows, begin, n, eps());
        if (tracks()) {
            double factor = momentum == null ? 1.0 / buffers.get(2).count() : momentum;
            NormStatistics.track(running(0), running(1), memory, stride, rows, begin, n, factor);
        }
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        FloatMatrix stats = x.kept();
        Kernels.NORM.normalizeColumns(y.segment(), y.stride(), x.segment(), x.stride(), x.from(), stats.segment(),
                stats.stride(), weightMemory(), biasMemory(), first, rows, features());
    }

    @Override
    int batchGradientParts(int threads, long token) {
        return token == BATCH || affine ? columnParts(threads) : 0;
    }

    @Override
    void batchGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, long token) {
        FloatMatrix stats = x.kept();
        int begin = partBegin(part, parts);
        int n = partBegin(part + 1, parts) - begin;
        Kernels.NORM.columnGradientSums(stats.segment(), stats.stride(), dY.segment(), dY.stride(), x.segment(),
                x.stride(), x.from(), rows, begin, n);
        NormStatistics.gradients(stats.segment(), stats.stride(), rows, begin, n);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        FloatMatrix stats = x.kept();
        if (token == RUNNING) {
            Kernels.NORM.scaleColumns(dX.segment(), dX.stride(), dY.segment(), dY.stride(), stats.segment(),
                    stats.stride(), weightMemory(), first, rows, features());
            return;
        }
        Kernels.NORM.columnsInputGradient(dX.segment(), dX.stride(), dY.segment(), dY.stride(), x.segment(),
                x.stride(), x.from(), stats.segment(), stats.stride(), weightMemory(), first, rows, features());
    }

    @Override
    int gradientParts(int threads) {
        return affine ? 1 : 0;
    }

    @Override
    void parameterGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, Workspace workspace) {
        hand(x.kept(), NormKernels.WEIGHT_GRADIENT, NormKernels.BIAS_GRADIENT, 0, features());
    }

    @Override
    long layerBytesOffHeap() {
        long bytes = super.layerBytesOffHeap();
        for (Buffer buffer : buffers) {
            bytes += buffer.bytesOffHeap();
        }
        return bytes;
    }

    @Override
    public String toString() {
        return "BatchNorm1d(" + features() + ", eps=" + python(eps()) + ", momentum="
                + (momentum == null ? "None" : python(momentum)) + ", affine=" + python(affine)
                + ", track_running_stats=" + python(trackRunningStats()) + ")";
    }
}
