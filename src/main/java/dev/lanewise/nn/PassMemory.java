// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import org.jspecify.annotations.Nullable;

/// The matrices of a pass: outputs of every layer, their gradients, the losses. They are kept from pass to pass and
/// grow with the largest batch, so that nothing is allocated per step.
final class PassMemory implements AutoCloseable {
    private final Layer[] layers;
    private final Workers workers;
    private int capacity;
    private int inFeatures;
    private FloatMatrix[] outputs = new FloatMatrix[0];
    private FloatMatrix[] gradients = new FloatMatrix[0];
    private final @Nullable FloatMatrix[] kept;
    private @Nullable FloatMatrix losses;
    private @Nullable FloatMatrix staged;
    private @Nullable FloatMatrix targets;

    PassMemory(Layer[] layers, Workers workers) {
        this.layers = layers;
        this.workers = workers;
        this.kept = new FloatMatrix[layers.length];
    }

    /// Whether the outputs hold `rows` rows of inputs as wide as `x`.
    boolean fits(int rows, Rows x) {
        return rows <= capacity && x.cols() == inFeatures;
    }

    /// Makes room for `rows` rows of `x`; what was there is gone.
    void allocate(int rows, Rows x) {
        int[] widths = new int[layers.length];
        int features = x.cols();
        long scratch = 0;
        for (int i = 0; i < layers.length; i++) {
            layers[i].checkInput(rows, features);
            scratch = Math.max(scratch, layers[i].scratchFloats(rows, features));
            features = layers[i].outFeatures(features);
            widths[i] = features;
        }
        close();
        workers.ensure(scratch);
        outputs = allocate(rows, widths);
        keep(rows, x.cols());
        capacity = rows;
        inFeatures = x.cols();
    }

    private void keep(int rows, int cols) {
        int features = cols;
        try {
            for (int i = 0; i < layers.length; i++) {
                kept[i] = layers[i].allocateKept(rows, features);
                features = outputs[i].cols();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Multiply-adds of a row.
    long work() {
        long work = 0;
        int features = inFeatures;
        for (int i = 0; i < layers.length; i++) {
            work += layers[i].work(features);
            features = outputs[i].cols();
        }
        return work;
    }

    /// What a layer keeps from its forward for its backward, or null.
    @Nullable
    FloatMatrix kept(int layer) {
        return kept[layer];
    }

    FloatMatrix output(int layer) {
        return outputs[layer];
    }

    /// The gradient of [#output], once [#allocateGradients] has been called.
    FloatMatrix gradient(int layer) {
        return gradients[layer];
    }

    void allocateGradients() {
        if (gradients.length == 0) {
            int[] widths = new int[layers.length];
            for (int i = 0; i < layers.length; i++) {
                widths[i] = outputs[i].cols();
            }
            gradients = allocate(capacity, widths);
        }
        losses();
    }

    /// The single losses.
    FloatMatrix losses() {
        if (losses == null) {
            losses = FloatMatrix.allocate(capacity, outputs[layers.length - 1].cols());
        }
        return losses;
    }

    /// A place for input rows that the first layer cannot read where they are.
    FloatMatrix staged() {
        if (staged == null) {
            staged = FloatMatrix.allocate(capacity, inFeatures);
        }
        return staged;
    }

    /// Makes room for targets that have no padding, on the pass's own thread. A custom loss reads them where they are.
    ///
    /// **Throws** `IllegalArgumentException` if workers may not read them.
    void prepareTargets(Rows batch, LossFunction function) {
        workers.requireShared(batch);
        if (targets == null && isPacked(batch.table()) && !(function instanceof CustomLoss)) {
            targets = FloatMatrix.allocate(capacity, 1);
        }
    }

    /// The targets of a batch, of which the rows `first .. first + n - 1` are about to be read: with padding, copied if they
    /// have none.
    Rows padded(Rows batch, int first, int n) {
        if (targets == null || !isPacked(batch.table())) {
            return batch;
        }
        FloatMatrix from = batch.matrix();
        Kernels.DATA.gather(targets.segment(), targets.stride(), first, from.segment(), from.stride(), batch.index(),
                batch.first(), first, n, 1);
        return targets.all();
    }

    /// Whether a table is a column without padding, which only some kernels read where it lies.
    static boolean isPacked(Table table) {
        return table instanceof FloatMatrix matrix && matrix.isPacked();
    }

    /// Copies `n` rows of a batch, widened if they are bytes, to row `toFirst` of that place.
    void stage(Rows batch, int first, int n, int toFirst) {
        FloatMatrix to = staged();
        if (batch.table() instanceof ByteMatrix bytes) {
            Kernels.DATA.widen(to.segment(), to.stride(), toFirst, bytes.segment(), bytes.stride(), batch.index(),
                    batch.first(), first, n, bytes.cols(), bytes.scale());
        } else {
            FloatMatrix from = batch.matrix();
            Kernels.DATA.gather(to.segment(), to.stride(), toFirst, from.segment(), from.stride(), batch.index(),
                    batch.first(), first, n, from.cols());
        }
    }

    /// One matrix for each of `widths`; all or, if memory is refused, none.
    private static FloatMatrix[] allocate(int rows, int[] widths) {
        FloatMatrix[] made = new FloatMatrix[widths.length];
        int done = 0;
        try {
            for (; done < made.length; done++) {
                made[done] = FloatMatrix.allocate(rows, widths[done]);
            }
            return made;
        } catch (RuntimeException e) {
            for (int i = 0; i < done; i++) {
                made[i].close();
            }
            throw e;
        }
    }

    long bytesOffHeap() {
        long floats = (losses == null ? 0 : losses.paddedSize()) + (staged == null ? 0 : staged.paddedSize())
                + (targets == null ? 0 : targets.paddedSize());
        for (FloatMatrix matrix : outputs) {
            floats += matrix.paddedSize();
        }
        for (FloatMatrix matrix : gradients) {
            floats += matrix.paddedSize();
        }
        for (FloatMatrix matrix : kept) {
            floats += matrix == null ? 0 : matrix.paddedSize();
        }
        return floats * Float.BYTES;
    }

    @Override
    public void close() {
        for (FloatMatrix matrix : outputs) {
            matrix.close();
        }
        for (FloatMatrix matrix : gradients) {
            matrix.close();
        }
        if (losses != null) {
            losses.close();
        }
        if (staged != null) {
            staged.close();
        }
        if (targets != null) {
            targets.close();
        }
        for (int i = 0; i < kept.length; i++) {
            FloatMatrix matrix = kept[i];
            if (matrix != null) {
                matrix.close();
                kept[i] = null;
            }
        }
        outputs = new FloatMatrix[0];
        gradients = new FloatMatrix[0];
        losses = null;
        staged = null;
        targets = null;
        capacity = 0;
    }
}
