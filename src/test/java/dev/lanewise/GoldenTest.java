// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Digits;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Tanh;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whole trainings against PyTorch: the loss of every step and the final parameters.
///
/// `src/test/python/golden.py` made the values, from the same data and initial weights, in float64 and float32. We are
/// right if we are as near to float64 as PyTorch's own float32, within a factor of 10 plus 1e-6.
@Tag("lanes")
@ExtendWith(NoLeak.class)
class GoldenTest {
    private static final int ROWS = 120;

    /// The number generator of the script.
    private static final class Numbers {
        private long state;

        Numbers(long seed) {
            state = seed;
        }

        int integer() {
            state = (state * 1103515245 + 12345) % (1L << 31);
            return (int) (state >> 16 & 0x7FF);
        }

        float[][] matrix(int rows, int cols, float scale) {
            float[][] values = new float[rows][cols];
            for (float[] row : values) {
                for (int c = 0; c < cols; c++) {
                    row[c] = (integer() / 1024f - 1) * scale;
                }
            }
            return values;
        }

        int[] labels(int rows, int classes) {
            int[] labels = new int[rows];
            for (int r = 0; r < rows; r++) {
                labels[r] = integer() % classes;
            }
            return labels;
        }

        float[][] probabilities(int rows, int classes) {
            float[][] table = new float[rows][classes];
            for (float[] row : table) {
                int[] cuts = new int[classes + 1];
                for (int c = 1; c < classes; c++) {
                    cuts[c] = integer() % 257;
                }
                cuts[classes] = 256;
                Arrays.sort(cuts);
                for (int c = 0; c < classes; c++) {
                    row[c] = (cuts[c + 1] - cuts[c]) / 256f;
                }
            }
            return table;
        }
    }

