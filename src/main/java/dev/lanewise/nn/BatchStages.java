// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.parallel.WorkerTeam.Work;
import java.util.stream.IntStream;

/// Cuts a pass at the layers that take batches as a whole: rows go as far as the input of such a layer, then it sees
/// them all, then rows go on; and so do their gradients on the way back. What it sees is cut by columns, so that no
/// thread count can change a bit.
///
/// A pass without such layers has one stage each way.
final class BatchStages {
    private final Layer[] layers;
    private final LayerInput[] inputs;
    private final long[] tokens;
    private final PassMemory memory;
    private final Workers workers;
    /// The layers that take batches.
    private final int[] cuts;
    private final Work batchWork = this::batch;
    private final Work gradientWork = this::gradient;

    private int from;
    private int end;
    private int high;
    private int low;
    private boolean underWay;
    private int rows;
    private int cut;
    private int parts;

    BatchStages(Layer[] layers, LayerInput[] inputs, long[] tokens, PassMemory memory, Workers workers) {
        this.layers = layers;
        this.inputs = inputs;
        this.tokens = tokens;
        this.memory = memory;
        this.workers = workers;
        this.cuts = IntStream.range(0, layers.length).filter(i -> layers[i].takesBatches()).toArray();
        begin();
    }

    /// Throws if a layer cannot take a batch of `rows` rows, while no layer has begun.
    void check(int batchRows) {
        for (int at : cuts) {
            layers[at].checkBatch(batchRows);
        }
    }

    /// All layers in one stage, until [#forward] and [#beginBackward] find more.
    void begin() {
        from = 0;
        end = layers.length;
        high = layers.length - 1;
        low = 0;
        underWay = false;
    }

    /// The first layer of the stage under way.
    int from() {
        return from;
    }

    /// The layer behind its last one.
    int end() {
        return end;
    }

    /// The last layer whose input gradient this stage computes.
    int high() {
        return high;
    }

    /// The layer before the first one whose input gradient it computes.
    int low() {
        return low;
    }

    /// Whether rows have gone through a stage of this forward already.
    boolean underWay() {
        return underWay;
    }

    /// Does all stages of a forward but the last, which it leaves to be done.
    void forward(Work rowsWork, int chunks, int batchRows, int threads) {
        if (cuts.length == 0) {
            return;
        }
        rows = batchRows;
        for (int at : cuts) {
            int n = layers[at].beginBatch(inputs[at], rows, threads, tokens[at]);
            if (n > 0) {
                end = at;
                workers.run(rowsWork, chunks, threads);
                underWay = true;
                cut = at;
                parts = n;
                workers.run(batchWork, n, threads);
                from = at;
            }
        }
        end = layers.length;
    }

    private void batch(int part, int worker) {
        layers[cut].batch(inputs[cut], rows, part, parts, tokens[cut]);
    }

    /// Makes the last layers, down to the one behind the last cut, the stage under way.
    void beginBackward() {
        high = layers.length - 1;
        low = cuts.length == 0 ? 0 : cuts[cuts.length - 1];
    }

    /// Does all stages of a backward but the first, which has been done, down to the layer `firstTrained`.
    void backward(Work rowsWork, int chunks, int batchRows, int threads, int firstTrained) {
        rows = batchRows;
        for (int i = cuts.length - 1; i >= 0 && cuts[i] >= firstTrained; i--) {
            cut = cuts[i];
            parts = layers[cut].batchGradientParts(threads, tokens[cut]);
            workers.run(gradientWork, parts, threads);
            high = cut;
            low = i == 0 ? 0 : cuts[i - 1];
            if (high > low) {
                workers.run(rowsWork, chunks, threads);
            }
        }
    }

    private void gradient(int part, int worker) {
        layers[cut].batchGradient(inputs[cut], memory.gradient(cut), rows, part, parts, tokens[cut]);
    }
}
