// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.optim.SGD;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class BatchNormTest {
    private static float[] column(Output output, int c) {
        float[] values = new float[output.count()];
        for (int r = 0; r < values.length; r++) {
            values[r] = output.matrix().get(r, c);
        }
        return values;
    }

    private static float[] values(Buffer buffer) {
        return buffer.value().row(0);
    }

    /// What float32 means and variances would lose: see the semantics of batch norm.
    @Test
    void offsetsCostNothing() {
        float[][] x = {{1e6f, 7, 0, 1e37f}, {1e6f + 1, 7, 0, 1e37f}, {1e6f + 2, 7, 1e-20f, -1e37f}};
        try (FloatMatrix rows = FloatMatrix.copyOf(x); BatchNorm1d norm = new BatchNorm1d(4)) {
            Output y = norm.forward(rows);
            float root = (float) (1 / Math.sqrt(2.0 / 3 + 1e-5f));
            assertArrayEquals(new float[]{-root, 0, root}, column(y, 0), 1e-7f);
            assertArrayEquals(new float[]{0, 0, 0}, column(y, 1));
            assertArrayEquals(new float[]{0.70710677f, 0.70710677f, -1.4142135f}, column(y, 3), 2e-7f);
            assertArrayEquals(new float[]{(float) (0.1 * 1000001), 0.7f}, Arrays.copyOf(values(norm.runningMean()), 2),
                    0.004f);
            assertArrayEquals(new float[]{1, 0.9f}, Arrays.copyOf(values(norm.runningVar()), 2), 1e-6f);
        }
    }

    @Test
    void runningStatisticsAreThoseOfPyTorch() {
        float[][] batches = {{1, 2, 6}, {-1, 0.5f}, {4, 4, 4, 8}};
        double[] means = {3, -0.25, 5};
        double[] variances = {7, 1.125, 4};
        try (BatchNorm1d momentum = new BatchNorm1d(1).momentum(0.25f);
                BatchNorm1d cumulative = new BatchNorm1d(1).momentum(null)) {
            double mean = 0;
            double variance = 1;
            for (int i = 0; i < 3; i++) {
                try (FloatMatrix x = FloatMatrix.copyOf(batches[i], batches[i].length, 1)) {
                    momentum.forward(x);
                    cumulative.forward(x);
                }
                mean = 0.75 * mean + 0.25 * means[i];
                variance = 0.75 * variance + 0.25 * variances[i];
                assertEquals(mean, values(momentum.runningMean())[0], 1e-6);
                assertEquals(variance, values(momentum.runningVar())[0], 1e-6);
                assertEquals(Arrays.stream(means, 0, i + 1).average().orElseThrow(),
                        values(cumulative.runningMean())[0], 1e-6);
                assertEquals(Arrays.stream(variances, 0, i + 1).average().orElseThrow(),
                        values(cumulative.runningVar())[0], 1e-6);
                assertEquals(i + 1, cumulative.numBatchesTracked().count());
            }
        }
    }

    @Test
    void evaluationUsesRunningStatisticsRowByRow() {
        SplittableRandom random = RandomTables.random(90);
        try (FloatMatrix x = RandomTables.floats(random, 300, 18); BatchNorm1d norm = new BatchNorm1d(18)) {
            norm.forward(x);
            norm.eval();
            float[] mean = values(norm.runningMean());
            float[] variance = values(norm.runningVar());
            float[][] all = norm.forward(x).matrix().toArray();
            for (int r = 0; r < 300; r++) {
                assertArrayEquals(all[r], norm.forward(new Rows(x, r, 1)).matrix().row(0));
                for (int c = 0; c < 18; c++) {
                    assertEquals((x.get(r, c) - mean[c]) / Math.sqrt(variance[c] + 1e-5f), all[r][c], 1e-6);
                }
            }
            assertArrayEquals(mean, values(norm.runningMean()));
            assertArrayEquals(variance, values(norm.runningVar()));
            assertEquals(1, norm.numBatchesTracked().count());
        }
    }

    @Test
    void oneRowIsTooFewToTrain() {
        try (FloatMatrix x = FloatMatrix.allocate(3, 5);
                Sequential net = new Sequential(new Dropout(), new BatchNorm1d(5));
                BatchNorm1d untracked = new BatchNorm1d(5, 1e-5f, 0.1f, true, false)) {
            net.forward(x);
            assertMessage(IllegalArgumentException.class, "BatchNorm1d.forward: input is (1, 5), expected two rows or"
                    + " more in training mode; call eval() to predict one row, or leave out the short batch",
                    () -> net.forward(new Rows(x, 0, 1)));
            assertEquals(1, ((Dropout) net.get(0)).forwards());
            assertEquals(1, ((BatchNorm1d) net.get(1)).numBatchesTracked().count());
            assertEquals(1, net.eval().forward(new Rows(x, 0, 1)).count());
            untracked.eval();
            assertMessage(IllegalArgumentException.class, "BatchNorm1d.forward: input is (1, 5), expected two rows or"
                    + " more because the layer has no running statistics", () -> untracked.forward(new Rows(x, 0, 1)));
            assertEquals(3, untracked.forward(x).count());
            assertNull(untracked.runningMean());
        }
    }

    /// As first layer, with rows by index, and bytes.
    @Test
    void takesTheDataAsItComes() {
        SplittableRandom random = RandomTables.random(91);
        ByteMatrix bytes = ByteMatrix.allocate(700, 20, 1f / 255f);
        for (int i = 0; i < 700 * 20; i++) {
            bytes.setByte(i / 20, i % 20, random.nextInt(256));
        }
        try (bytes;
                NativeBuffer index = RandomTables.index(random, 600, 700);
                FloatMatrix plain = FloatMatrix.allocate(600, 20);
                FloatMatrix y = RandomTables.floats(random, 600, 3);
                Sequential byIndex = new Sequential(new BatchNorm1d(20), new Linear(20, 3)).init(1);
                Sequential copied = new Sequential(new BatchNorm1d(20), new Linear(20, 3)).init(1)) {
            Rows x = new Rows(bytes, 0, 0);
            x.moveTo(index.segment(), 0, 600);
            for (int r = 0; r < 600; r++) {
                int row = index.segment().getAtIndex(java.lang.foreign.ValueLayout.JAVA_INT, r);
                for (int c = 0; c < 20; c++) {
                    plain.set(r, c, bytes.get(row, c));
                }
            }
            for (Sequential net : List.of(byIndex, copied)) {
                SGD sgd = new SGD(net.parameters(), 0.1f);
                for (int step = 0; step < 2; step++) {
                    net.trainStep(net == byIndex ? x : plain.all(), y.all(), new MSELoss(), sgd, StepCheck.NONE);
                }
            }
            NormThreadsTest.assertSameState(copied, byIndex, "by index");
        }
    }

    @Test
    void aPreventedStepHasMovedTheStatistics() {
        try (FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1}, {3}}); BatchNorm1d norm = new BatchNorm1d(1)) {
            assertThrows(IllegalStateException.class, () -> norm.trainStep(x.all(), x.all(), new MSELoss(),
                    new SGD(norm.parameters(), 0.1f), loss -> {
                        throw new IllegalStateException("no");
                    }));
            assertEquals(0.2f, values(norm.runningMean())[0]);
            assertEquals(1, norm.weight().value().get(0, 0));
        }
    }

    @Test
    void buffersMoveWithTheirLayerAndStartAnew() {
        try (FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1, 2}, {3, 4}})) {
            BatchNorm1d norm = new BatchNorm1d(2);
            norm.forward(x);
            try (Sequential net = new Sequential(norm, new LayerNorm(2))) {
                net.forward(x);
                assertEquals(2, norm.numBatchesTracked().count());
                assertEquals(List.of("0.weight", "0.bias", "0.running_mean", "0.running_var", "0.num_batches_tracked",
                        "1.weight", "1.bias"), List.copyOf(net.namedState().keySet()));
                assertEquals(List.of("0.running_mean", "0.running_var", "0.num_batches_tracked"),
                        List.copyOf(net.namedBuffers().keySet()));
                assertEquals(4, net.parameters().size());
                assertTrue(net.bytesOffHeap() > 0);
                net.init(5);
                assertArrayEquals(new float[]{0, 0}, values(norm.runningMean()));
                assertArrayEquals(new float[]{1, 1}, values(norm.runningVar()));
                assertEquals(0, norm.numBatchesTracked().count());
                assertArrayEquals(new float[]{1, 1}, norm.weight().value().row(0));
                assertArrayEquals(new float[]{0, 0}, norm.bias().value().row(0));
            }
            assertThrows(IllegalStateException.class, () -> norm.runningMean().value());
        }
    }

    @Test
    void countersHaveSixtyFourBits() {
        try (BatchNorm1d norm = new BatchNorm1d(1)) {
            Buffer counter = norm.numBatchesTracked();
            for (long n : new long[]{0, 1, -1, 0xFFFF_FFFFL, 1L << 32, Long.MIN_VALUE}) {
                counter.count(n);
                assertEquals(n, counter.count());
            }
            assertMessage(IllegalStateException.class, "Buffer.count: running_mean (1) is no counter; see value",
                    () -> norm.runningMean().count());
        }
    }

    @Test
    void settingsAreCheckedAndPrintedAsInPyTorch() {
        assertMessage(IllegalArgumentException.class, "BatchNorm1d: number of features is 0, expected at least 1",
                () -> new BatchNorm1d(0));
        assertMessage(IllegalArgumentException.class, "LayerNorm: eps is -1.0, expected a finite number of at least 0",
                () -> new LayerNorm(1, -1, true, true));
        assertMessage(IllegalArgumentException.class, "BatchNorm1d: momentum is NaN, expected a finite number of at"
                + " least 0, or null for the average of all batches", () -> new BatchNorm1d(1).momentum(Float.NaN));
        assertEquals("BatchNorm1d(5, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
                new BatchNorm1d(5).toString());
        assertEquals("BatchNorm1d(12, eps=0.001, momentum=None, affine=False, track_running_stats=False)",
                new BatchNorm1d(12, 1e-3f, null, false, false).toString());
        assertEquals("BatchNorm1d(1, eps=1.5e-07, momentum=1.0, affine=True, track_running_stats=True)",
                new BatchNorm1d(1).eps(1.5e-7f).momentum(1f).toString());
        assertEquals("LayerNorm((7,), eps=1e-05, elementwise_affine=True)", new LayerNorm(7).toString());
        assertEquals("LayerNorm((7,), eps=0.0, elementwise_affine=True, bias=False)",
                new LayerNorm(7, 0, true, false).toString());
        assertEquals("LayerNorm((7,), eps=1e-05, elementwise_affine=False)",
                new LayerNorm(7, 1e-5f, false, true).toString());
        assertMessage(IllegalArgumentException.class,
                "LayerNorm.forward: input is (2, 3), expected (2, 7) because the layer has 7 features", () -> {
                    try (FloatMatrix x = FloatMatrix.allocate(2, 3); LayerNorm norm = new LayerNorm(7)) {
                        norm.forward(x);
                    }
                });
    }

    @Test
    void layerNormOfRowsWithOffsets() {
        float[][] rows = {{1e6f, 1e6f + 1, 1e6f + 2}, {7, 7, 7}, {1e37f, 1e37f, -1e37f},
                {Float.NaN, 1, 2}, {0, 1, 2}};
        try (FloatMatrix x = FloatMatrix.copyOf(rows); LayerNorm norm = new LayerNorm(3)) {
            FloatMatrix y = norm.forward(x).matrix();
            for (int r : new int[]{0, 1, 2, 4}) {
                double[] expected = DoubleTwin.standardized(new double[]{rows[r][0], rows[r][1], rows[r][2]}, 1e-5f);
                for (int c = 0; c < 3; c++) {
                    assertEquals(expected[c], y.get(r, c), 3e-7);
                }
            }
            assertTrue(Float.isNaN(y.get(3, 1)));
        }
    }
}
