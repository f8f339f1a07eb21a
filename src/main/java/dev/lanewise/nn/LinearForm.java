// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;

/// How a [Linear] layer computes: in the dot form or the outer form, a function of its shape alone.
abstract sealed class LinearForm implements AutoCloseable permits NarrowForm, WideForm {
    final Parameter weight;
    final int in;
    final int out;

    LinearForm(Parameter weight) {
        this.weight = weight;
        this.in = weight.cols();
        this.out = weight.rows();
    }

    /// Floats of scratch for batches of `rows` rows.
    abstract long scratchFloats(int rows);

    abstract void forward(LayerInput x, FloatMatrix y, MemorySegment bias, int first, int rows, MemorySegment scratch);

    /// See [Layer#inputGradientPreparations].
    abstract int inputGradientPreparations();

    abstract void prepareInputGradient(int part);

    abstract void inputGradient(FloatMatrix dX, FloatMatrix dY, int first, int rows, MemorySegment scratch);

    /// See [Layer#gradientParts].
    abstract int gradientParts(int threads);

    /// The part of the gradient that takes the bias with it.
    abstract int biasPart();

    /// See [Layer#packGradient].
    abstract void packGradient(FloatMatrix dY, int first, int n, int rows);

    abstract void weightGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, MemorySegment scratch);

    /// See [Layer#addsRows].
    abstract boolean addsRows();

    abstract void addRows(LayerInput x, FloatMatrix dY, int first, int rows, MemorySegment scratch);

    abstract void handGathered(int rows);

    /// Allocates what the gradients of batches of `rows` rows need, on the pass's own thread.
    abstract void beginGradient(int rows);

    abstract long bytesOffHeap();

    /// See [Layer#trainingBytes].
    abstract long trainingBytes(int rows, boolean through);

    /// Frees the memory; it is allocated again when needed.
    @Override
    public abstract void close();
}
