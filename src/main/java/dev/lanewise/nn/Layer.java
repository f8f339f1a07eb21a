// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A module without children: the steps of one layer. A pass calls them in the order forward, then (last layer first)
/// input gradient before parameter gradient, because the fused step changes the weights that the former needs.
abstract class Layer extends Module {
    /// The layer's own parameters, in the order of PyTorch's state dict.
    abstract List<Parameter> layerParameters();

    /// **Throws** `IllegalArgumentException` if the layer cannot take an input of (rows, cols).
    abstract void checkInput(int rows, int cols);

    /// Bytes of native memory that the layer holds besides its parameters.
    abstract long layerBytesOffHeap();

    /// Frees memory that the layer holds besides its parameters.
    abstract void freeLayerMemory();

    /// Floats of scratch that the steps below need.
    abstract long scratchFloats();

    /// Computes `y` (rows, out) from `x` (rows, in).
    abstract void forward(Rows x, FloatMatrix y, MemorySegment scratch);

    /// Computes `dX` (rows, in), the gradient of the input, from `dY` (rows, out).
    abstract void inputGradient(FloatMatrix dX, FloatMatrix dY, int rows);

    /// Writes the gradients of the parameters, or adds to those that are there.
    abstract void parameterGradient(Rows x, FloatMatrix dY, MemorySegment scratch);

    /// Hands the parameters to `optimizer`, which computes the gradients and uses them at once.
    abstract void fusedStep(FusedOptimizer optimizer, Rows x, FloatMatrix dY, MemorySegment scratch);

    @Override
    SequencedMap<String, Layer> layers() {
        SequencedMap<String, Layer> self = new LinkedHashMap<>();
        self.put("", this);
        return self;
    }

    @Override
    List<Module> children() {
        return List.of();
    }
}
