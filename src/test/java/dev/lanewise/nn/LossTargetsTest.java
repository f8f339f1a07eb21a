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
import dev.lanewise.memory.Table;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Losses of logits that are written down: a layer without bias whose weight is the identity returns its input.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class LossTargetsTest {
    private static Linear identity(int size) {
        Linear net = new Linear(size, size, false);
        for (int r = 0; r < size; r++) {
            for (int c = 0; c < size; c++) {
                net.weight().value().set(r, c, r == c ? 1 : 0);
            }
        }
        return net;
    }

    /// The loss of each row of logits, given as biases because 0 times an infinity would be NaN.
    private static float[] crossEntropies(float[][] logits, int... labels) {
        float[] losses = new float[logits.length];
        for (int r = 0; r < logits.length; r++) {
            try (Linear net = new Linear(1, logits[r].length);
                    FloatMatrix x = FloatMatrix.allocate(1, 1);
                    ClassLabels y = ClassLabels.copyOf(labels[r])) {
                net.bias().value().setRow(0, logits[r]);
                losses[r] = new CrossEntropyLoss(Reduction.NONE).of(net.forward(x), y).values()[0];
            }
        }
        return losses;
    }

    @Test
    void edgeCasesOfCrossEntropy() {
        float inf = Float.POSITIVE_INFINITY;
        assertArrayEquals(new float[]{0, 1e4f, 2e4f},
                crossEntropies(new float[][]{{1e4f, 0, -1e4f}, {1e4f, 0, -1e4f}, {1e4f, 0, -1e4f}}, 0, 1, 2));
        assertArrayEquals(new float[]{0, 104, 87.5f},
                crossEntropies(new float[][]{{104, 0}, {104, 0}, {0, -87.5f}}, 0, 1, 1));
        assertArrayEquals(new float[]{inf, 0, inf, 3e38f}, crossEntropies(
                new float[][]{{-inf, 5}, {-inf, 5}, {3e38f, -3e38f, 0}, {3e38f, -3e38f, 0}}, 0, 1, 1, 2));
        assertArrayEquals(new float[]{Float.NaN, Float.NaN, Float.NaN, 0},
                crossEntropies(new float[][]{{-inf, -inf}, {inf, 0}, {Float.NaN, 0}, {1000, 0}}, 0, 1, 1, 0));
        float[] equal = crossEntropies(new float[][]{{3e38f, 3e38f, 3e38f, 3e38f}, {7, 7, 7, 7}}, 0, 3);
        assertEquals((float) Math.log(4), equal[0], 1.2e-7f);
        assertEquals(equal[0], equal[1]);
    }

    @Test
    void aShiftOfTheLogitsChangesNothing() {
        float[] shifted = crossEntropies(new float[][]{{-10000, -9999, -9998}, {0, 1, 2}, {10000, 10001, 10002}}, 1, 1,
                1);
        assertEquals(shifted[1], shifted[0]);
        assertEquals(shifted[1], shifted[2]);
    }

    /// The gradient of the bias of a batch of one row is that row of the gradient of the logits.
    @Test
    void rowsOfTheGradientOfCrossEntropySumToZero() {
        SplittableRandom random = RandomTables.random(25);
        for (int classes : new int[]{2, 3, 10, 16, 17, 33}) {
            try (Linear net = new Linear(1, classes);
                    FloatMatrix x = FloatMatrix.allocate(1, 1);
                    ClassLabels y = RandomTables.labels(random, 1, classes);
                    FloatMatrix p = RandomTables.probabilities(random, 1, classes)) {
                for (float size : new float[]{0.1f, 1, 10, 100}) {
                    for (int c = 0; c < classes; c++) {
                        net.bias().value().set(0, c, size * (float) random.nextDouble(-1, 1));
                    }
                    for (Table target : List.of(y, p)) {
                        net.zeroGrad();
                        new CrossEntropyLoss().of(net.forward(x), target).backward();
                        double sum = 0;
                        for (float g : net.bias().grad().row(0)) {
                            sum += g;
                        }
                        assertEquals(0, sum, classes * 0x1p-23, classes + " classes, logits up to " + size);
                    }
                }
            }
        }
    }

    @Test
    void aRowOfNaNSpoilsThatRowOnly() {
        try (Linear net = identity(3);
                FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1, 2, 3}, {Float.NaN, 2, 3}, {1, 2, 3}});
                ClassLabels y = ClassLabels.copyOf(2, 2, 2)) {
            Loss l = new CrossEntropyLoss(Reduction.NONE).of(net.forward(x), y);
            float[] values = l.values();
            assertTrue(Float.isNaN(values[1]));
            assertEquals(values[0], values[2]);
            assertEquals(0.40760598f, values[0], 1e-7f);
            assertTrue(Double.isNaN(l.mean().value()));
        }
    }

    @Test
    void oneClassHasNoLossAndNoGradient() {
        try (Linear net = identity(1);
                FloatMatrix x = FloatMatrix.copyOf(new float[][]{{5}, {-3}});
                ClassLabels y = ClassLabels.copyOf(0, 0)) {
            Loss l = new CrossEntropyLoss().of(net.forward(x), y);
            assertEquals(0, l.value());
            l.backward();
            assertEquals(0f, net.weight().grad().get(0, 0));
        }
    }

    @Test
    void oneClassShowsTheLossOfEachRow() {
        try (Linear net = identity(1);
                FloatMatrix x = FloatMatrix.copyOf(new float[][]{{5}, {Float.NaN}, {3}});
                ClassLabels y = ClassLabels.copyOf(0, 0, 0)) {
            assertArrayEquals(new float[]{0, Float.NaN, 0},
                    new CrossEntropyLoss(Reduction.NONE).of(net.forward(x), y).values());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE, 16_777_217})
    void labelsOutOfRange(int label) {
        try (Linear net = identity(3);
                FloatMatrix x = FloatMatrix.allocate(4, 3);
                ClassLabels y = ClassLabels.copyOf(0, 2, label, 1);
                NativeBuffer index = NativeBuffer.allocate("index", 8)) {
            String message = "CrossEntropyLoss: label of row 2 is " + label
                    + ", expected 0 to 2 because there are 3 outputs, or -100 (ignoreIndex) for a row that does not count";
            CrossEntropyLoss loss = new CrossEntropyLoss();
            assertMessage(IllegalArgumentException.class, message, () -> loss.of(net.forward(x), y));
            index.segment().setAtIndex(ValueLayout.JAVA_INT, 1, 2);
            Rows picked = new Rows(y, 0, 0);
            picked.moveTo(index.segment(), 0, 2);
            assertMessage(IllegalArgumentException.class, message,
                    () -> loss.of(net.forward(new Rows(x, 0, 2)), picked));
            assertTrue(loss.of(net.forward(new Rows(x, 0, 2)), new Rows(y, 0, 2)).value() > 0, "others are fine");
        }
    }

    @Test
    void targetsOfAnotherShape() {
        try (Linear net = identity(1);
                FloatMatrix x = FloatMatrix.allocate(4, 1);
                FloatMatrix fewer = FloatMatrix.allocate(3, 1);
                FloatMatrix wider = FloatMatrix.allocate(4, 4);
                ClassLabels labels = ClassLabels.allocate(3)) {
            Output output = net.forward(x);
            assertMessage(IllegalArgumentException.class,
                    "MSELoss: predictions have 4 rows, targets have 3; expected the same number",
                    () -> new MSELoss().of(output, fewer));
            assertMessage(IllegalArgumentException.class, "HalfSquaredLoss: predictions are (4, 1), targets are (4, 4);"
                    + " expected the same shape, nothing is broadcast", () -> new HalfSquaredLoss().of(output, wider));
            assertMessage(IllegalArgumentException.class,
                    "CrossEntropyLoss: predictions are (4, 1), targets are (4, 4);"
                            + " expected the same shape, nothing is broadcast",
                    () -> new CrossEntropyLoss().of(output, wider));
            assertMessage(IllegalArgumentException.class,
                    "CrossEntropyLoss: predictions have 4 rows, targets have 3; expected the same number",
                    () -> new CrossEntropyLoss().of(output, labels));
        }
    }

    @Test
    void classesAsFloatsAreNoTargetsOfClasses() {
        try (Linear net = identity(3);
                FloatMatrix x = FloatMatrix.allocate(2, 3);
                FloatMatrix classes = FloatMatrix.column(0, 2)) {
            assertMessage(IllegalArgumentException.class,
                    "CrossEntropyLoss: predictions are (2, 3), targets are floats, one to a row; expected class labels"
                            + " (ClassLabels), or rows of 3 probabilities",
                    () -> new CrossEntropyLoss().of(net.forward(x), classes));
        }
    }

    @Test
    void labelsAreNoTargetsOfARegression() {
        try (Linear net = identity(1);
                FloatMatrix x = FloatMatrix.allocate(2, 1);
                ClassLabels labels = ClassLabels.allocate(2)) {
            assertMessage(IllegalArgumentException.class,
                    "MSELoss: targets are class labels, expected rows of floats (FloatMatrix); for classes use"
                            + " CrossEntropyLoss",
                    () -> new MSELoss().of(net.forward(x), labels));
        }
    }
}
