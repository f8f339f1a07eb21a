// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Table;

/// How much native memory a training with `trainStep` will hold, before any of it is allocated.
///
/// @param parameters bytes of the parameters
/// @param optimizerState bytes that the optimizer keeps for them
/// @param batches bytes of what passes keep of a batch: outputs of all layers and their gradients, for the two batches
///        that a module remembers
/// @param layers bytes of what layers keep besides: the weights of wide layers the other way round, sums of gradients
/// @param scratch bytes that the threads calculate in
public record TrainingMemory(long parameters, long optimizerState, long batches, long layers, long scratch) {
    /// The memory of `net` for shuffled rows of `features` and `targets`, with the threads that it has been given.
    ///
    /// @param net the module, of which nothing needs to be allocated yet
    /// @param features what it is trained on
    /// @param targets what it learns
    /// @param batchRows rows of a training batch
    /// @param mostRows rows of the largest batch, evaluation included; a regression that is never evaluated needs less,
    ///        as its targets are not copied
    /// @param statePlanes what the optimizer keeps; see [dev.lanewise.optim.Optimizer#statePlanes]
    ///
    /// **Throws** `IllegalArgumentException` if the module cannot take such rows.
    public static TrainingMemory of(Module net, Table features, Table targets, int batchRows, int mostRows,
            int statePlanes) {
        double parameters = 0; // sums that no long holds saturate
        for (Parameter parameter : net.parameters()) {
            parameters += parameter.planeBytes();
        }
        int rows = Math.max(batchRows, mostRows);
        double batch = PassMemory.isPacked(targets) ? FloatMatrix.bytes(rows, 1) : 0;
        double layers = 0;
        long scratch = 1;
        boolean first = true;
        boolean through = false;
        int width = features.cols();
        for (Layer layer : net.layers().values()) {
            layer.checkInput(rows, width);
            if (first && (features instanceof ByteMatrix || PassMemory.isPacked(features) || !layer.readsIndex())) {
                // rows are not read where they are
                batch += FloatMatrix.bytes(rows, width);
            }
            first = false;
            scratch = Math.max(scratch, layer.scratchFloats(rows, width));
            batch += layer.keptBytes(rows, width);
            layers += layer.trainingBytes(batchRows, through);
            through |= layer.trains();
            width = layer.outFeatures(width);
            batch += 2.0 * FloatMatrix.bytes(rows, width); // the outputs and their gradients
        }
        batch += FloatMatrix.bytes(rows, width); // the single losses
        return new TrainingMemory((long) parameters, (long) (parameters * statePlanes), (long) (2 * batch),
                (long) layers, (long) ((double) scratch * Float.BYTES * net.threads()));
    }

    /// All of it.
    public long total() {
        return (long) ((double) parameters + optimizerState + batches + layers + scratch);
    }
}
