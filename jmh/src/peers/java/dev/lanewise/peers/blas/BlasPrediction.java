// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Predictions of one row at a time: a matrix-vector product for each layer.
final class BlasPrediction implements Work {
    private final Problem problem;
    private final MemorySegment features;
    private final MemorySegment[] weights;
    private final float[][] outputs;
    private final MemorySegment[] memory;

    BlasPrediction(Problem problem) {
        this.problem = problem;
        int layers = problem.net.layers();
        features = MemorySegment.ofArray(problem.features);
        weights = new MemorySegment[layers];
        outputs = new float[layers][];
        memory = new MemorySegment[layers];
        for (int l = 0; l < layers; l++) {
            weights[l] = MemorySegment.ofArray(problem.weights[l]);
            outputs[l] = new float[problem.net.widths()[l + 1]];
            memory[l] = MemorySegment.ofArray(outputs[l]);
        }
    }

    @Override
    public void reset() {
        // predictions change nothing
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            for (int r = 0; r < problem.workload.rows(); r++) {
                predict(r);
            }
        }
    }

    private float[] predict(int row) {
        int[] widths = problem.net.widths();
        MemorySegment x = features.asSlice((long) row * widths[0] * Float.BYTES);
        int last = weights.length - 1;
        for (int l = 0; l <= last; l++) {
            System.arraycopy(problem.biases[l], 0, outputs[l], 0, widths[l + 1]);
            Blas.gemv(false, widths[l + 1], widths[l], 1, weights[l], widths[l], x, 1, memory[l]);
            if (l < last) {
                Loops.relu(outputs[l]);
            }
            x = memory[l];
        }
        return outputs[last];
    }

    @Override
    public Evidence evidence() {
        List<float[]> predictions = new ArrayList<>();
        for (int r = 0; r < problem.workload.rows(); r++) {
            predictions.add(predict(r).clone());
        }
        return Evidence.of(new double[0], predictions);
    }

    @Override
    public void close() {
        // arrays need no closing
    }
}
