// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Softmax regression and multilayer perceptrons with gradients by hand.
///
/// Batches in order are read where they lie; shuffled ones are gathered, bytes become floats on the way. The loss, which
/// the gradient does not need, is computed only for the comparison.
final class BlasTraining implements Work {
    private final Problem problem;
    private final int rows;
    private final int in;
    private final int batch;
    private final MemorySegment features;
    private final BlasLayer[] layers;
    /// For each layer its outputs (batch, stride), in the end the gradient of the last one's.
    private final float[][] outputs;
    private final MemorySegment[] outputMemory;
    /// For each hidden layer the gradient of its outputs.
    private final float[][] gradients;
    private final MemorySegment[] gradientMemory;
    private final float[] likelihoods;
    private final @Nullable Dropout dropout;
    private final float[] gathered;
    private final MemorySegment gatheredMemory;
    private final int[] gatheredLabels;
    private final SplittableRandom random = new SplittableRandom(Problem.SEED);

    BlasTraining(Problem problem) {
        this.problem = problem;
        rows = problem.workload.rows();
        in = problem.net.in();
        batch = problem.workload.batching.size();
        features = MemorySegment.ofArray(problem.features);
        likelihoods = new float[batch];
        dropout = problem.net.dropout() > 0 ? new Dropout(problem.net.dropout(), Problem.SEED) : null;
        int count = problem.net.layers();
        layers = new BlasLayer[count];
        outputs = new float[count][];
        outputMemory = new MemorySegment[count];
        gradients = new float[count][];
        gradientMemory = new MemorySegment[count];
        for (int l = 0; l < count; l++) {
            int[] widths = problem.net.widths();
            boolean isLast = l == count - 1;
            layers[l] = new BlasLayer(widths[l], widths[l + 1], problem.weights[l], problem.biases[l],
                    isLast ? Float.NEGATIVE_INFINITY : 0, problem.workload.update);
            outputs[l] = new float[batch * layers[l].stride];
            outputMemory[l] = MemorySegment.ofArray(outputs[l]);
            gradients[l] = isLast ? outputs[l] : new float[batch * layers[l].stride];
            gradientMemory[l] = MemorySegment.ofArray(gradients[l]);
        }
        boolean isShuffled = problem.workload.batching.isShuffled();
        gathered = new float[isShuffled ? batch * in : 0];
        gatheredMemory = MemorySegment.ofArray(gathered);
        gatheredLabels = new int[isShuffled ? batch : 0];
    }

    @Override
    public void reset() {
        for (BlasLayer layer : layers) {
            layer.reset();
        }
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            epoch(problem.workload.batching.isShuffled() ? permutation() : null, rows, false);
        }
    }

    private int[] permutation() {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /// An epoch or its first `end` rows; the mean loss of the epoch, or 0 if nobody asks for it.
    private double epoch(int @Nullable [] order, int end, boolean readsLoss) {
        double sum = 0;
        for (int first = 0; first < end; first += batch) {
            int count = Math.min(batch, rows - first);
            if (order == null) {
                step(features.asSlice((long) first * in * Float.BYTES), problem.labels, first, count);
            } else {
                gather(order, first, count);
                step(gatheredMemory, gatheredLabels, 0, count);
            }
            for (int r = 0; readsLoss && r < count; r++) {
                sum -= Math.log(likelihoods[r]);
            }
        }
        return sum / rows;
    }

    private void gather(int[] order, int first, int count) {
        for (int r = 0; r < count; r++) {
            int row = order[first + r];
            if (problem.bytes.length > 0) {
                Loops.widen(gathered, r * in, problem.bytes, row * in, in, Problem.SCALE);
            } else {
                System.arraycopy(problem.features, row * in, gathered, r * in, in);
            }
            gatheredLabels[r] = problem.labels[row];
        }
    }

    private void step(MemorySegment x, int[] labels, int firstLabel, int count) {
        int last = layers.length - 1;
        for (int l = 0; l <= last; l++) {
            layers[l].forward(l == 0 ? x : outputMemory[l - 1], l == 0 ? in : layers[l - 1].stride, outputMemory[l],
                    count);
            int stride = layers[l].stride;
            if (l == last) {
                Loops.softmaxGradient(outputs[l], likelihoods, layers[l].bias, labels, firstLabel, count, stride);
            } else if (dropout != null) {
                dropout.biasReluDropout(outputs[l], layers[l].bias, count, stride);
            } else {
                Loops.biasRelu(outputs[l], layers[l].bias, count, stride);
            }
        }
        for (int l = last; l >= 0; l--) {
            if (l > 0) {
                BlasLayer below = layers[l - 1];
                layers[l].inputGradient(gradientMemory[l], gradientMemory[l - 1], below.stride, count);
                Loops.reluGradient(gradients[l - 1], outputs[l - 1], dropout == null ? 1 : dropout.scale, count,
                        below.stride);
            }
            layers[l].step(l == 0 ? x : outputMemory[l - 1], l == 0 ? in : layers[l - 1].stride, gradients[l],
                    gradientMemory[l],
                    count);
        }
    }

    @Override
    public Evidence evidence() {
        reset();
        epoch(problem.order(0), Math.min(rows, Problem.COMPARED_STEPS * batch), false);
        List<float[]> weights = parameters();
        reset();
        double[] losses = new double[Problem.COMPARED_EPOCHS];
        for (int epoch = 0; epoch < losses.length; epoch++) {
            losses[epoch] = epoch(problem.order(epoch), rows, true);
        }
        return Evidence.of(losses, weights);
    }

    private List<float[]> parameters() {
        List<float[]> parameters = new ArrayList<>();
        for (BlasLayer layer : layers) {
            parameters.add(layer.weight.clone());
            parameters.add(Arrays.copyOf(layer.bias, layer.out));
        }
        return parameters;
    }

    @Override
    public void close() {
        // arrays need no closing
    }
}
