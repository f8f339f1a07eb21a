// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Averages of weights against PyTorch's formulas in double.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class WeightAverageTest {
    private final SplittableRandom random = RandomTables.random(66);
    private final Sequential net = new Sequential(new Linear(5, 20), new Linear(20, 3)).init(1);
    private final List<Parameter> parameters = net.parameters();

    @AfterEach
    void close() {
        net.close();
    }

    private void assertAverages(WeightAverage average, double decay) {
        double[][][] expected = new double[4][][];
        for (int update = 0; update < 10; update++) {
            double keep = update == 0 ? 0 : decay < 0 ? update / (update + 1.0) : decay;
            for (int i = 0; i < 4; i++) {
                RandomTables.fill(parameters.get(i).value(), random);
                float[][] w = parameters.get(i).value().toArray();
                expected[i] = update == 0 ? new double[w.length][w[0].length] : expected[i];
                for (int r = 0; r < w.length; r++) {
                    for (int c = 0; c < w[r].length; c++) {
                        expected[i][r][c] = keep * expected[i][r][c] + (1 - keep) * w[r][c];
                    }
                }
            }
            average.update();
        }
        assertEquals(10, average.count());
        for (int i = 0; i < 4; i++) {
            FloatMatrix matrix = average.averages().get(i);
            for (int r = 0; r < matrix.rows(); r++) {
                for (int c = 0; c < matrix.cols(); c++) {
                    assertEquals(expected[i][r][c], matrix.get(r, c), 1e-6);
                }
            }
            RandomTables.assertPaddingIsZero(matrix, "average " + i);
        }
    }

    @Test
    void exponential() {
        try (WeightAverage average = WeightAverage.exponential(parameters, 0.8)) {
            assertAverages(average, 0.8);
        }
    }

    @Test
    void equal() {
        try (WeightAverage average = WeightAverage.equal(parameters)) {
            assertAverages(average, -1);
        }
    }

    @Test
    void applyAndRestore() {
        try (WeightAverage average = WeightAverage.exponential(parameters, 0.5)) {
            average.update();
            int[] first = RandomTables.bits(parameters.get(0).value());
            RandomTables.fill(parameters.get(0).value(), random);
            int[] own = RandomTables.bits(parameters.get(0).value());
            average.apply();
            assertArrayEquals(first, RandomTables.bits(parameters.get(0).value()));
            assertMessage(IllegalStateException.class,
                    "WeightAverage.update: the average stands in the parameters; call restore first", average::update);
            assertMessage(IllegalStateException.class,
                    "WeightAverage.apply: the average stands in the parameters already", average::apply);
            average.restore();
            assertArrayEquals(own, RandomTables.bits(parameters.get(0).value()));
            assertMessage(IllegalStateException.class,
                    "WeightAverage.restore: the average is not applied; call apply first", average::restore);
        }
    }

    private static Sequential normalized() {
        return new Sequential(new Linear(5, 20), new BatchNorm1d(20), new Linear(20, 3)).init(1);
    }

    private static List<int[]> state(Sequential module) {
        return module.namedState().values().stream().map(tensor -> RandomTables.bits(tensor.value())).toList();
    }

    private static void assertSameState(List<int[]> expected, Sequential module) {
        List<int[]> actual = state(module);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "tensor " + i);
        }
    }

    /// Statistics that are computed anew for the averaged weights, as PyTorch's update_bn does, are those of the average.
    @Test
    void restoreBringsBuffersBack() {
        try (Sequential module = normalized();
                FloatMatrix x = RandomTables.floats(random, 7, 5);
                WeightAverage average = WeightAverage.exponential(module, 0.5)) {
            module.forward(x);
            average.update();
            module.forward(x);
            RandomTables.fill(module.parameters().get(0).value(), random);
            average.update();
            List<int[]> before = state(module);
            assertEquals(6, average.averages().size());
            average.apply();
            assertEquals(2, module.namedBuffers().get("1.num_batches_tracked").count());
            assertArrayEquals(before.get(4), state(module).get(4), "the mean stays that of the module");
            module.forward(x);
            assertEquals(3, module.namedBuffers().get("1.num_batches_tracked").count());
            average.restore();
            assertSameState(before, module);
        }
    }

    @Test
    void buffersAreAveragedIfAsked() {
        try (Sequential module = normalized(); WeightAverage average = WeightAverage.equal(module).useBuffers(true)) {
            FloatMatrix mean = module.namedBuffers().get("1.running_mean").value();
            assertEquals(8, average.averages().size());
            float sum = 0;
            for (int update = 0; update < 4; update++) {
                mean.set(0, 3, update * update);
                sum += update * update;
                module.namedBuffers().get("1.num_batches_tracked").count(update + 10);
                average.update();
            }
            List<int[]> before = state(module);
            average.apply();
            assertEquals(sum / 4, mean.get(0, 3), 1e-6);
            assertEquals(0, mean.get(0, 2));
            assertEquals(13, module.namedBuffers().get("1.num_batches_tracked").count());
            average.restore();
            assertSameState(before, module);
            assertMessage(IllegalStateException.class,
                    "WeightAverage.useBuffers: there was an update already; set it before",
                    () -> average.useBuffers(false));
        }
        try (WeightAverage none = WeightAverage.equal(net).useBuffers(true)) {
            assertEquals(4, none.averages().size());
            assertEquals(4, none.useBuffers(false).averages().size());
        }
    }

    @Test
    void goesOnFromSavedAverages() {
        try (WeightAverage through = WeightAverage.equal(parameters);
                WeightAverage resumed = WeightAverage.equal(parameters)) {
            through.update();
            RandomTables.fill(parameters.get(0).value(), random);
            through.update();
            resumed.load(through.averages(), through.count());
            RandomTables.fill(parameters.get(0).value(), random);
            through.update();
            resumed.update();
            for (int i = 0; i < 4; i++) {
                RandomTables.assertSameBits(through.averages().get(i), resumed.averages().get(i), "average " + i);
            }
            assertMessage(IllegalArgumentException.class,
                    "WeightAverage.load: 1 matrices after 2 updates given, expected 4",
                    () -> resumed.load(through.averages().subList(0, 1), 2));
            assertMessage(IllegalArgumentException.class, "WeightAverage.load: FloatMatrix (1, 3) given for parameter"
                    + " 0, expected FloatMatrix (20, 5)", () -> resumed.load(through.averages().reversed(), 2));
        }
    }

    @Test
    void refused() {
        assertMessage(IllegalArgumentException.class, "WeightAverage: decay is 1.5, expected 0 to 1",
                () -> WeightAverage.exponential(parameters, 1.5));
        assertMessage(IllegalArgumentException.class,
                "WeightAverage: the list of parameters is empty, expected at least one",
                () -> WeightAverage.equal(List.of()));
        WeightAverage average = WeightAverage.equal(parameters);
        assertMessage(IllegalStateException.class, "WeightAverage.apply: there was no update yet", average::apply);
        average.close();
        average.close();
    }
}
