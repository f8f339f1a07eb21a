// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Trainer;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.optim.SGD;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Losses and gradients of predictions where a formula written down naively gives NaN, infinity or 0, and of ties.
///
/// A prediction is the bias of a layer; its gradient is that of the sum of the losses.
@Tag("lanes")
@ExtendWith(NoLeak.class)
class LossEdgeTest {
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;
    private static final float MAX = 3e38f;

    private static float[] row(float... values) {
        return values;
    }

    /// Expects the single losses and the gradient of one row of predictions.
    private static void check(LossFunction loss, float[] prediction, Table target, float[] losses, float[] gradient) {
        try (target; Linear net = new Linear(1, prediction.length); FloatMatrix x = FloatMatrix.allocate(1, 1)) {
            net.bias().value().setRow(0, prediction);
            Loss l = loss.of(net.forward(x), target);
            float[] values = l.values();
            if (loss.reduction() == Reduction.NONE) {
                l.sum();
            }
            l.backward();
            String what = loss + " of " + Arrays.toString(prediction);
            assertClose(losses, values, what);
            assertClose(gradient, net.bias().grad().row(0), "gradient of " + what);
        }
    }

    /// Equal but for 2 units in the last place; either zero will do.
    private static void assertClose(float[] expected, float[] actual, String what) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            float e = expected[i];
            assertTrue(Float.isNaN(e) ? Float.isNaN(actual[i])
                    : e == actual[i] || Math.abs(e - actual[i]) <= 2 * Math.ulp(e),
                    what + ": " + Arrays.toString(actual) + ", expected " + Arrays.toString(expected));
        }
    }

    /// One prediction at a time against a number.
    private static void each(LossFunction loss, float[][] table) {
        for (float[] line : table) {
            check(loss, row(line[0]), FloatMatrix.column(line[1]), row(line[2]), row(line[3]));
        }
    }

    @Test
    void absoluteErrors() {
        float[][] far = {{1e4f, 0, 1e4f, 1}, {-1e4f, 0, 1e4f, -1}, {MAX, 0, MAX, 1}, {-MAX, MAX, INF, -1},
                {INF, 0, INF, 1}, {-INF, 0, INF, -1}, {INF, INF, NAN, NAN}, {NAN, 0, NAN, NAN}, {2, 2, 0, 0}};
        each(new L1Loss(Reduction.NONE), far);
        each(new SmoothL1Loss(Reduction.NONE).beta(0), far);
        each(new SmoothL1Loss(Reduction.NONE), new float[][]{{1, 0, 0.5f, 1}, {-1, 0, 0.5f, -1},
                {0.5f, 0, 0.125f, 0.5f}, {3, 0, 2.5f, 1}, {0, 0, 0, 0}, {1e4f, 0, 9999.5f, 1}, {MAX, 0, MAX, 1},
                {INF, 0, INF, 1}, {-INF, 0, INF, -1}, {NAN, 0, NAN, NAN}, {-MAX, MAX, INF, -1}});
        each(new HuberLoss(Reduction.NONE).delta(2), new float[][]{{2, 0, 2, 2}, {-2, 0, 2, -2}, {1, 0, 0.5f, 1},
                {4, 0, 6, 2}, {-4, 0, 6, -2}, {0, 0, 0, 0}, {1e4f, 0, 19998, 2}, {MAX, 0, INF, 2},
                {-INF, 0, INF, -2}, {NAN, 0, NAN, NAN}});
    }

    @Test
    void binaryCrossEntropyOfLogits() {
        float log2 = (float) StrictMath.log(2);
        float tiny = (float) StrictMath.exp(-20);
        float subnormal = (float) StrictMath.exp(-90);
        each(new BCEWithLogitsLoss(Reduction.NONE), new float[][]{{1e4f, 0, 1e4f, 1}, {1e4f, 1, 0, 0},
                {-1e4f, 1, 1e4f, -1}, {-1e4f, 0, 0, 0}, {MAX, 0, MAX, 1}, {MAX, 1, 0, 0}, {-MAX, 1, MAX, -1},
                {0, 1, log2, -0.5f}, {0, 0, log2, 0.5f}, {0, 0.5f, log2, 0}, {-20, 0, tiny, tiny},
                {20, 1, tiny, 0}, {-90, 0, subnormal, subnormal}, {INF, 0, INF, 1}, {INF, 1, NAN, 0},
                {-INF, 1, NAN, -1}, {-INF, 0, NAN, 0}, {NAN, 0, NAN, NAN}, {NAN, 1, NAN, NAN}});
        each(new BCEWithLogitsLoss(Reduction.NONE).posWeight(3).weight(0.5f), new float[][]{{-1e4f, 1, 1.5e4f, -1.5f},
                {1e4f, 0, 5e3f, 0.5f}, {0, 1, 1.5f * log2, -0.75f}, {-20, 0, tiny / 2, tiny / 2}});
    }

    @Test
    void binaryCrossEntropyOfProbabilities() {
        each(new BCELoss(Reduction.NONE), new float[][]{{0, 1, 100, -1e12f}, {1, 0, 100, 1e12f}, {1, 1, 0, 0},
                {0, 0, 0, 0}, {0.5f, 1, (float) StrictMath.log(2), -2}, {1e-9f, 0, 1e-9f, 1},
                {1e-40f, 1, (float) -StrictMath.log(1e-40f), -1e12f}, {NAN, 0, NAN, NAN}});
        for (float outside : row(-0.5f, 1.5f, -Float.MIN_VALUE, MAX)) {
            assertRefused(new BCELoss(), "BCELoss: prediction 1 of row 1 is " + outside
                    + ", expected 0 to 1; let a Sigmoid make it, or use BCEWithLogitsLoss",
                    new float[][]{{0, 1}, {1, outside}}, new float[][]{{1, 1}, {1, 0}});
        }
    }

    /// Both ways to a loss refuse it, and nothing is stepped.
    private static void assertRefused(LossFunction loss, String message, float[][] predictions, float[][] targets) {
        try (FloatMatrix x = FloatMatrix.allocate(predictions.length, predictions.length);
                FloatMatrix y = FloatMatrix.copyOf(targets);
                Linear net = new Linear(predictions.length, predictions[0].length)) {
            net.bias().fill(0);
            for (int r = 0; r < predictions.length; r++) {
                x.set(r, r, 1);
                for (int c = 0; c < predictions[r].length; c++) {
                    net.weight().value().set(c, r, predictions[r][c]);
                }
            }
            float[][] before = net.weight().value().toArray();
            assertMessage(IllegalArgumentException.class, message, () -> loss.of(net.forward(x), y));
            try (Trainer trainer = new Trainer(net, loss, new SGD(net.parameters(), 1))) {
                assertMessage(IllegalArgumentException.class, message, () -> trainer.trainStep(x.all(), y.all()));
            }
            assertTrue(Arrays.deepEquals(before, net.weight().value().toArray()));
        }
    }

    @Test
    void hinges() {
        each(new HingeLoss(Reduction.NONE), new float[][]{{1, 1, 0, 0}, {0.5f, 1, 0.5f, -1}, {-1, -1, 0, 0},
                {1e4f, -1, 10001, 1}, {MAX, -1, MAX, 1}, {MAX, 1, 0, 0}, {INF, 1, 0, 0}, {INF, -1, INF, 1}});
        each(new HingeEmbeddingLoss(Reduction.NONE), new float[][]{{0.25f, 1, 0.25f, 1}, {1, -1, 0, -1},
                {2, -1, 0, 0}, {0.25f, -1, 0.75f, -1}, {-MAX, -1, MAX, -1}, {0.25f, 0, 1, 0}, {INF, 1, INF, 1},
                {INF, -1, 0, 0}, {-INF, -1, INF, -1}, {NAN, 1, NAN, 1}});
        assertTrue(Float.isNaN(single(new HingeLoss(Reduction.NONE), NAN, 1)));
        assertTrue(Float.isNaN(single(new HingeEmbeddingLoss(Reduction.NONE), NAN, -1)));
    }

    private static float single(LossFunction loss, float prediction, float target) {
        try (Linear net = new Linear(1, 1);
                FloatMatrix x = FloatMatrix.allocate(1, 1);
                FloatMatrix y = FloatMatrix.column(target)) {
            net.bias().value().set(0, 0, prediction);
            return loss.of(net.forward(x), y).values()[0];
        }
    }

    @Test
    void gaussianLikelihood() {
        float logEps = (float) StrictMath.log(1e-6f) / 2;
        GaussianNLLLoss loss = new GaussianNLLLoss(Reduction.NONE);
        float[][] table = { // mean, variance, loss, gradients of both
                {0, 1, 0, 0, 0.5f}, {2, 1, 2, 2, -1.5f}, {0, 0, logEps, 0, 5e5f},
                {1e4f, 1, 5e7f, 1e4f, -5e7f}, {0, INF, INF, 0, 0}, {MAX, 1, INF, MAX, -INF}, {NAN, 1, NAN, NAN, NAN},
                {0, NAN, NAN, NAN, NAN}};
        for (float[] line : table) {
            check(loss, row(line[0], line[1]), FloatMatrix.column(0), row(line[2]), row(line[3], line[4]));
        }
        assertRefused(new GaussianNLLLoss(), "GaussianNLLLoss: the predicted variance 0 of row 1 is -0.25, expected at"
                + " least 0; let a Softplus make the outputs positive", new float[][]{{1, 2}, {1, -0.25f}},
                new float[][]{{1}, {2}});
        assertRefused(new GaussianNLLLoss(), "GaussianNLLLoss: the known variance 1 of row 0 is -1.0, expected at least"
                + " 0; variances are squares of standard deviations, in the second half of the targets",
                new float[][]{{1, 2}, {3, 4}}, new float[][]{{1, 1, 1, -1}, {1, 1, 1, 1}});
        check(new GaussianNLLLoss(Reduction.NONE).full(true), row(3), FloatMatrix.copyOf(new float[][]{{1, 4}}),
                row((float) (0.5 * (StrictMath.log(4) + 1 + StrictMath.log(2 * Math.PI)))), row(0.5f));
    }

    @Test
    void weightedCrossEntropy() {
        CrossEntropyLoss loss = new CrossEntropyLoss(Reduction.NONE).weight(2, 0, 0.5f);
        byLabel(loss, row(1e4f, 0, -1e4f), 2, 1e4f, row(0.5f, 0, -0.5f));
        byLabel(loss, row(1e4f, 0, -1e4f), 0, 0, row(0, 0, 0));
        byLabel(loss, row(1e4f, 0, -1e4f), 1, 0, row(0, 0, 0));
        byLabel(loss, row(MAX, -MAX, 0), 2, MAX / 2, row(0.5f, 0, -0.5f));
        byLabel(loss, row(-INF, -INF, 3), 0, INF, row(-2, 0, 2));
        byLabel(loss, row(-INF, -INF, 3), 2, 0, row(0, 0, 0));
        byLabel(loss, row(-INF, -INF, -INF), 0, NAN, row(NAN, NAN, NAN));
        byLabel(loss, row(INF, 0, 0), 0, NAN, row(NAN, NAN, NAN));
        byLabel(loss, row(0, NAN, 0), 2, NAN, row(NAN, NAN, NAN));
        byLabel(loss, row(7, 7, 7), 2, (float) StrictMath.log(3) / 2, row(1 / 6f, 1 / 6f, -1 / 3f));
        byLabel(loss, row(NAN, INF, 0), -100, 0, row(0, 0, 0));
        byLabel(new CrossEntropyLoss(Reduction.NONE).weight(3), row(-1e4f), 0, 0, row(0));
    }

    private static void byLabel(LossFunction loss, float[] logits, int label, float expected, float[] gradient) {
        check(loss, logits, ClassLabels.copyOf(label), row(expected), gradient);
    }

    @Test
    void smoothedCrossEntropy() {
        CrossEntropyLoss loss = new CrossEntropyLoss(Reduction.NONE).labelSmoothing(0.75f);
        byLabel(loss, row(1e4f, 0, -1e4f), 0, 7.5e3f, row(0.5f, -0.25f, -0.25f));
        byLabel(loss, row(MAX, -MAX, 0), 0, INF, row(0.5f, -0.25f, -0.25f));
        byLabel(loss, row(-INF, 0, -1e4f), 1, INF, row(-0.25f, 0.5f, -0.25f));
        byLabel(loss, row(5, 5, 5), 1, (float) StrictMath.log(3), row(1 / 12f, -1 / 6f, 1 / 12f));
        byLabel(loss, row(INF, 0, 0), 1, NAN, row(NAN, NAN, NAN));
        byLabel(loss, row(0, 0, NAN), -100, 0, row(0, 0, 0));
        byLabel(loss, row(-MAX), 0, 0, row(0));
        check(loss, row(1e4f, 0, -1e4f), FloatMatrix.copyOf(new float[][]{{1, 0, 0}}), row(7.5e3f),
                row(0.5f, -0.25f, -0.25f));
        check(new CrossEntropyLoss(Reduction.NONE).weight(2, 1, 1), row(0, 1e4f, -1e4f),
                FloatMatrix.copyOf(new float[][]{{0.5f, 0.5f, 0}}), row(1e4f), row(-1, 1, 0));
    }

    @Test
    void logLikelihoods() {
        NLLLoss loss = new NLLLoss(Reduction.NONE).weight(2, 0, 0.5f);
        byLabel(loss, row(-1e4f, NAN, INF), 0, 2e4f, row(-2, 0, 0));
        byLabel(loss, row(-1, -INF, -MAX), 2, MAX / 2, row(0, 0, -0.5f));
        byLabel(loss, row(-INF, 0, 0), 0, INF, row(-2, 0, 0));
        byLabel(loss, row(0, -INF, 0), 1, NAN, row(0, 0, 0));
        byLabel(loss, row(NAN, NAN, NAN), -100, 0, row(0, 0, 0));
        byLabel(new NLLLoss(Reduction.NONE).ignoreIndex(1), row(-1, NAN, -1), 1, 0, row(0, 0, 0));
    }

    @Test
    void margins() {
        MultiMarginLoss loss = new MultiMarginLoss(Reduction.NONE);
        MultiMarginLoss squared = new MultiMarginLoss(Reduction.NONE).p(2);
        byLabel(loss, row(1, 0), 0, 0, row(0, 0));
        byLabel(squared, row(1, 0), 0, 0, row(0, 0));
        byLabel(loss, row(0, 0), 0, 0.5f, row(-0.5f, 0.5f));
        byLabel(squared, row(0, 2), 0, 4.5f, row(-3, 3));
        byLabel(loss, row(-1e4f, 1e4f), 0, 10000.5f, row(-0.5f, 0.5f));
        byLabel(loss, row(INF, 0), 0, 0, row(0, 0));
        byLabel(loss, row(0, INF), 0, INF, row(-0.5f, 0.5f));
        byLabel(squared, row(0, MAX), 0, INF, row(-MAX, MAX));
        byLabel(loss, row(NAN, 0), 0, NAN, row(-0.5f, 0.5f));
        byLabel(loss, row(-MAX), 0, 0, row(0));
        byLabel(new MultiMarginLoss(Reduction.NONE).weight(4, 1).margin(2), row(0, 0), 0, 4, row(-2, 2));
    }

    @Test
    void aMeanOfIgnoredRowsIsNaNAndItsGradientZero() {
        for (LossFunction loss : new LossFunction[]{new CrossEntropyLoss(), new CrossEntropyLoss().weight(1, 2),
                new CrossEntropyLoss().labelSmoothing(0.1f), new NLLLoss(), new NLLLoss().weight(1, 2)}) {
            try (Linear net = new Linear(1, 2);
                    FloatMatrix x = FloatMatrix.column(1, INF, NAN);
                    ClassLabels y = ClassLabels.copyOf(-100, -100, -100)) {
                Loss l = loss.of(net.forward(new Rows(x, 0, 1)),
                        new Rows(y, 0, 1)).mean();
                assertEquals(Double.NaN, l.value(), loss.toString());
                assertEquals(0, l.total());
                assertEquals(0, l.divisor());
                l.backward();
                for (Parameter p : net.parameters()) {
                    for (float[] row : p.grad().toArray()) {
                        for (float g : row) {
                            assertEquals(0f, g, loss.toString());
                        }
                    }
                }
                Loss rows = loss.of(net.forward(x), y);
                assertEquals(0, rows.total(), loss + ": whatever the logits are");
            }
        }
    }

    @Test
    void aMeanOfTheLossesOfIgnoredRowsIsZero() {
        try (Linear net = new Linear(1, 2);
                FloatMatrix x = FloatMatrix.column(3);
                ClassLabels y = ClassLabels.copyOf(-100)) {
            Loss l = new CrossEntropyLoss(Reduction.NONE).of(net.forward(x), y).mean();
            assertEquals(0, l.value());
            l.backward();
            assertArrayEquals(row(0, 0), net.bias().grad().row(0));
        }
    }
}
