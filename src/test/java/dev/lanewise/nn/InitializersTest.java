// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Init.FanMode;
import dev.lanewise.nn.Init.Nonlinearity;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Initial values from our own streams.
@ExtendWith(NoLeak.class)
class InitializersTest {
    private static final int IN = 120;
    private static final int OUT = 80;

    /// Checks mean, deviation and, for a uniform one, the bounds of 9,600 values.
    private static void assertSpread(String what, double mean, double std, boolean uniform, Consumer<Parameter> init) {
        try (Linear layer = new Linear(IN, OUT)) {
            init.accept(layer.weight());
            double sum = 0;
            double squares = 0;
            double farthest = 0;
            for (float[] row : layer.weight().value().toArray()) {
                for (float w : row) {
                    sum += w;
                    squares += (w - mean) * (w - mean);
                    farthest = Math.max(farthest, Math.abs(w - mean));
                }
            }
            int n = IN * OUT;
            assertEquals(mean, sum / n, 4 * std / Math.sqrt(n), what + ": mean");
            assertEquals(std, Math.sqrt(squares / n), 0.03 * std, what + ": deviation");
            double bound = std * Math.sqrt(3);
            assertTrue(uniform ? farthest <= bound * 1.000001 && farthest > 0.99 * bound : farthest > 3 * std,
                    what + ": farthest " + farthest);
            RandomTables.assertPaddingIsZero(layer.weight().value(), what);
        }
    }

    @Test
    void spreadsAreThoseOfTheFormulas() {
        Init init = Init.seed(3);
        double xavier = Math.sqrt(2.0 / (IN + OUT));
        assertSpread("uniform", 0.5, Math.sqrt(1 / 12.0), true, init::uniform);
        assertSpread("uniform a b", 1, 3 / Math.sqrt(3), true, w -> init.uniform(w, -2, 4));
        assertSpread("normal", 0, 1, false, init::normal);
        assertSpread("normal mean std", 5, 0.1, false, w -> init.normal(w, 5, 0.1));
        assertSpread("xavierUniform", 0, xavier, true, init::xavierUniform);
        assertSpread("xavierNormal", 0, xavier, false, init::xavierNormal);
        assertSpread("xavierNormal gain", 0, xavier * 5 / 3, false,
                w -> init.xavierNormal(w, Init.calculateGain(Nonlinearity.TANH)));
        assertSpread("kaimingUniform", 0, Math.sqrt(2.0 / IN), true, init::kaimingUniform);
        assertSpread("kaimingNormal", 0, Math.sqrt(2.0 / IN), false, init::kaimingNormal);
        assertSpread("kaimingNormal fan out", 0, Math.sqrt(2.0 / OUT), false,
                w -> init.kaimingNormal(w, 0, FanMode.FAN_OUT, Nonlinearity.RELU));
        assertSpread("kaimingUniform leaky", 0, Math.sqrt(2.0 / (1 + 0.25) / IN), true,
                w -> init.kaimingUniform(w, 0.5, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU));
    }

    @Test
    void gainsAreThoseOfPyTorch() {
        assertEquals(1, Init.calculateGain(Nonlinearity.LINEAR));
        assertEquals(1, Init.calculateGain(Nonlinearity.SIGMOID, 7));
        assertEquals(5.0 / 3, Init.calculateGain(Nonlinearity.TANH));
        assertEquals(Math.sqrt(2), Init.calculateGain(Nonlinearity.RELU));
        assertEquals(1.4141428569978354, Init.calculateGain(Nonlinearity.LEAKY_RELU), 1e-15);
        assertEquals(Math.sqrt(2 / 1.04), Init.calculateGain(Nonlinearity.LEAKY_RELU, 0.2), 1e-15);
        assertEquals(0.75, Init.calculateGain(Nonlinearity.SELU));
    }