    private static Sequential layers(long seed, int... sizes) {
        Linear[] layers = new Linear[sizes.length - 1];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Linear(sizes[i], sizes[i + 1]);
        }
        return initialised(seed, layers);
    }

    /// Linear layers with an activation between each two.
    private static Sequential layers(long seed, Supplier<Module> activation, int... sizes) {
        List<Module> layers = new ArrayList<>();
        for (int i = 1; i < sizes.length; i++) {
            if (i > 1) {
                layers.add(activation.get());
            }
            layers.add(new Linear(sizes[i - 1], sizes[i]));
        }
        return initialised(seed, layers.toArray(Module[]::new));
    }

    private static Sequential initialised(long seed, Module[] layers) {
        Numbers numbers = new Numbers(seed);
        Sequential net = new Sequential(layers);
        for (Parameter p : net.parameters()) {
            float[][] values = numbers.matrix(p.rows(), p.cols(), 0.25f);
            for (int r = 0; r < p.rows(); r++) {
                p.value().setRow(r, values[r]);
            }
        }
        return net;
    }

    private static Dataset regression() {
        Numbers numbers = new Numbers(1);
        float[][] x = numbers.matrix(ROWS, 3, 1);
        float[][] noise = numbers.matrix(ROWS, 1, 1f / 64);
        float[] y = new float[ROWS];
        for (int r = 0; r < ROWS; r++) {
            y[r] = (float) (2.0 * x[r][0] - 3.25 * x[r][1] + 0.5 * x[r][2] + 4.25 + noise[r][0]);
        }
        return Dataset.of(x, y);
    }

    private static Dataset classes(long seed, int inputs, int outputs) {
        Numbers numbers = new Numbers(seed);
        return Dataset.of(numbers.matrix(ROWS, inputs, 1), numbers.labels(ROWS, outputs));
    }

    @Test
    void regressionByTheMeanSquaredError() {
        check("regression", regression(), layers(10, 3, 1), new MSELoss(), 10, 4, 0.03f, true);
    }

    @Test
    void gradientsThatAreNeverZeroed() {
        check("regression_without_zero_grad", regression(), layers(10, 3, 1), new MSELoss(), 10, 2, 0.003f, false);
    }

    @Test
    void halfTheSquaredErrorSummed() {
        check("half_squared_sum", regression(), layers(10, 3, 1), new HalfSquaredLoss(Reduction.SUM), 16, 4, 0.003f,
                true);
    }

    @Test
    void severalOutputs() {
        Numbers numbers = new Numbers(5);
        Dataset data = Dataset.of(numbers.matrix(ROWS, 5, 1), numbers.matrix(ROWS, 3, 1));
        check("outputs", data, layers(11, 5, 3), new MSELoss(Reduction.NONE), 16, 4, 0.1f, true);
    }

    @Test
    void softmaxRegressionOnDigits() {
        try (TrainTest digits = Digits.load()) {
            int[] first = new int[500];
            for (int i = 0; i < first.length; i++) {
                first[i] = i;
            }
            check("digits", digits.train().select(first), layers(12, 64, 10), new CrossEntropyLoss(), 64, 4, 0.1f,
                    true);
        }
    }

    @Test
    void twoLayers() {
        check("two_layers", classes(2, 17, 3), layers(13, 17, 20, 3), new CrossEntropyLoss(), 16, 4, 0.1f, true);
    }

    @Test
    void crossEntropySummed() {
        check("classes_sum", classes(3, 7, 5), layers(14, 7, 5), new CrossEntropyLoss(Reduction.SUM), 16, 4, 0.01f,
                true);
    }

    @Test
    void meanOfSingleCrossEntropies() {
        check("classes_mean_of_none", classes(3, 7, 5), layers(14, 7, 5), new CrossEntropyLoss(Reduction.NONE), 16, 4,
                0.1f, true);
    }

    @Test
    void probabilitiesAsTargets() {
        Numbers numbers = new Numbers(4);
        Dataset data = Dataset.of(numbers.matrix(ROWS, 6, 1), numbers.probabilities(ROWS, 4));
        check("probabilities", data, layers(15, 6, 4), new CrossEntropyLoss(), 16, 4, 0.1f, true);
    }

    @Test
    void reluByPlainDescent() {
        checkMlp("relu", ReLU::new, p -> new SGD(p, 0.1f));
    }

    @Test
    void sigmoidWithMomentum() {
        checkMlp("sigmoid_momentum", Sigmoid::new, p -> new SGD(p, 0.1f).momentum(0.9f));
    }

    @Test
    void tanhWithDampenedMomentum() {
        checkMlp("tanh_dampening", Tanh::new, p -> new SGD(p, 0.1f).momentum(0.9f).dampening(0.5f));
    }

    @Test
    void reluWithNesterovAndDecay() {
        checkMlp("relu_nesterov_decay", ReLU::new,
                p -> new SGD(p, 0.02f).momentum(0.9f).nesterov(true).weightDecay(0.01f));
    }

    @Test
    void tanhWithDecay() {
        checkMlp("tanh_decay", Tanh::new, p -> new SGD(p, 0.1f).weightDecay(0.1f));
    }

    @Test
    void reluByAdam() {
        checkMlp("relu_adam", ReLU::new, Adam::new);
    }

    @Test
    void tanhByAdamWithDecay() {
        checkMlp("tanh_adam_decay", Tanh::new,
                p -> new Adam(p, 0.005f).betas(0.8, 0.95).eps(1e-4f).weightDecay(0.01f));
    }

    @Test
    void upTheGradient() {
        Numbers numbers = new Numbers(5);
        Dataset data = Dataset.of(numbers.matrix(ROWS, 5, 1), numbers.matrix(ROWS, 3, 1));
        check("maximize", data, layers(11, 5, 3), new MSELoss(), 16, 2,
                p -> new SGD(p, 0.01f).momentum(0.5f).weightDecay(0.01f).maximize(true), true);
    }

    private static void checkMlp(String name, Supplier<Module> activation,
            Function<List<Parameter>, Optimizer> optimizer) {
        check(name, classes(2, 17, 3), layers(16, activation, 17, 20, 9, 3), new CrossEntropyLoss(), 16, 8, optimizer,
                true);
    }

    private static void check(String name, Dataset data, Sequential net, LossFunction loss, int batchSize, int epochs,
            float rate, boolean zeroGrad) {
        check(name, data, net, loss, batchSize, epochs, p -> new SGD(p, rate), zeroGrad);
    }

    private static void check(String name, Dataset data, Sequential net, LossFunction loss, int batchSize, int epochs,
            Function<List<Parameter>, Optimizer> optimizer, boolean zeroGrad) {
        SequencedMap<String, List<Double>> ours = new LinkedHashMap<>();
        List<Double> losses = new ArrayList<>();
        ours.put("losses", losses);
        try (data; net; Trainer trainer = new Trainer(net, loss, optimizer.apply(net.parameters()))) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                for (Batch batch : data.batches(batchSize)) {
                    Loss l = trainer.forward(batch).mean();
                    losses.add(l.value());
                    if (zeroGrad) {
                        trainer.zeroGrad();
                    }
                    l.backward();
                    trainer.step();
                }
            }
            net.namedParameters().forEach((parameter, p) -> ours.put(parameter, flat(p.value())));
        }
        Golden golden = Golden.read(name);
        assertEquals(List.copyOf(ours.sequencedKeySet()), List.copyOf(golden.wide.sequencedKeySet()));
        ours.forEach((series, values) -> {
            List<Double> wide = golden.wide.get(series);
            double their = distance(golden.narrow.get(series), wide);
            double our = distance(values, wide);
            assertTrue(our <= 10 * their + 1e-6,
                    name + ", " + series + ": off by " + our + ", PyTorch's float32 by " + their);
        });
    }

    private static List<Double> flat(FloatMatrix matrix) {
        List<Double> values = new ArrayList<>();
        for (float[] row : matrix.toArray()) {
            for (float value : row) {
                values.add((double) value);
            }
        }
        return values;
    }

    /// The largest difference, relative to the largest value.
    private static double distance(List<Double> values, List<Double> expected) {
        assertEquals(expected.size(), values.size());
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.get(i)));
            difference = Math.max(difference, Math.abs(values.get(i) - expected.get(i)));
        }
        return difference / largest;
    }

    /// The values of one file by series: float64 and float32.
    private record Golden(SequencedMap<String, List<Double>> wide, SequencedMap<String, List<Double>> narrow) {
        static Golden read(String name) {
            Golden golden = new Golden(new LinkedHashMap<>(), new LinkedHashMap<>());
            try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + name + ".csv")) {
                String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                text.lines().filter(line -> !line.startsWith("#")).skip(1).map(line -> line.split(",")).forEach(row -> {
                    golden.wide.computeIfAbsent(row[0], _ -> new ArrayList<>()).add(Double.parseDouble(row[1]));
                    golden.narrow.computeIfAbsent(row[0], _ -> new ArrayList<>()).add(Double.parseDouble(row[2]));
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return golden;
        }
    }
}
