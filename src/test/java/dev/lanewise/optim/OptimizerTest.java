// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Momentum and Adam: first and later steps, settings, and whose state it is.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class OptimizerTest {
    private static final String STATE_GONE = ": another optimizer has stepped parameter bias (3) since, or its module"
            + " has been closed: what was kept for it is gone; make a new optimizer";

    private final SplittableRandom random = RandomTables.random(61);
    private final FloatMatrix x = RandomTables.floats(random, 6, 5);
    private final FloatMatrix y = RandomTables.floats(random, 6, 3);
    private final Linear layer = new Linear(5, 3);
    private final Sequential net = new Sequential(layer).init(1);
    private final Parameter bias = net.parameters().get(1);

    @AfterEach
    void close() {
        x.close();
        y.close();
        net.close();
    }

    private float backward() {
        net.zeroGrad();
        new MSELoss().of(net.forward(x), y).backward();
        return bias.grad().get(0, 1);
    }

    private float value() {
        return bias.value().get(0, 1);
    }

    @Test
    void theFirstStepIsNotDampened() {
        SGD sgd = new SGD(net.parameters(), 0.1f).momentum(0.5f).dampening(0.75f);
        float w = value();
        float first = backward();
        sgd.step();
        assertEquals(Math.fma(-0.1f, first, w), value());
        w = value();
        float second = backward();
        sgd.step();
        assertEquals(Math.fma(-0.1f, Math.fma(0.5f, first, 0.25f * second), w), value());
    }

    @Test
    void nesterovLooksAhead() {
        SGD sgd = new SGD(net.parameters(), 0.1f).momentum(0.5f).nesterov(true);
        float w = value();
        float g = backward();
        sgd.step();
        assertEquals(Math.fma(-0.1f, Math.fma(0.5f, g, g), w), value());
    }

    @Test
    void decayComesBeforeMomentumAndAfterTheSign() {
        SGD sgd = new SGD(net.parameters(), 0.1f).momentum(0.5f).weightDecay(0.25f).maximize(true);
        float w = value();
        float g = backward();
        sgd.step();
        assertEquals(Math.fma(-0.1f, Math.fma(0.25f, w, -g), w), value());
    }

    @Test
    void theFirstStepOfAdamIsTheRateAlongTheSign() {
        Adam adam = new Adam(net.parameters(), 0.01f).eps(0);
        float w = value();
        float g = backward();
        adam.step();
        assertEquals(w - 0.01f * Math.signum(g), value(), 1e-7f);
    }

    @Test
    void stepsAreCountedForEachParameter() {
        Adam both = new Adam(net.parameters(), 0.01f);
        backward();
        bias.zeroGrad();
        both.step();
        both.step();
        float w = value();
        backward();
        net.parameters().get(0).zeroGrad();
        both.step();
        assertEquals(0.01f, Math.abs(value() - w), 1e-6f, "its first step");
    }

    @Test
    void theRateMayChangeBetweenSteps() {
        SGD sgd = new SGD(net.parameters(), 0.1f).momentum(0.5f);
        float first = backward();
        sgd.step();
        float w = value();
        float second = backward();
        sgd.learningRate(0.01f).step();
        assertEquals(Math.fma(-0.01f, Math.fma(0.5f, first, second), w), value(), "the rate is not in the momentum");
    }

    @Test
    void withoutEpsUnusedWeightsStay() {
        try (FloatMatrix zero = FloatMatrix.allocate(6, 5)) {
            Adam adam = new Adam(net.parameters()).eps(0);
            Parameter weight = net.parameters().get(0);
            int[] before = RandomTables.bits(weight.value());
            new MSELoss().of(net.forward(zero), y).backward();
            adam.step();
            assertArrayEquals(before, RandomTables.bits(weight.value()));
        }
    }

    @Test
    void aNewOptimizerBeginsAnew() {
        backward();
        SGD old = new SGD(net.parameters(), 0.1f).momentum(0.9f);
        old.step();
        old.step();
        float w = value();
        float g = bias.grad().get(0, 1);
        new SGD(List.of(bias), 0.1f).momentum(0.9f).step();
        assertEquals(Math.fma(-0.1f, g, w), value());
        assertMessage(IllegalStateException.class, "SGD" + STATE_GONE, old::step);
        assertMessage(IllegalStateException.class, "Adam" + STATE_GONE, () -> {
            Adam adam = new Adam(List.of(bias));
            adam.step();
            new Adam(List.of(bias)).step();
            adam.step();
        });
    }

    @Test
    void optimizersOfDifferentParametersShareAModule() {
        backward();
        SGD weights = new SGD(List.of(net.parameters().get(0)), 0.1f).momentum(0.9f);
        Adam biases = new Adam(List.of(bias));
        weights.step();
        biases.step();
        weights.step();
        biases.step();
        assertTrue(net.parameters().get(0).hasStateOf(weights));
        assertTrue(bias.hasStateOf(biases));
    }

    @Test
    void stateMovesWithItsParameters() {
        Linear alone = new Linear(5, 3).init(1);
        Linear moved = new Linear(5, 3).init(1);
        SGD one = new SGD(alone.parameters(), 0.1f).momentum(0.9f);
        SGD other = new SGD(moved.parameters(), 0.1f).momentum(0.9f);
        new MSELoss().of(alone.forward(x), y).backward();
        new MSELoss().of(moved.forward(x), y).backward();
        one.step();
        other.step();
        try (alone; Sequential outer = new Sequential(moved)) {
            alone.zeroGrad();
            new MSELoss().of(alone.forward(x), y).backward();
            new MSELoss().of(outer.forward(x), y).backward();
            one.step();
            other.step();
            assertArrayEquals(RandomTables.bits(alone.weight().value()), RandomTables.bits(moved.weight().value()));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY})
    void settingsThatAreNone(float value) {
        SGD sgd = new SGD(net.parameters(), 0.1f);
        Adam adam = new Adam(net.parameters());
        String rest = " is " + value + ", expected a finite number of at least 0";
        assertMessage(IllegalArgumentException.class, "SGD: learningRate" + rest, () -> sgd.learningRate(value));
        assertMessage(IllegalArgumentException.class, "SGD: momentum" + rest, () -> sgd.momentum(value));
        assertMessage(IllegalArgumentException.class, "SGD: weightDecay" + rest, () -> sgd.weightDecay(value));
        assertMessage(IllegalArgumentException.class, "Adam: learningRate" + rest,
                () -> new Adam(net.parameters(), value));
        assertMessage(IllegalArgumentException.class, "Adam: eps" + rest, () -> adam.eps(value));
        assertMessage(IllegalArgumentException.class, "Adam: betas are " + (double) value
                + " and 0.5, expected both to be at least 0 and below 1", () -> adam.betas(value, 0.5));
        assertMessage(IllegalArgumentException.class,
                "Adam: betas are 0.5 and 1.0, expected both to be at least 0 and below 1", () -> adam.betas(0.5, 1));
    }

    @Test
    void nesterovNeedsMomentumAndNoDampening() {
        SGD sgd = new SGD(net.parameters(), 0.1f);
        String rest = ", expected a momentum above 0, set before, and no dampening";
        assertMessage(IllegalArgumentException.class, "SGD: nesterov with momentum 0.0 and dampening 0.0" + rest,
                () -> sgd.nesterov(true));
        sgd.momentum(0.9f).dampening(0.5f);
        assertMessage(IllegalArgumentException.class, "SGD: nesterov with momentum 0.9 and dampening 0.5" + rest,
                () -> sgd.nesterov(true));
        sgd.dampening(0).nesterov(true);
        assertMessage(IllegalArgumentException.class, "SGD: nesterov with momentum 0.0 and dampening 0.0" + rest,
                () -> sgd.momentum(0));
        assertMessage(IllegalArgumentException.class, "SGD: nesterov with momentum 0.9 and dampening 0.1" + rest,
                () -> sgd.dampening(0.1f));
        assertMessage(IllegalArgumentException.class, "SGD: dampening is NaN, expected a finite number",
                () -> sgd.dampening(Float.NaN));
    }

    @Test
    void optimizersSayWhatTheyAre() {
        assertEquals("SGD(lr=0.5, momentum=0.9, weightDecay=0.01, nesterov=true)",
                new SGD(net.parameters(), 0.5f).momentum(0.9f).weightDecay(0.01f).nesterov(true).toString());
        assertEquals("SGD(lr=0.5, momentum=0.9, dampening=0.25, maximize=true)",
                new SGD(net.parameters(), 0.5f).momentum(0.9f).dampening(0.25f).maximize(true).toString());
        assertEquals("Adam(lr=0.001)", new Adam(net.parameters()).toString());
        assertEquals("Adam(lr=0.01, beta1=0.8, beta2=0.99, eps=1.0E-4, weightDecay=0.1)",
                new Adam(net.parameters(), 0.01f).betas(0.8, 0.99).eps(1e-4f).weightDecay(0.1f).toString());
    }
}
