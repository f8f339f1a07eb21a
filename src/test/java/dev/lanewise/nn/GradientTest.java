// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Table;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every gradient of small nets against central differences of the [DoubleTwin].
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class GradientTest {
    static final int ROWS = 9;

    static Stream<Arguments> nets() {
        return Stream.of("1 1", "2 1", "5 3", "3 16", "3 17", "17 2 no", "4 20 3", "4 3 no 2", "3 5 18 2 no")
                .map(Arguments::of);
    }

    /// `"4 20 3 no"` is Linear(4, 20), Linear(20, 3, bias=false).
    private static Linear[] layers(String sizes) {
        String[] parts = sizes.split(" ", -1);
        Linear[] made = new Linear[parts.length];
        int layers = 0;
        int in = Integer.parseInt(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            if (!parts[i].equals("no")) {
                int out = Integer.parseInt(parts[i]);
                made[layers++] = new Linear(in, out, i + 1 == parts.length || !parts[i + 1].equals("no"));
                in = out;
            }
        }
        return Stream.of(made).limit(layers).toArray(Linear[]::new);
    }

    @ParameterizedTest
    @MethodSource("nets")
    void squaredErrors(String sizes) {
        Linear[] layers = layers(sizes);
        int outputs = layers[layers.length - 1].outFeatures();
        double elements = ROWS * outputs;
        try (FloatMatrix y = RandomTables.floats(RandomTables.random(51), ROWS, outputs);
                Sequential net = new Sequential(layers)) {
            double[][] target = DoubleTwin.toDouble(y);
            check(net, layers, new MSELoss(), y, target, (p, t) -> DoubleTwin.squaredError(p, t, 1) / elements);
            check(net, layers, new HalfSquaredLoss(Reduction.SUM), y, target,
                    (p, t) -> DoubleTwin.squaredError(p, t, 0.5));
        }
    }

    @ParameterizedTest
    @MethodSource("nets")
    void crossEntropyOfClasses(String sizes) {
        Linear[] layers = layers(sizes);
        int classes = layers[layers.length - 1].outFeatures();
        try (ClassLabels y = RandomTables.labels(RandomTables.random(52), ROWS, classes);
                Sequential net = new Sequential(layers)) {
            double[][] target = new double[ROWS][classes];
            for (int r = 0; r < ROWS; r++) {
                target[r][y.get(r)] = 1;
            }
            check(net, layers, new CrossEntropyLoss(), y, target, (p, t) -> DoubleTwin.crossEntropy(p, t) / ROWS);
            check(net, layers, new CrossEntropyLoss(Reduction.SUM), y, target, DoubleTwin::crossEntropy);
        }
    }

    @ParameterizedTest
    @MethodSource("nets")
    void crossEntropyOfProbabilities(String sizes) {
        Linear[] layers = layers(sizes);
        int classes = layers[layers.length - 1].outFeatures();
        try (FloatMatrix y = RandomTables.probabilities(RandomTables.random(53), ROWS, classes);
                FloatMatrix weights = RandomTables.floats(RandomTables.random(54), ROWS, classes);
                Sequential net = new Sequential(layers)) {
            check(net, layers, new CrossEntropyLoss(), y, DoubleTwin.toDouble(y),
                    (p, t) -> DoubleTwin.crossEntropy(p, t) / ROWS);
            check(net, layers, new CrossEntropyLoss(Reduction.SUM), weights, DoubleTwin.toDouble(weights),
                    DoubleTwin::crossEntropy);
        }
    }

    static void check(Sequential net, Layer[] layers, LossFunction loss, Table y, double[][] target,
            ToDoubleBiFunction<double[][], double[][]> formula) {
        check(net, layers, loss, y, target, formula, 1e-2);
    }

    /// Gradients are judged as if one of their tensor were at least `least`.
    static void check(Sequential net, Layer[] layers, LossFunction loss, Table y, double[][] target,
            ToDoubleBiFunction<double[][], double[][]> formula, double least) {
        SplittableRandom random = RandomTables.random(50);
        try (FloatMatrix x = RandomTables.floats(random, ROWS, ((Linear) layers[0]).inFeatures())) {
            net.init(random.nextLong());
            net.zeroGrad();
            Loss l = loss.of(net.forward(x), y);
            l.backward();
            DoubleTwin twin = new DoubleTwin(List.of(layers));
            double[][] input = DoubleTwin.toDouble(x);
            double value = formula.applyAsDouble(twin.forward(input), target);
            assertEquals(value, l.value(), 2e-6 * (1 + Math.abs(value)));
            for (int i = 0; i < twin.parameters.size(); i++) {
                String what = net + ", " + loss + ", parameter " + i;
                assertClose(twin.gradient(i, input, target, formula), net.parameters().get(i).grad(), least, what);
            }
        }
    }

    /// The distance is judged by the largest gradient of the tensor: single ones may cancel to almost nothing. Floats
    /// have 6e-8, sums of a few products a few times that; the differences themselves are good to 1e-9.
    private static void assertClose(double[][] expected, FloatMatrix actual, double least, String what) {
        double largest = least;
        double distance = 0;
        for (int r = 0; r < expected.length; r++) {
            for (int c = 0; c < expected[r].length; c++) {
                largest = Math.max(largest, Math.abs(expected[r][c]));
                distance = Math.max(distance, Math.abs(expected[r][c] - actual.get(r, c)));
            }
        }
        assertTrue(distance <= 2e-6 * largest, what + ": off by " + distance + " of " + largest);
    }
}
