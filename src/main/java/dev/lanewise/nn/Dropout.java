// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.DropoutMask;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;

/// Drops values at random while training: each becomes 0 with probability `p`, the others are multiplied by
/// `1 / (1 - p)`. In evaluation mode nothing changes.
///
/// **Shape**: (rows, any) to the same. **Numerics**: which values are kept is a pure function of seed, name of the
/// layer in its outermost module, number of the training forward, row in the batch and column, whatever the threads and
/// the vectors; see `numerics.md`. The backward pass drops the gradients of the same values.
public final class Dropout extends Elementwise {
    /// The token of a pass that drops nothing; keys are odd.
    private static final long EVALUATION = 0;

    private final float p;
    private long seed;
    private String name = "";
    private long layerKey = layerKey(0, "");
    private long forwards;

    /// A layer that drops half of the values.
    public Dropout() {
        this(0.5f);
    }

    /// A layer that drops values with probability `p`: 0 keeps all, 1 drops all.
    ///
    /// **Throws** `IllegalArgumentException` unless `p` is from 0 to 1.
    public Dropout(float p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("Dropout: p is " + p + ", expected a probability from 0 to 1");
        }
        this.p = p;
    }

    /// The probability that a value is dropped.
    public float p() {
        return p;
    }

    /// The seed of the masks; 0 for a new layer. [#init] sets it, too.
    public long seed() {
        return seed;
    }

    /// Sets the seed; the number of forwards stays.
    public Dropout seed(long newSeed) {
        seed = newSeed;
        layerKey = layerKey(seed, name);
        return this;
    }

    /// How many forward passes there have been in training mode: the number of the next one, counted from 0.
    public long forwards() {
        return forwards;
    }

    /// Sets the number of the next forward pass in training mode, to go on where another training has stopped.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public Dropout forwards(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("Dropout.forwards: " + count + " given, expected at least 0");
        }
        forwards = count;
        return this;
    }

    private static long layerKey(long seed, String name) {
        return RandomStreams.key(seed, "dropout " + name);
    }

    @Override
    void named(String newName) {
        name = newName;
        layerKey = layerKey(seed, name);
    }

    @Override
    void initStream(long newSeed) {
        seed(newSeed);
        forwards = 0;
    }

    @Override
    long begin() {
        return isTraining() ? DropoutMask.key(layerKey, forwards++) | 1 : EVALUATION;
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        if (token == EVALUATION) {
            copyRows(x, y, first, rows);
            return;
        }
        drop(y, input(x, y, first, rows), first, rows, token);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        if (token == EVALUATION) {
            long rowBytes = (long) dY.stride() * Float.BYTES;
            MemorySegment.copy(dY.segment(), first * rowBytes, dX.segment(), first * rowBytes, rows * rowBytes);
            return;
        }
        drop(dX, dY.segment(), first, rows, token);
    }

    private void drop(FloatMatrix to, MemorySegment from, int first, int rows, long key) {
        Kernels.ACTIVATION.dropout(to.segment(), from, to.stride(), first, rows, to.cols(), key, p);
    }

    @Override
    public String toString() {
        return "Dropout(p=" + p + ")";
    }
}
