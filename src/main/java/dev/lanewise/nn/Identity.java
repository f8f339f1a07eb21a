// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A layer that changes nothing: its outputs are copies of its inputs.
///
/// **Shape**: (rows, any) to the same.
public final class Identity extends Layer {
    /// A layer for any number of features.
    public Identity() {
    }

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

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Elementwise.copyRows(x, y, first, rows);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        long rowBytes = (long) dY.stride() * Float.BYTES;
        MemorySegment.copy(dY.segment(), first * rowBytes, dX.segment(), first * rowBytes, rows * rowBytes);
    }

    @Override
    public String toString() {
        return "Identity()";
    }
}
