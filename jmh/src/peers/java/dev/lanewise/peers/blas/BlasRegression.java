// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Linear regression with one output: two matrix-vector products a step, the second of which adds the gradient to the
/// weights.
final class BlasRegression implements Work {
    private final Problem problem;
    private final int rows;
    private final int in;
    private final int batch;
    private final MemorySegment features;
    private final float[] weight;
    private final MemorySegment weightMemory;
    private final float[] error;
    private final MemorySegment errorMemory;
    private float bias;

    BlasRegression(Problem problem) {
        this.problem = problem;
        this.rows = problem.workload.rows();
        this.in = problem.net.in();
        this.batch = problem.workload.batching.size();
        this.features = MemorySegment.ofArray(problem.features);
        this.weight = new float[in];
        this.weightMemory = MemorySegment.ofArray(weight);
        this.error = new float[batch];
        this.errorMemory = MemorySegment.ofArray(error);
        reset();
    }

    @Override
    public void reset() {
        System.arraycopy(problem.weights[0], 0, weight, 0, in);
        bias = problem.biases[0][0];
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            for (int first = 0; first < rows; first += batch) {
                step(first, Math.min(batch, rows - first));
            }
        }
    }

    private void step(int first, int count) {
        MemorySegment x = features.asSlice((long) first * in * Float.BYTES);
        float[] targets = problem.targets;
        for (int r = 0; r < count; r++) {
            error[r] = bias - targets[first + r];
        }
        Blas.gemv(false, count, in, 1, x, in, weightMemory, 1, errorMemory);
        float alpha = -2 * problem.workload.update.learningRate() / count;
        Blas.gemv(true, count, in, alpha, x, in, errorMemory, 1, weightMemory);
        bias += alpha * Loops.sum(error, count);
    }

    @Override
    public Evidence evidence() {
        reset();
        for (int i = 0; i < Problem.COMPARED_STEPS && i * batch < rows; i++) {
            step(i * batch, Math.min(batch, rows - i * batch));
        }
        List<float[]> weights = List.of(weight.clone(), new float[]{bias});
        reset();
        double[] losses = new double[Problem.COMPARED_EPOCHS];
        for (int epoch = 0; epoch < losses.length; epoch++) {
            for (int first = 0; first < rows; first += batch) {
                int count = Math.min(batch, rows - first);
                step(first, count);
                for (int r = 0; r < count; r++) {
                    losses[epoch] += (double) error[r] * error[r] / rows;
                }
            }
        }
        return Evidence.of(losses, weights);
    }

    @Override
    public void close() {
        // arrays need no closing
    }
}
