// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;

/// The identity: rows are flat already. It takes the place that a ported model's `nn.Flatten()` has, so that the names of
/// its parameters stay.
///
/// **Shape**: (rows, any) to the same.
public final class Flatten extends Elementwise {
    /// A layer for any number of features.
    public Flatten() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        copyRows(x, y, first, rows);
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        long rowBytes = (long) dY.stride() * Float.BYTES;
        MemorySegment.copy(dY.segment(), first * rowBytes, dX.segment(), first * rowBytes, rows * rowBytes);
    }

    @Override
    public String toString() {
        return "Flatten(start_dim=1, end_dim=-1)";
    }
}
