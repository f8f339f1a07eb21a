// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients through normalizations against central differences of the [DoubleTwin]: of weight and bias, of the layers
/// before, and so of the input.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class NormGradientTest {
    /// A bias before a batch norm has a gradient of 0, the sum of others that cancel: it is judged as those.
    private static final double LEAST = 0.1;

    static Stream<List<Layer>> nets() {
        return Stream.of(between(new BatchNorm1d(20)), between(new LayerNorm(20)),
                between(new BatchNorm1d(20, 1e-3f, null, false, true)), between(new LayerNorm(20, 1e-2f, false, false)),
                between(new LayerNorm(20, 1e-5f, true, false)),
                between(new BatchNorm1d(20, 1e-5f, 0.3f, true, false), new ReLU()),
                between(new BatchNorm1d(20), new Sigmoid(), new LayerNorm(20), new BatchNorm1d(20)),
                between(new Tanh(), new BatchNorm1d(20), new Dropout(0.2f)),
                List.of(new Linear(3, 5), new BatchNorm1d(5), new Tanh(), new Linear(5, 18, false), new LayerNorm(18),
                        new Linear(18, 2), new BatchNorm1d(2)),
                List.of(new Linear(1, 2), new Linear(2, 2), new LayerNorm(2, 0.5f, true, true)));
    }

    private static List<Layer> between(Layer... middle) {
        List<Layer> layers = new ArrayList<>(List.of(middle));
        layers.addFirst(new Linear(4, 20));
        layers.addLast(new Linear(20, 2));
        return layers;
    }

    @ParameterizedTest
    @MethodSource("nets")
    void squaredErrors(List<Layer> chain) {
        Layer[] layers = chain.toArray(Layer[]::new);
        double elements = GradientTest.ROWS * 2.0;
        try (FloatMatrix y = RandomTables.floats(RandomTables.random(56), GradientTest.ROWS, 2);
                Sequential net = new Sequential(layers)) {
            GradientTest.check(net, layers, new MSELoss(), y, DoubleTwin.toDouble(y),
                    (p, t) -> DoubleTwin.squaredError(p, t, 1) / elements, LEAST);
            net.eval(); // dropout is the identity, which the twin does not know
            if (chain.stream().noneMatch(Dropout.class::isInstance)) {
                GradientTest.check(net, layers, new MSELoss(), y, DoubleTwin.toDouble(y),
                        (p, t) -> DoubleTwin.squaredError(p, t, 1) / elements, LEAST);
            }
        }
    }

    /// The input gradients of a constant column and of one far from 0, against the formula in double. Each row has an
    /// input of its own in the layer before, whose weight then has the gradient of that row.
    @Test
    void inputGradientsOfColumnsThatCancel() {
        float[][] rows = {{1, 1, 0, 0}, {1, 0, 1, 0}, {1, 0, 0, 1}};
        double[][] columns = {{5, 5, 5}, {1e6, 1e6 + 1, 1e6 + 2}};
        double[][] targets = {{0.5, -2, 3}, {0, 1, 0.25}};
        Linear linear = new Linear(4, 2, false);
        try (FloatMatrix x = FloatMatrix.copyOf(rows);
                FloatMatrix y = FloatMatrix.copyOf(new float[][]{{0.5f, 0}, {-2, 1}, {3, 0.25f}});
                Sequential net = new Sequential(linear, new BatchNorm1d(2))) {
            linear.weight().value().setRow(0, new float[]{5, 0, 0, 0});
            linear.weight().value().setRow(1, new float[]{1e6f, 0, 1, 2});
            new MSELoss(Reduction.SUM).of(net.forward(x), y).backward();
            for (int c = 0; c < 2; c++) {
                double[] expected = inputGradient(columns[c], targets[c]);
                for (int r = 0; r < 3; r++) {
                    assertEquals(expected[r], linear.weight().grad().get(c, 1 + r), 4e-7 * Math.abs(expected[r]),
                            "column " + c + ", row " + r);
                }
            }
        }
    }

    /// The gradient of the sum of `(z - target)^2` with `z` the normalized column.
    private static double[] inputGradient(double[] column, double[] target) {
        double[] z = DoubleTwin.standardized(column, 1e-5f);
        double mean = Arrays.stream(column).average().orElseThrow();
        double variance = Arrays.stream(column).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        double[] g = new double[3];
        double meanG = 0;
        double product = 0;
        for (int r = 0; r < 3; r++) {
            g[r] = 2 * (z[r] - target[r]);
            meanG += g[r] / 3;
            product += g[r] * z[r] / 3;
        }
        for (int r = 0; r < 3; r++) {
            g[r] = (g[r] - meanG - z[r] * product) / Math.sqrt(variance + 1e-5f);
        }
        return g;
    }

    /// Two losses before their backwards: each pass keeps its own statistics.
    @Test
    void passesDoNotMixTheirStatistics() {
        SplittableRandom random = RandomTables.random(57);
        try (FloatMatrix a = RandomTables.floats(random, 9, 5);
                FloatMatrix b = RandomTables.floats(random, 6, 5);
                FloatMatrix y = RandomTables.floats(random, 9, 3);
                Sequential net = new Sequential(new Linear(5, 3), new BatchNorm1d(3), new LayerNorm(3)).init(1);
                Sequential other = new Sequential(new Linear(5, 3), new BatchNorm1d(3), new LayerNorm(3)).init(1)) {
            MSELoss mse = new MSELoss();
            Loss first = mse.of(net.forward(a), y.all());
            Loss second = mse.of(net.forward(b), new Rows(y, 0, 6));
            first.backward();
            second.backward();
            mse.of(other.forward(a), y.all()).backward();
            mse.of(other.forward(b), new Rows(y, 0, 6)).backward();
            for (int i = 0; i < net.parameters().size(); i++) {
                RandomTables.assertSameBits(other.parameters().get(i).grad(), net.parameters().get(i).grad(),
                        "parameter " + i);
            }
        }
    }
}
