// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class CustomLayerTest {
    private static final int ROWS = 700;
    private static final int IN = 37;
    private static final int CLASSES = 4;

    private final SplittableRandom random = RandomTables.random(81);

    /// Custom layers in front, behind a wide layer and behind a narrow one.
    private static Sequential net() {
        return new Sequential(new Scale(IN), new Linear(IN, 40), new Scale(40), new ReLU(), new Linear(40, CLASSES),
                new Scale(CLASSES)).init(5);
    }

    private static int[] bits(Module net) {
        return net.parameters().stream().flatMapToInt(p -> Arrays.stream(RandomTables.bits(p.value()))).toArray();
    }

    /// Bits after steps of each kind; `fused` is which comes first.
    private static int[] train(Sequential net, Rows x, Rows y, boolean fused) {
        CrossEntropyLoss loss = new CrossEntropyLoss();
        SGD sgd = new SGD(net.parameters(), 0.05f).momentum(0.9f);
        for (int step = 0; step < 4; step++) {
            if (fused) {
                net.trainStep(x, y, loss, sgd, StepCheck.NONE);
            } else {
                Loss computed = loss.of(net.forward(x), y);
                sgd.zeroGrad();
                computed.backward();
                sgd.step();
            }
        }
        return bits(net);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7})
    void trainsToTheSameBitsForAnyNumberOfThreadsFusedOrNot(int threads) {
        try (FloatMatrix features = RandomTables.floats(random, ROWS, IN);
                ClassLabels targets = ClassLabels.copyOf(random.ints(ROWS, 0, CLASSES).toArray());
                NativeBuffer index = RandomTables.index(random, ROWS, ROWS);
                Sequential alone = net();
                Sequential together = net();
                Sequential written = net()) {
            Rows x = new Rows(features, 0, 0);
            Rows y = new Rows(targets, 0, 0);
            x.moveTo(index.segment(), 0, ROWS);
            y.moveTo(index.segment(), 0, ROWS);
            int[] expected = train(alone, x, y, true);
            together.threads(threads);
            written.threads(threads);
            assertArrayEquals(expected, train(together, x, y, true));
            assertArrayEquals(expected, train(written, x, y, false));
        }
    }

    @Test
    void readsRowsFromTheMiddleOfAMatrixAsRowsOfTheirOwn() {
        try (FloatMatrix features = RandomTables.floats(random, 9, IN); Scale layer = new Scale(IN)) {
            layer.getParameter("shift").fill(0.5f);
            Output output = layer.forward(new Rows(features, 4, 3));
            assertEquals(3, output.count());
            for (int c = 0; c < IN; c++) {
                assertEquals(features.get(5, c) + 0.5f, output.get(1, c));
            }
        }
    }

    @Test
    void aFactorOfOneWithoutShiftChangesNoBit() {
        try (FloatMatrix features = RandomTables.floats(random, 40, IN);
                ClassLabels targets = ClassLabels.copyOf(random.ints(40, 0, CLASSES).toArray());
                Sequential plain = Sequential.named().add("linear", new Linear(IN, CLASSES)).build().init(1);
                Sequential scaled = Sequential.named().add("linear", new Linear(IN, CLASSES))
                        .add("scale", new Scale(CLASSES)).build().init(1)) {
            scaled.get("scale").requiresGrad(false).getParameter("shift").fill(0);
            CrossEntropyLoss loss = new CrossEntropyLoss();
            for (Sequential net : List.of(plain, scaled)) {
                net.trainStep(features.all(), targets.all(), loss, new SGD(net.parameters(), 0.1f), StepCheck.NONE);
            }
            assertArrayEquals(bits(plain), bits(scaled.get("linear")));
        }
    }

    @Test
    void initialisesAsItsOwnMethodSays() {
        try (Scale layer = new Scale(4)) {
            assertArrayEquals(new float[]{1, 1, 1, 1}, layer.getParameter("factor").value().row(0));
            layer.getParameter("factor").fill(3);
            layer.init(7);
            assertArrayEquals(new float[]{1, 1, 1, 1}, layer.getParameter("factor").value().row(0));
            float[] shift = layer.getParameter("shift").value().row(0);
            for (float value : shift) {
                assertTrue(Math.abs(value) <= 0.5f && value != 0, Arrays.toString(shift));
            }
            assertEquals("Scale()", layer.toString());
        }
    }

    /// A layer whose constructor does what it is told.
    private static final class Odd extends CustomLayer {
        Odd(String name, int rows, int cols) {
            addParameter("first", 2);
            addParameter(name, rows, cols);
        }

        Odd late() {
            addParameter("late", 1);
            return this;
        }

        @Override
        public int outFeatures(int inFeatures) {
            return inFeatures - 2;
        }

        @Override
        protected void forward(FloatMatrix x, FloatMatrix y, int first, int rows) {
            for (int r = first; r < first + rows; r++) {
                y.set(r, 0, x.get(r, 0));
            }
        }

        @Override
        protected void backward(FloatMatrix dX, FloatMatrix dY, FloatMatrix x, FloatMatrix y, int first, int rows) {
            throw new AssertionError("nobody needs dX");
        }
    }

    @Test
    void mistakesAreNamed() {
        assertMessage(IllegalArgumentException.class,
                "Odd(): the parameter name 'first' is given twice, expected distinct names without points",
                () -> new Odd("first", 1, 1));
        assertMessage(IllegalArgumentException.class,
                "Odd(): the parameter name 'a.b' is empty or has a point, expected distinct names without points",
                () -> new Odd("a.b", 1, 1));
        assertMessage(IllegalArgumentException.class, "Odd(): parameter w is (0, 3), expected both to be at least 1",
                () -> new Odd("w", 0, 3));
        try (Odd odd = new Odd("w", 1, 1);
                FloatMatrix narrow = FloatMatrix.allocate(1, 2);
                FloatMatrix x = FloatMatrix.allocate(1, 3);
                FloatMatrix y = FloatMatrix.allocate(1, 1)) {
            assertMessage(IllegalArgumentException.class, "Odd(): outFeatures(2) is 0, expected at least 1",
                    () -> odd.forward(narrow));
            Loss loss = new MSELoss().of(odd.forward(x), y);
            assertMessage(IllegalStateException.class,
                    "Odd() has the parameter first (2), but no gradient for it; override parameterGradient",
                    loss::backward);
            assertMessage(IllegalStateException.class,
                    "Odd(): parameter late comes too late, expected all parameters to be added in the constructor",
                    odd::late);
        }
    }
}
