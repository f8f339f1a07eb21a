// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings, weights of rows, penalties and losses of a user's own.
@ExtendWith({NoLeak.class, RandomTables.class})
class LossOptionsTest {
    private final SplittableRandom random = RandomTables.random(95);
    private final FloatMatrix x = RandomTables.floats(random, 6, 5);
    private final FloatMatrix y = RandomTables.floats(random, 6, 3);
    private final ClassLabels labels = RandomTables.labels(random, 6, 3);
    private final Linear net = new Linear(5, 3).init(1);

    @AfterEach
    void close() {
        x.close();
        y.close();
        labels.close();
        net.close();
    }

    private static void assertRefused(String message, Runnable call) {
        assertMessage(IllegalArgumentException.class, message, call::run);
    }

    @Test
    void settingsOutOfRange() {
        assertRefused("CrossEntropyLoss: labelSmoothing is 1.5, expected 0 to 1",
                () -> new CrossEntropyLoss().labelSmoothing(1.5f));
        assertRefused("CrossEntropyLoss: labelSmoothing is NaN, expected 0 to 1",
                () -> new CrossEntropyLoss().labelSmoothing(Float.NaN));
        assertRefused("NLLLoss: weight of class 1 is -1.0, expected a finite number of at least 0",
                () -> new NLLLoss().weight(1, -1));
        assertRefused("MultiMarginLoss: no weight given, expected one for each output",
                () -> new MultiMarginLoss().weight());
        assertRefused("MultiMarginLoss: p is 3, expected 1 or 2", () -> new MultiMarginLoss().p(3));
        assertRefused("MultiMarginLoss: margin is NaN, expected a finite number",
                () -> new MultiMarginLoss().margin(Float.NaN));
        assertRefused("HingeLoss: margin is Infinity, expected a finite number",
                () -> new HingeLoss().margin(Float.POSITIVE_INFINITY));
        assertRefused("SmoothL1Loss: beta is -1.0, expected a finite number of at least 0",
                () -> new SmoothL1Loss().beta(-1));
        assertRefused("HuberLoss: delta is 0.0, expected a finite number above 0", () -> new HuberLoss().delta(0));
        assertRefused("GaussianNLLLoss: eps is -1.0, expected a finite number of at least 0",
                () -> new GaussianNLLLoss().eps(-1));
        assertRefused("BCEWithLogitsLoss: posWeight 0 is NaN, expected a finite number of at least 0",
                () -> new BCEWithLogitsLoss().posWeight(Float.NaN));
        assertRefused("BCEWithLogitsLoss: no posWeight given, expected one for each output",
                () -> new BCEWithLogitsLoss().posWeight());
        assertRefused("BCELoss: no weight given, expected one for each output", () -> new BCELoss().weight());
    }

    @Test
    void targetsAndWeightsThatDoNotFit() {
        Output output = net.forward(x);
        assertRefused("CrossEntropyLoss: weight has 2 values, expected 3, one for each output",
                () -> new CrossEntropyLoss().weight(1, 2).of(output, labels));
        assertRefused("CrossEntropyLoss: weight has 2 values, expected 3, one for each output",
                () -> new CrossEntropyLoss().weight(1, 2).of(output, y));
        assertRefused("CrossEntropyLoss: ignoreIndex is 1 but targets are probabilities, which have no class to"
                + " ignore; expected class labels (ClassLabels), or rows of weight 0",
                () -> new CrossEntropyLoss().ignoreIndex(1).of(output, y));
        assertRefused("BCEWithLogitsLoss: posWeight has 2 values, expected 3, one for each output",
                () -> new BCEWithLogitsLoss().posWeight(1, 2).of(output, y));
        assertRefused("BCELoss: weight has 4 values, expected 3, one for each output",
                () -> new BCELoss().weight(1, 2, 3, 4).of(output, y));
        assertRefused("NLLLoss: targets are rows of floats (FloatMatrix), expected class labels (ClassLabels)",
                () -> new NLLLoss().of(output, y));
        assertRefused("GaussianNLLLoss: predictions are (6, 3), targets are (6, 3); expected a variance for each mean:"
                + " twice as many predictions as targets (means, variances) or twice as many targets as predictions"
                + " (targets, variances)", () -> new GaussianNLLLoss().of(output, y));
        assertRefused("GaussianNLLLoss: targets are class labels, expected rows of floats (FloatMatrix)",
                () -> new GaussianNLLLoss().of(output, labels));
        try (FloatMatrix line = FloatMatrix.allocate(1, 6)) {
            assertRefused("MSELoss: predictions have 6 rows, targets have 1; expected the same number;"
                    + " FloatMatrix.column makes a row of each value", () -> new MSELoss().of(output, line));
        }
        labels.set(4, -100);
        assertRefused("MultiMarginLoss: label of row 4 is -100, expected 0 to 2 because there are 3 outputs",
                () -> new MultiMarginLoss().of(output, labels));
        assertRefused("CrossEntropyLoss: label of row 4 is -100, expected 0 to 2 because there are 3 outputs, or -1"
                + " (ignoreIndex) for a row that does not count",
                () -> new CrossEntropyLoss().ignoreIndex(-1).of(output, labels));
        for (int i = 0; i < 18; i++) {
            y.set(i / 3, i % 3, i == 7 ? 0 : 1);
        }
        assertRefused("HingeLoss: target 1 of row 2 is 0.0, expected -1 or 1; for targets of 0 and 1 use"
                + " BCEWithLogitsLoss", () -> new HingeLoss().of(output, y));
    }

