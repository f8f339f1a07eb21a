// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// Probabilities from the values of each row, `y[j] = e^x[j] / sum_k e^x[k]`: PyTorch's `Softmax(dim=1)`.
///
/// As the last layer before a cross-entropy it would be one too many: [CrossEntropyLoss] takes logits.
///
/// **Shape**: (rows, any) to the same. **Numerics**: a row with NaN or +infinity, or of -infinity alone, becomes NaN.
public final class Softmax extends Rowwise {
    /// A layer for any number of features.
    public Softmax() {
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        Kernels.SOFTMAX.softmax(y.segment(), Elementwise.input(x, y, first, rows), y.stride(), first, rows, y.cols());
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows, long token,
            Workspace workspace) {
        Kernels.SOFTMAX.softmaxGradient(dX.segment(), dY.segment(), y.segment(), dY.stride(), first, rows, dY.cols());
    }

    @Override
    public String toString() {
        return "Softmax(dim=1)";
    }
}
