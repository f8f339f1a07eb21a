// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A layer that maps each value by itself: no parameters, as many outputs as inputs.
abstract sealed class Elementwise extends Layer permits ReLU, LeakyReLU, ReLU6, Hardtanh, ELU, SELU, GELU, SiLU, Mish,
        Sigmoid, LogSigmoid, Softplus, Tanh, Dropout, Flatten {
    @Override
    public int outFeatures(int features) {
        return features;
    }

    @Override
    List<Parameter> layerParameters() {
        return List.of();
    }

    @Override
    void checkInput(int rows, int cols) {
        // any will do
    }

    @Override
    long work(int cols) {
        return cols;
    }

    /// The input of the rows `first .. first + rows - 1`, each at the place of its row in `y`: the memory of `x` if the
    /// rows lie there like this, else a copy in `y` itself, for a kernel that works in place.
    static MemorySegment input(LayerInput x, FloatMatrix y, int first, int rows) {
        if (x.from() == 0 && x.stride() == y.stride()) {
            return x.segment();
        }
        copyRows(x, y, first, rows);
        return y.segment();
    }

    /// The memory of what [#forward] has read, for a gradient: the output of the layer before, rows in their places.
    static MemorySegment given(LayerInput x) {
        if (x.from() != 0) {
            throw new AssertionError("the gradient of a first layer's input");
        }
        return x.segment();
    }

    /// **Throws** `IllegalArgumentException`, naming `what`, unless `value` is finite.
    static float finite(String what, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(what + " is " + value + ", expected a finite number");
        }
        return value;
    }

    static void copyRows(LayerInput x, FloatMatrix y, int first, int rows) {
        long fromBytes = (long) x.stride() * Float.BYTES;
        long toBytes = (long) y.stride() * Float.BYTES;
        for (int r = first; r < first + rows; r++) {
            MemorySegment.copy(x.segment(), (x.from() + r) * fromBytes, y.segment(), r * toBytes, toBytes);
        }
    }
}