    @Test
    void lossesNameTheirSettings() {
        assertEquals("CrossEntropyLoss(MEAN, weight=[1.0, 2.0], ignoreIndex=3, labelSmoothing=0.5)",
                new CrossEntropyLoss().weight(1, 2).ignoreIndex(3).labelSmoothing(0.5f).toString());
        assertEquals("NLLLoss(SUM, ignoreIndex=0)", new NLLLoss(Reduction.SUM).ignoreIndex(0).toString());
        assertEquals("MultiMarginLoss(MEAN, p=2, margin=0.5)", new MultiMarginLoss().p(2).margin(0.5f).toString());
        assertEquals("BCEWithLogitsLoss(MEAN, weight=[2.0], posWeight=[3.0])",
                new BCEWithLogitsLoss().weight(2).posWeight(3).toString());
        assertEquals("GaussianNLLLoss(NONE, full, eps=0.1)",
                new GaussianNLLLoss(Reduction.NONE).full(true).eps(0.1f).toString());
        assertEquals("SmoothL1Loss(MEAN, beta=2.0)", new SmoothL1Loss().beta(2).toString());
        assertEquals("HuberLoss(MEAN)", new HuberLoss().toString());
        assertEquals(-100, new CrossEntropyLoss().ignoreIndex());
        assertEquals(-100, new NLLLoss().ignoreIndex());
        assertEquals(1f, new SmoothL1Loss().beta());
        assertEquals(1f, new HuberLoss().delta());
        assertEquals(1e-6f, new GaussianNLLLoss().eps());
        assertEquals(1f, new HingeEmbeddingLoss().margin());
        assertEquals(1, new MultiMarginLoss().p());
    }

    @Test
    void theMeanDividesByTheWeightsOfTheRowsThatCount() {
        int[] classes = {0, 1, 2, -100, 1, 1};
        for (int r = 0; r < 6; r++) {
            labels.set(r, classes[r]);
        }
        Loss weighted = new CrossEntropyLoss().weight(0.5f, 2, 4).of(net.forward(x), labels);
        assertEquals(0.5 + 2 + 4 + 2 + 2, weighted.divisor());
        assertEquals(weighted.total() / 10.5, weighted.value());
        assertEquals(0f, weighted.values()[3]);
        assertEquals(5, new CrossEntropyLoss().of(net.forward(x), labels).divisor());
        labels.set(3, 0);
        assertEquals(6, new MultiMarginLoss().weight(2, 2, 2).of(net.forward(x), labels).divisor());
        assertEquals(18, new BCEWithLogitsLoss().weight(2, 2, 2).of(net.forward(x), y).divisor());
    }

    @Test
    void aRowOfWeightTwoCountsTwice() {
        try (FloatMatrix weights = FloatMatrix.column(2, 0, 1, 1, 0, 3)) {
            int[] repeated = {0, 0, 2, 3, 5, 5, 5};
            for (LossFunction loss : new LossFunction[]{new MSELoss(Reduction.SUM),
                    new CrossEntropyLoss(Reduction.SUM)}) {
                Table target = loss instanceof MSELoss ? y : labels;
                Rows rows = new Rows(target, 0, 6).weights(weights);
                net.zeroGrad();
                Loss weighted = loss.of(net.forward(x), rows);
                weighted.backward();
                double value = weighted.value();
                float[][] gradient = net.weight().grad().toArray();
                net.zeroGrad();
                double sum = 0;
                for (int row : repeated) { // gradients add up
                    Loss one = loss.of(net.forward(new Rows(x, row, 1)), new Rows(target, row, 1));
                    one.backward();
                    sum += one.value();
                }
                assertEquals(sum, value, 1e-5);
                for (int r = 0; r < 3; r++) {
                    assertArrayEquals(gradient[r], net.weight().grad().row(r), 2e-6f);
                }
            }
            Loss mean = new MSELoss().of(net.forward(x), new Rows(y, 0, 6).weights(weights));
            assertEquals(18, mean.divisor());
            assertEquals(0f, mean.values()[4]);
        }
    }

