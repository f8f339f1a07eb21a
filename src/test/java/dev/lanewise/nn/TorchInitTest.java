// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Init.FanMode;
import dev.lanewise.nn.Init.Nonlinearity;
import dev.lanewise.random.TorchRandom;
import dev.lanewise.random.TorchValues;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Initial weights against those that PyTorch has made from the same seed.
@ExtendWith(NoLeak.class)
class TorchInitTest {
    private static final Map<String, BiConsumer<Init, Parameter>> INITIALIZERS = Map.ofEntries(
            Map.entry("xavier_uniform", Init::xavierUniform),
            Map.entry("xavier_uniform_gain",
                    (init, weight) -> init.xavierUniform(weight, Init.calculateGain(Nonlinearity.TANH))),
            Map.entry("xavier_normal", Init::xavierNormal),
            Map.entry("xavier_normal_gain", (init, weight) -> init.xavierNormal(weight, 2.5)),
            Map.entry("kaiming_uniform", Init::kaimingUniform),
            Map.entry("kaiming_uniform_relu",
                    (init, weight) -> init.kaimingUniform(weight, 0, FanMode.FAN_OUT, Nonlinearity.RELU)),
            Map.entry("kaiming_uniform_leaky",
                    (init, weight) -> init.kaimingUniform(weight, 0.2, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU)),
            Map.entry("kaiming_normal", Init::kaimingNormal),
            Map.entry("kaiming_normal_selu",
                    (init, weight) -> init.kaimingNormal(weight, 0, FanMode.FAN_OUT, Nonlinearity.SELU)),
            Map.entry("kaiming_normal_sigmoid",
                    (init, weight) -> init.kaimingNormal(weight, 0, FanMode.FAN_IN, Nonlinearity.SIGMOID)),
            Map.entry("uniform", Init::uniform),
            Map.entry("normal", Init::normal));

    /// A weight in panel order, of 20 outputs and 7 inputs.
    @Test
    void everyInitializerGivesTheValuesOfPyTorch() {
        List<String> names = TorchValues.names("init");
        assertEquals(INITIALIZERS.size(), names.size());
        for (String name : names) {
            String initializer = name.substring("init ".length());
            try (Linear layer = new Linear(7, 20)) {
                INITIALIZERS.get(initializer).accept(Init.torch(new TorchRandom(8)), layer.weight());
                float[] values = TorchValues.flat(layer.weight().value());
                TorchValues.assertSameBits(name, values);
                RandomTables.assertPaddingIsZero(layer.weight().value(), name);
            }
        }
    }

    @Test
    void aNewLinearLayerHasTheWeightsOfPyTorch() {
        for (int[] sizes : new int[][]{{3, 4}, {784, 10}}) {
            try (Linear layer = new Linear(sizes[0], sizes[1])) {
                Init.torch(new TorchRandom(5)).defaults(layer);
                String name = "linear " + sizes[0] + " " + sizes[1];
                TorchValues.assertSameBits(name + " weight", layer.weight().value().row(sizes[1] - 1));
                TorchValues.assertSameBits(name + " bias", layer.bias().value().row(0));
            }
        }
    }

    @Test
    void aChainDrawsInTheOrderOfItsParameters() {
        try (Sequential net = new Sequential(new Linear(9, 33), new ReLU(), new Linear(33, 5, false),
                new Sequential(new Linear(5, 2)))) {
            Init.torch(new TorchRandom(6)).defaults(net);
            assertEquals(5, net.namedParameters().size());
            net.namedParameters().forEach((name, parameter) -> TorchValues.assertSameBits("sequential " + name,
                    parameter.value().row(parameter.rows() - 1)));
        }
    }

    @Test
    void aLayerOfTheUsersSetsItsOwnValues() {
        Scale scale = new Scale(16);
        try (Sequential net = new Sequential(new Linear(9, 16), scale)) {
            Init.torch(new TorchRandom(6)).defaults(net);
            float[] shift = scale.parameters().getLast().value().row(0);
            for (int c = 0; c < 16; c++) {
                assertEquals(1, scale.parameters().getFirst().value().get(0, c));
            }
            TorchRandom random = new TorchRandom(6);
            random.rand(16 * 9 + 16); // those of the layer before
            for (float value : shift) {
                assertEquals(Math.fma(random.uniform(), 0.5f, -0.25f), value);
            }
        }
    }

    /// PyTorch derives the bound of a weight from Kaiming's formula and that of a bias from the root alone.
    @Test
    void bothBoundsOfPyTorchAreTheSameFloat() {
        double a = Math.sqrt(5);
        for (int in = 1; in <= 200_000; in++) {
            double kaiming = Math.sqrt(3) * (Math.sqrt(2 / (1 + a * a)) / Math.sqrt(in));
            assertEquals((float) (1 / Math.sqrt(in)), (float) kaiming, "inputs " + in);
        }
    }
}