    @Test
    void constantsFillEverything() {
        try (Sequential net = new Sequential(new Linear(3, 20), new Linear(20, 2))) {
            for (Parameter p : net.parameters()) {
                Init.ones(p);
                assertAll(1, p);
                Init.constant(p, -0.25f);
                assertAll(-0.25f, p);
                Init.zeros(p);
                assertAll(0, p);
            }
        }
    }

    private static void assertAll(float expected, Parameter p) {
        for (float[] row : p.value().toArray()) {
            for (float value : row) {
                assertEquals(expected, value);
            }
        }
        RandomTables.assertPaddingIsZero(p.value(), p.toString());
    }

    @Test
    void valuesAreAFunctionOfSeedAndNameAlone() {
        try (Sequential a = new Sequential(new Linear(5, 17), new Linear(17, 5));
                Sequential b = new Sequential(new Linear(5, 17), new Linear(17, 5))) {
            Init first = Init.seed(9);
            first.normal(a.parameters().get(0), 0, 1);
            first.normal(a.parameters().get(2), 0, 1);
            Init.seed(9).normal(b.parameters().get(2), 0, 1);
            Init.seed(9).normal(b.parameters().get(0), 0, 1);
            RandomTables.assertSameBits(bits(a, 0), bits(b, 0), "0.weight");
            RandomTables.assertSameBits(bits(a, 2), bits(b, 2), "1.weight");
            Init.seed(10).normal(b.parameters().get(0), 0, 1);
            assertFalse(Arrays.equals(RandomTables.bits(bits(a, 0)), RandomTables.bits(bits(b, 0))));
        }
    }

    private static FloatMatrix bits(Sequential net, int parameter) {
        return net.parameters().get(parameter).value();
    }

    @Test
    void theStreamsArePinned() {
        try (Linear layer = new Linear(3, 2)) {
            Init.seed(1).uniform(layer.weight(), -1, 1);
            float[] uniform = layer.weight().value().row(1);
            Init.seed(1).normal(layer.weight(), 0, 1);
            float[] normal = layer.weight().value().row(1);
            assertArrayEquals(new int[]{0x3EAF7380, 0x3E0DDF4E}, new int[]{Float.floatToRawIntBits(uniform[2]),
                    Float.floatToRawIntBits(normal[2])});
        }
    }

    @Test
    void defaultsAreThoseOfTheModule() {
        try (Sequential a = new Sequential(new Linear(5, 17), new Linear(17, 5)).init(6);
                Sequential b = new Sequential(new Linear(5, 17), new Linear(17, 5))) {
            Init.seed(6).defaults(b);
            for (int i = 0; i < 4; i++) {
                RandomTables.assertSameBits(bits(a, i), bits(b, i), "parameter " + i);
            }
        }
    }

    @Test
    void wrongArguments() {
        Init init = Init.seed(0);
        try (Linear layer = new Linear(3, 2)) {
            Parameter w = layer.weight();
            assertMessage(IllegalArgumentException.class,
                    "Init.xavierUniform: bias (2) is a vector, expected a weight (out, in):"
                            + " a vector has no fan in and fan out",
                    () -> init.xavierUniform(layer.bias()));
            assertMessage(IllegalArgumentException.class,
                    "Init.kaimingNormal: bias (2) is a vector, expected a weight (out, in):"
                            + " a vector has no fan in and fan out",
                    () -> init.kaimingNormal(layer.bias()));
            assertMessage(IllegalArgumentException.class,
                    "Init.xavierNormal: gain is -1.0, expected a finite number of 0 or more",
                    () -> init.xavierNormal(w, -1));
            assertMessage(IllegalArgumentException.class,
                    "Init.uniform: a=1.0, b=0.0, expected an ascending range of floats", () -> init.uniform(w, 1, 0));
            assertMessage(IllegalArgumentException.class, "Init.normal: std is -1.0, expected 0 or more",
                    () -> init.normal(w, 0, -1));
            assertMessage(IllegalArgumentException.class,
                    "Init.calculateGain: negative slope is NaN, expected a finite number",
                    () -> init.kaimingUniform(w, Double.NaN, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU));
        }
    }
}