    @Test
    void weightsThatDoNotFit() {
        try (FloatMatrix weights = FloatMatrix.column(1, 1, 1, -2, 1, 1);
                FloatMatrix few = FloatMatrix.column(1, 1)) {
            assertRefused("MSELoss: weight of row 3 is -2.0, expected a finite number of at least 0",
                    () -> new MSELoss().of(net.forward(x), new Rows(y, 0, 6).weights(weights)));
            assertRefused("Rows.weights: FloatMatrix (2, 1) given, expected (6, 1), a weight for each row of"
                    + " FloatMatrix (6, 3)", () -> new Rows(y, 0, 6).weights(few));
            Rows rows = new Rows(y, 0, 6).weights(weights).weights(null);
            assertEquals(new MSELoss().of(net.forward(x), y).value(), new MSELoss().of(net.forward(x), rows).value());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20, 33})
    void penaltiesAreAddedToValueAndGradient(int outputs) {
        try (Linear layer = new Linear(5, outputs).init(1);
                FloatMatrix target = RandomTables.floats(random, 6, outputs)) {
            FloatMatrix weight = layer.weight().value();
            weight.set(0, 0, 0);
            Loss plain = new MSELoss().of(layer.forward(x), target);
            double value = plain.value();
            plain.backward();
            float[][] gradient = layer.weight().grad().toArray();
            float[] bias = layer.bias().grad().row(0);
            layer.zeroGrad();
            LossFunction loss = new MSELoss().penalty(layer.parameters().subList(0, 1), 0.25f, 0.5f);
            Loss l = loss.of(layer.forward(x), target);
            l.backward();
            double penalty = 0;
            for (int r = 0; r < outputs; r++) {
                for (int c = 0; c < 5; c++) {
                    float w = weight.get(r, c);
                    penalty += 0.25 * Math.abs(w) + 0.5 * w * w;
                    assertEquals(gradient[r][c] + 0.25f * Math.signum(w) + w, layer.weight().grad().get(r, c), 1e-6f);
                }
            }
            assertEquals(penalty, l.penalty(), 1e-5);
            assertEquals(value + l.penalty(), l.value());
            assertArrayEquals(bias, layer.bias().grad().row(0));
            RandomTables.assertPaddingIsZero(layer.weight().grad(), "gradient");
            layer.zeroGrad();
            new MSELoss().of(layer.forward(x), target).backward();
            assertArrayEquals(gradient, layer.weight().grad().toArray(), "other losses have no penalty");
        }
    }

    @Test
    void penaltiesThatAreNone() {
        LossFunction loss = new MSELoss().penalty(net.parameters().subList(0, 1), 0, 1);
        assertRefused("MSELoss: parameter weight (3, 5) has a penalty already, expected one for each",
                () -> loss.penalty(net.parameters(), 0, 1));
        assertRefused("MSELoss: l1 is -1.0, expected a finite number of at least 0",
                () -> new MSELoss().penalty(net.parameters(), -1, 0));
        assertRefused("MSELoss: l2 is NaN, expected a finite number of at least 0",
                () -> new MSELoss().penalty(net.parameters(), 0, Float.NaN));
    }

    /// Writes where no loss should: the padding of its rows.
    private static final class Careless extends CustomLoss {
        @Override
        protected void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first,
                int rows) {
            for (int r = first; r < first + rows; r++) {
                for (int j = 0; j < gradient.stride(); j++) {
                    gradient.segment().setAtIndex(ValueLayout.JAVA_FLOAT, (long) r * gradient.stride() + j, Float.NaN);
                }
                losses.set(r, 0, 1);
                for (int j = 0; j < gradient.cols(); j++) {
                    gradient.set(r, j, 1);
                }
            }
        }
    }

    @Test
    void aCustomLossCannotSpoilPadding() {
        Loss l = new Careless().of(net.forward(x), y);
        assertEquals(1.0, l.value());
        l.backward();
        RandomTables.assertPaddingIsZero(net.weight().grad(), "weight");
        RandomTables.assertPaddingIsZero(net.bias().grad(), "bias");
        assertArrayEquals(new float[]{1, 1, 1}, net.bias().grad().row(0), 1e-6f);
        assertRefused("class labels given, expected rows of floats (FloatMatrix)",
                () -> new Careless().of(net.forward(x), labels));
        try (FloatMatrix wider = FloatMatrix.allocate(6, 4)) {
            assertRefused("Careless: predictions are (6, 3), targets are (6, 4); expected the same shape, nothing is"
                    + " broadcast", () -> new Careless().of(net.forward(x), wider));
        }
        assertEquals("Careless(MEAN)", new Careless().toString());
    }
}
