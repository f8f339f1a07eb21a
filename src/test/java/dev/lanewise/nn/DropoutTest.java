// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class DropoutTest {
    private static final int ROWS = 37;
    private static final int COLS = 21;

    private final FloatMatrix x = RandomTables.floats(RandomTables.random(70), ROWS, COLS);

    @AfterEach
    void close() {
        x.close();
    }

    private float[][] forward(Module net) {
        return copy(net.forward(x));
    }

    private static float[][] copy(Output output) {
        float[][] rows = new float[output.count()][output.cols()];
        for (int r = 0; r < rows.length; r++) {
            for (int c = 0; c < rows[r].length; c++) {
                rows[r][c] = output.get(r, c);
            }
        }
        return rows;
    }

    @Test
    void keptValuesAreScaledAndTheOthersZero() {
        Dropout dropout = new Dropout(0.2f).seed(5);
        try (Sequential net = new Sequential(dropout)) {
            float[][] y = forward(net);
            for (int r = 0; r < ROWS; r++) {
                for (int c = 0; c < COLS; c++) {
                    assertEquals(DoubleTwin.keeps(dropout, 0, r, c) ? x.get(r, c) * 1.25f : 0f, y[r][c]);
                }
            }
        }
    }

    @Test
    void everyTrainingForwardHasItsOwnMask() {
        Dropout dropout = new Dropout();
        try (Sequential net = new Sequential(dropout)) {
            float[][] first = forward(net);
            assertEquals(1, dropout.forwards());
            float[][] second = forward(net);
            assertFalse(Arrays.deepEquals(first, second));
            dropout.forwards(0);
            assertArrayEquals(first, forward(net));
            assertArrayEquals(second, forward(net));
            assertEquals(2, dropout.forwards());
            dropout.forwards(0).seed(1);
            assertFalse(Arrays.deepEquals(first, forward(net)));
        }
    }

    @Test
    void layersHaveMasksOfTheirOwn() {
        try (Sequential two = new Sequential(new Dropout(), new Dropout());
                Sequential one = new Sequential(new Dropout())) {
            float[][] once = forward(one);
            float[][] twice = forward(two);
            int survived = 0;
            int kept = 0;
            for (int r = 0; r < ROWS; r++) {
                for (int c = 0; c < COLS; c++) {
                    kept += once[r][c] != 0 ? 1 : 0;
                    survived += twice[r][c] != 0 ? 1 : 0;
                }
            }
            assertEquals(ROWS * COLS / 2.0, kept, 70); // five standard deviations
            assertEquals(ROWS * COLS / 4.0, survived, 61);
        }
    }

    @Test
    void evaluationChangesNothingAndCountsNothing() {
        Dropout dropout = new Dropout(0.9f);
        try (Sequential net = new Sequential(dropout)) {
            net.eval();
            assertArrayEquals(x.toArray(), forward(net));
            assertEquals(0, dropout.forwards());
            net.train();
            float[][] trained = forward(net);
            try (Sequential other = new Sequential(new Dropout(0.9f))) {
                assertArrayEquals(trained, forward(other), "as if it had never been evaluated");
            }
        }
    }

    @Test
    void initBeginsAnew() {
        Dropout dropout = new Dropout();
        try (Sequential net = new Sequential(new Linear(COLS, 40), dropout)) {
            net.init(9);
            float[][] first = forward(net);
            assertEquals(9, dropout.seed());
            assertEquals(1, dropout.forwards());
            net.init(9);
            assertArrayEquals(first, forward(net));
        }
    }

    @Test
    void gradientsUseTheMaskOfTheirForwardWhateverHappensBetween() {
        Dropout dropout = new Dropout();
        try (Sequential net = new Sequential(new Linear(COLS, COLS), dropout)) {
            Parameter bias = net.parameters().get(1);
            Loss loss = new MSELoss(Reduction.SUM).of(net.forward(x), x);
            float[][] y = copy(loss.prediction());
            forward(net);
            dropout.seed(77).forwards(12);
            net.eval();
            loss.backward();
            for (int c = 0; c < COLS; c++) {
                double sum = 0;
                for (int r = 0; r < ROWS; r++) {
                    sum += y[r][c] == 0 ? 0 : 4.0 * (y[r][c] - x.get(r, c));
                }
                assertEquals(sum, bias.grad().get(0, c), 1e-4);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void threadsChangeNoBit(int threads) {
        try (Sequential one = new Sequential(new Linear(COLS, 512), new ReLU(), new Dropout());
                Sequential several = new Sequential(new Linear(COLS, 512), new ReLU(), new Dropout())) {
            one.init(3);
            several.init(3).threads(threads);
            assertArrayEquals(forward(one), forward(several));
        }
    }

    @Test
    void rowsOfATableByIndexOrFromTheMiddle() {
        try (Sequential net = new Sequential(new Dropout(0)); Sequential relu = new Sequential(new ReLU())) {
            float[][] middle = copy(net.forward(new Rows(x, 5, 9)));
            for (int r = 0; r < middle.length; r++) {
                assertArrayEquals(x.toArray()[5 + r], middle[r]);
            }
            float[][] rectified = copy(relu.forward(new Rows(x, 5, 9)));
            assertEquals(Math.max(0, x.get(5, 0)), rectified[0][0]);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, 1.1f, Float.NaN, Float.POSITIVE_INFINITY})
    void probabilitiesThatAreNone(float p) {
        assertMessage(IllegalArgumentException.class, "Dropout: p is " + p + ", expected a probability from 0 to 1",
                () -> new Dropout(p));
    }

    @Test
    void aNegativeNumberOfForwards() {
        assertMessage(IllegalArgumentException.class, "Dropout.forwards: -1 given, expected at least 0",
                () -> new Dropout().forwards(-1));
    }

    @Test
    void layersSayWhatTheyAre() {
        try (Sequential net = new Sequential(new ReLU(), new Sigmoid(), new Tanh(), new Dropout(0.25f))) {
            assertEquals("Sequential(ReLU(), Sigmoid(), Tanh(), Dropout(p=0.25))", net.toString());
            assertEquals(0.5f, new Dropout().p());
            assertEquals(12, net.outFeatures(12));
            assertEquals(0, net.parameters().size());
        }
    }
}
