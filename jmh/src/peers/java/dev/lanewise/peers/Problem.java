// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.IdxReader;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.FloatMatrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The data and the start of a workload, the same bits in every process: a pure function of the workload (and of the
/// files of MNIST).
public final class Problem {
    /// Epochs whose losses are compared before any time is taken.
    public static final int COMPARED_EPOCHS = 2;
    /// Steps after which weights are compared: a difference of rounding grows from step to step, and Adam makes whole
    /// steps of gradients that are hardly more than rounding.
    public static final int COMPARED_STEPS = 20;
    /// The seed of weights and shuffles.
    public static final long SEED = 7;
    /// A byte `b` is the feature `b * SCALE`.
    public static final float SCALE = 1f / 255f;

    public final Workload workload;
    public final Net net;
    /// (rows, in), row by row without gaps.
    public final float[] features;
    /// (rows, in) bytes of which the features were made; empty unless the workload allows their storage.
    public final byte[] bytes;
    /// (rows) of a regression.
    public final float[] targets;
    /// (rows) classes.
    public final int[] labels;
    /// For each layer the weight (out, in).
    public final float[][] weights;
    /// For each layer the bias (out).
    public final float[][] biases;

    private Problem(Workload workload, Net net, float[] features, byte[] bytes, float[] targets, int[] labels,
            float[][] weights, float[][] biases) {
        this.workload = workload;
        this.net = net;
        this.features = features;
        this.bytes = bytes;
        this.targets = targets;
        this.labels = labels;
        this.weights = weights;
        this.biases = biases;
    }

    /// The problem behind `workload`; `mnist` is the folder with MNIST's files, or null.
    static Problem of(Workload workload, @Nullable Path mnist) {
        SplittableRandom random = new SplittableRandom(SEED);
        int rows = workload.rows();
        int in = workload.net.in();
        int classes = workload.net.out();
        float[] features = new float[rows * in];
        int[] labels = new int[rows];
        if (workload.source.isDigits()) {
            digits(random, features, labels, classes, mnist);
        } else {
            fill(features, random, 1);
            Arrays.setAll(labels, r -> random.nextInt(classes));
        }
        float[] targets = workload.net.isRegression() ? regression(random, features, rows, in) : new float[0];
        byte[] bytes = new byte[workload.batching.bytes() ? features.length : 0];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(features[i] * 255);
        }
        int layers = workload.net.layers();
        float[][] weights = new float[layers][];
        float[][] biases = new float[layers][];
        for (int l = 0; l < layers; l++) {
            int[] widths = workload.net.widths();
            float bound = (float) (1 / Math.sqrt(widths[l]));
            weights[l] = fill(new float[widths[l + 1] * widths[l]], random, bound);
            biases[l] = fill(new float[widths[l + 1]], random, bound);
        }
        return new Problem(workload, workload.net, features, bytes, targets, labels, weights, biases);
    }

    /// The same without dropout, whose masks differ from library to library.
    Problem withoutDropout() {
        return new Problem(workload, net.withoutDropout(), features, bytes, targets, labels, weights, biases);
    }

    private static float[] fill(float[] values, SplittableRandom random, float bound) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt() >> 8) * 0x1p-23f * bound;
        }
        return values;
    }

    /// A linear function of the features and some noise.
    private static float[] regression(SplittableRandom random, float[] features, int rows, int in) {
        float[] truth = fill(new float[in], random, 3);
        float[] targets = fill(new float[rows], random, 0.02f);
        for (int r = 0; r < rows; r++) {
            double sum = 4.2;
            for (int c = 0; c < in; c++) {
                sum += (double) features[r * in + c] * truth[c];
            }
            targets[r] += (float) sum;
        }
        return targets;
    }

    private static void digits(SplittableRandom random, float[] features, int[] labels, int classes,
            @Nullable Path mnist) {
        int cols = features.length / labels.length;
        if (mnist == null) {
            Arrays.setAll(labels, r -> random.nextInt(classes));
            for (int i = 0; i < features.length; i++) { // four of five pixels of a digit are background
                features[i] = random.nextInt(5) == 0 ? random.nextInt(256) * SCALE : 0;
            }
            return;
        }
        try (TrainTest both = IdxReader.read(mnist)) {
            FloatMatrix x = (FloatMatrix) both.train().features();
            for (int r = 0; r < labels.length; r++) {
                System.arraycopy(x.row(r), 0, features, r * cols, cols);
                labels[r] = both.train().targets().segment().getAtIndex(ValueLayout.JAVA_INT, r);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The rows of a compared epoch in the order in which Lanewise takes them; null if that is the order of the data.
    public int @Nullable [] order(int epoch) {
        if (!workload.batching.isShuffled()) {
            return null;
        }
        int rows = workload.rows();
        int[] order = new int[rows];
        int at = 0;
        try (Dataset numbers = Dataset.of(new float[rows], rows, 1, new float[rows]);
                Batches batches = numbers.batches(workload.batching.size()).shuffle(SEED).epoch(epoch)) {
            for (Batch batch : batches) {
                for (int i = 0; i < batch.size(); i++) {
                    order[at++] = batch.x().rowInTable(i);
                }
            }
        }
        return order;
    }

    /// Made-up gradients (rows, out) of the outputs, for the product that makes weight gradients.
    public float[] outputGradients() {
        return fill(new float[workload.rows() * net.out()], new SplittableRandom(SEED + 1), 1);
    }
}
