// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Trainer;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clipping by norm and by value, and gradients of several batches.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class GradientClipTest {
    private final SplittableRandom random = RandomTables.random(65);
    private final FloatMatrix x = RandomTables.floats(random, 12, 5);
    private final FloatMatrix y = RandomTables.floats(random, 12, 3);
    private final Sequential net = new Sequential(new Linear(5, 20), new Linear(20, 3)).init(1);
    private final List<Parameter> parameters = net.parameters();

    @AfterEach
    void close() {
        x.close();
        y.close();
        net.close();
    }

    private void backward() {
        net.zeroGrad();
        new MSELoss().of(net.forward(x), y).backward();
    }

    private List<Double> gradients() {
        List<Double> values = new ArrayList<>();
        for (Parameter p : parameters) {
            for (int r = 0; p.hasGrad() && r < p.rows(); r++) {
                for (int c = 0; c < p.cols(); c++) {
                    values.add((double) p.grad().get(r, c));
                }
            }
        }
        return values;
    }

    private static double norm(List<Double> values, double p) {
        return p == Double.POSITIVE_INFINITY ? values.stream().mapToDouble(Math::abs).max().orElse(0)
                : StrictMath.pow(values.stream().mapToDouble(v -> StrictMath.pow(Math.abs(v), p)).sum(), 1 / p);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 1.5, 2, 3, Double.POSITIVE_INFINITY})
    void byNorm(double p) {
        backward();
        List<Double> before = gradients();
        double expected = norm(before, p);
        assertEquals(expected, GradientClip.norm(parameters, 2 * expected, p), 1e-12 * expected);
        assertEquals(before, gradients(), "below the limit nothing changes");
        assertEquals(expected, GradientClip.norm(parameters, 0.25 * expected, p), 1e-12 * expected);
        float factor = (float) (0.25 * expected / (expected + 1e-6));
        List<Double> after = gradients();
        for (int i = 0; i < before.size(); i++) {
            assertEquals((float) (before.get(i) * factor), after.get(i).floatValue(),
                    Math.ulp(after.get(i).floatValue()));
        }
        assertEquals(0.25 * expected, norm(after, p), 1e-4 * expected);
    }

    @Test
    void parametersWithoutGradientDoNotCount() {
        backward();
        parameters.get(0).zeroGrad();
        assertEquals(norm(gradients(), 2), GradientClip.norm(parameters, Double.POSITIVE_INFINITY), 1e-12);
        assertFalse(parameters.get(0).hasGrad());
        net.zeroGrad();
        assertEquals(0, GradientClip.norm(parameters, 1));
    }

    @Test
    void byValue() {
        backward();
        parameters.get(0).grad().set(0, 0, Float.NaN);
        parameters.get(0).grad().set(0, 1, Float.NEGATIVE_INFINITY);
        List<Double> before = gradients();
        GradientClip.value(parameters, 0.01f);
        List<Double> after = gradients();
        for (int i = 0; i < before.size(); i++) {
            assertEquals(Math.clamp(before.get(i).floatValue(), -0.01f, 0.01f), after.get(i).floatValue());
        }
        assertEquals(Float.NaN, parameters.get(0).grad().get(0, 0));
        assertEquals(-0.01f, parameters.get(0).grad().get(0, 1));
    }

    @Test
    void valuesThatAreNotFinite() {
        backward();
        parameters.get(0).grad().set(0, 0, Float.NaN);
        assertEquals(Double.NaN, GradientClip.norm(parameters, 1));
        assertTrue(gradients().stream().allMatch(v -> v.isNaN()));
        for (Parameter p : parameters) {
            RandomTables.assertPaddingIsZero(p.grad(), p.toString());
        }
        backward();
        parameters.get(0).grad().set(0, 0, Float.POSITIVE_INFINITY);
        assertEquals(Double.POSITIVE_INFINITY, GradientClip.norm(parameters, 1));
        assertEquals(Float.NaN, parameters.get(0).grad().get(0, 0));
        assertEquals(0, parameters.get(0).grad().get(0, 1));
    }

    /// PyTorch's error_if_nonfinite: nothing is changed.
    @Test
    void aNormThatIsNotFiniteCanBeAnError() {
        backward();
        parameters.get(0).grad().set(0, 0, Float.NEGATIVE_INFINITY);
        List<Double> before = gradients();
        assertMessage(NonFiniteGradientException.class, "GradientClip.norm: the norm of the gradients is Infinity,"
                + " expected a finite one because errorIfNonfinite is set; try a smaller learning rate, or scaled features",
                () -> GradientClip.norm(parameters, 1, 2, true));
        int[] weights = RandomTables.bits(parameters.get(0).value());
        SGD strict = new SGD(parameters, 0.1f).clipNorm(1).errorIfNonfinite(true);
        assertTrue(strict.errorIfNonfinite());
        assertMessage(NonFiniteGradientException.class, "Optimizer.step: the norm of the gradients is Infinity,"
                + " expected a finite one because errorIfNonfinite is set; try a smaller learning rate, or scaled features",
                strict::step);
        assertEquals(before, gradients());
        assertArrayEquals(weights, RandomTables.bits(parameters.get(0).value()));
        backward();
        strict.step();
        assertEquals(norm(gradients(), 2), GradientClip.norm(parameters, 1, 2, true), 1e-6);
        new SGD(parameters, 0.1f).errorIfNonfinite(true).step();
    }

    @Test
    void theStepIsThatOfTheWrittenLoop() {
        try (Sequential other = new Sequential(new Linear(5, 20), new Linear(20, 3)).init(1)) {
            SGD written = new SGD(net.parameters(), 0.1f).momentum(0.9f);
            SGD clipped = new SGD(other.parameters(), 0.1f).momentum(0.9f).clipNorm(0.1);
            try (Trainer trainer = new Trainer(other, new MSELoss(), clipped)) {
                for (int i = 0; i < 3; i++) {
                    backward();
                    double norm = GradientClip.norm(net.parameters(), 0.1);
                    written.step();
                    trainer.trainStep(x.all(), y.all());
                    assertEquals(norm, clipped.lastNorm());
                    assertTrue(norm > 0.1, "there was something to clip");
                }
            }
            assertSame(other);
        }
    }

    private void assertSame(Sequential other) {
        for (int i = 0; i < parameters.size(); i++) {
            assertArrayEquals(RandomTables.bits(parameters.get(i).value()),
                    RandomTables.bits(other.parameters().get(i).value()), parameters.get(i).toString());
        }
    }

    @Test
    void fourBatchesMakeAStep() {
        try (Sequential other = new Sequential(new Linear(5, 20), new Linear(20, 3)).init(1)) {
            Adam written = new Adam(net.parameters());
            Adam gathering = new Adam(other.parameters()).accumulate(4).clipNorm(0.5);
            try (Trainer trainer = new Trainer(other, new MSELoss(), gathering)) {
                for (int i = 0; i < 2; i++) {
                    net.zeroGrad();
                    for (int batch = 0; batch < 4; batch++) {
                        Rows rows = new Rows(x, 3 * batch, 3);
                        Rows targets = new Rows(y, 3 * batch, 3);
                        new MSELoss().of(net.forward(rows), targets).backward();
                        trainer.trainStep(rows, targets);
                    }
                    for (Parameter p : parameters) {
                        for (int r = 0; r < p.rows(); r++) {
                            for (int c = 0; c < p.cols(); c++) {
                                p.grad().set(r, c, p.grad().get(r, c) * 0.25f);
                            }
                        }
                    }
                    GradientClip.norm(parameters, 0.5);
                    written.step();
                    assertSame(other);
                }
            }
        }
    }

    /// A step is of as many batches as asked for, not of those left since somebody dropped the gradients.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void droppedGradientsAreGatheredAnew(boolean byTheOptimizer) {
        try (Sequential other = new Sequential(new Linear(5, 20), new Linear(20, 3)).init(1)) {
            SGD dropped = new SGD(parameters, 0.1f).accumulate(3);
            SGD gathering = new SGD(other.parameters(), 0.1f).accumulate(3);
            try (Trainer one = new Trainer(net, new MSELoss(), dropped);
                    Trainer two = new Trainer(other, new MSELoss(), gathering)) {
                one.trainStep(new Rows(x, 0, 3), new Rows(y, 0, 3));
                one.trainStep(new Rows(x, 0, 3), new Rows(y, 0, 3));
                if (byTheOptimizer) {
                    one.zeroGrad();
                    assertEquals(0, dropped.gathered());
                } else {
                    net.zeroGrad();
                }
                for (int batch = 1; batch < 4; batch++) {
                    one.trainStep(new Rows(x, 3 * batch, 3), new Rows(y, 3 * batch, 3));
                    two.trainStep(new Rows(x, 3 * batch, 3), new Rows(y, 3 * batch, 3));
                    assertEquals(batch % 3, dropped.gathered());
                    assertSame(other);
                }
            }
        }
    }

    @Test
    void refused() {
        assertMessage(IllegalArgumentException.class, "GradientClip.norm: maxNorm is -1.0, expected at least 0",
                () -> GradientClip.norm(parameters, -1));
        assertMessage(IllegalArgumentException.class,
                "GradientClip.norm: p is 0.0, expected above 0, or infinity for the largest value",
                () -> new SGD(parameters, 1).clipNorm(1, 0));
        assertMessage(IllegalArgumentException.class, "GradientClip.value: limit is NaN, expected at least 0",
                () -> GradientClip.value(parameters, Float.NaN));
        assertMessage(IllegalArgumentException.class, "Optimizer.accumulate: 0 batches for a step, expected at least 1",
                () -> new SGD(parameters, 1).accumulate(0));
    }
}
