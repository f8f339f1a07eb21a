// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.Hardtanh;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LogSigmoid;
import dev.lanewise.nn.LogSoftmax;
import dev.lanewise.nn.Mish;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.ReLU6;
import dev.lanewise.nn.SELU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.SiLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Softmax;
import dev.lanewise.nn.Softplus;
import dev.lanewise.nn.Tanh;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What a configuration and a tensor refuse, and how they name tensors.
class ModelConfigTest {
    private static final LinearConfig LAYER = new LinearConfig(2, 3, true);

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static ModelConfig config(Task task, List<String> features, List<LayerConfig> layers, List<Long> labels,
            @Nullable StandardScaler scaling) {
        return new ModelConfig(task, DataKind.CSV, "y", features, layers, labels, scaling);
    }

    @Test
    void tensorsAreNamedAsPyTorchNamesThose() {
        ModelConfig config = config(Task.CLASSIFICATION, List.of(), List.of(LAYER, new LinearConfig(3, 2, false)),
                List.of(0L, 1L), null);
        List<String> shapes = new ArrayList<>();
        config.tensorShapes().forEach((name, shape) -> shapes.add(name + " " + shape));
        assertEquals(List.of("0.weight [3, 2]", "0.bias [3]", "1.weight [2, 3]"), shapes);
        assertEquals(2, config.inFeatures());
        assertEquals(2, config.outFeatures());
    }

    @Test
    void layersWithoutParametersHaveAPositionToo() {
        ModelConfig config = config(Task.REGRESSION, List.of(),
                List.of(new DropoutConfig(0.2f), LAYER, ActivationConfig.RELU, new DropoutConfig(0.5f),
                        new LinearConfig(3, 4, true), ActivationConfig.SIGMOID),
                List.of(), null);
        assertEquals(List.of("1.weight", "1.bias", "4.weight", "4.bias"), List.copyOf(config.tensorShapes().keySet()));
        assertEquals(2, config.inFeatures());
        assertEquals(4, config.outFeatures());
        assertRefused("ModelConfig: layer 2 takes 2 values, expected 3, the outputs of layer 0",
                () -> config(Task.REGRESSION, List.of(), List.of(LAYER, ActivationConfig.TANH, LAYER), List.of(),
                        null));
        assertRefused("ModelConfig: no layer is linear, expected at least one",
                () -> config(Task.REGRESSION, List.of(), List.of(ActivationConfig.TANH), List.of(), null));
        assertRefused("ELU: 2 settings given, expected alpha",
                () -> new TunedActivationConfig(TunedActivationConfig.Kind.ELU, List.of(1f, 2f)));
        assertRefused("Softplus: 1 settings given, expected beta and threshold",
                () -> new TunedActivationConfig(TunedActivationConfig.Kind.SOFTPLUS, List.of(1f)));
        assertRefused("LeakyReLU: negativeSlope is NaN, expected a finite number",
                () -> new TunedActivationConfig(TunedActivationConfig.Kind.LEAKY_RELU, List.of(Float.NaN)));
        assertRefused("Dropout: p is -0.5, expected a probability from 0 to 1", () -> new DropoutConfig(-0.5f));
    }

    @Test
    void modulesAreDescribedAndMadeAgain() {
        try (Sequential net = new Sequential(new Linear(2, 3, false), new ReLU(), new Sigmoid(), new Tanh(),
                new Dropout(0.25f), new LeakyReLU(0.2f), new ELU(0.5f), new SELU(), new GELU(),
                new GELU(GELU.Approximate.TANH), new SiLU(), new Softplus(2, 10), new Mish(), new LogSigmoid(),
                new Hardtanh(-2, 3), new ReLU6(), new Softmax(), new LogSoftmax(), new Flatten())) {
            for (int i = 0; i < net.size(); i++) {
                LayerConfig config = LayerConfig.of(net.get(i));
                assertEquals(net.get(i).toString(), config.module().toString());
                assertEquals(config, LayerConfig.of(config.module()));
            }
            assertRefused("LayerConfig: " + net + " given, expected what a model file can hold, one of "
                    + "Linear, Dropout, BatchNorm1d, LayerNorm, GELU, ReLU, Sigmoid, Tanh, SELU, SiLU, Mish"
                    + ", LogSigmoid, ReLU6, Softmax, LogSoftmax, Flatten, LeakyReLU, ELU, Softplus, Hardtanh",
                    () -> LayerConfig.of(net));
        }
    }

    @Test
    void partsMustFit() {
        List<LayerConfig> one = List.of(LAYER);
        List<Long> labels = List.of(1L, 2L, 3L);
        assertRefused("ModelConfig: there are no layers, expected at least one",
                () -> config(Task.REGRESSION, List.of(), List.of(), List.of(), null));
        assertRefused("ModelConfig: layer 1 takes 2 values, expected 3, the outputs of layer 0",
                () -> config(Task.REGRESSION, List.of(), List.of(LAYER, LAYER), List.of(), null));
        assertRefused("ModelConfig: 1 feature names given, expected 2 as the first layer takes, or none",
                () -> config(Task.REGRESSION, List.of("a"), one, List.of(), null));
        assertRefused("ModelConfig: two features are named 'a', expected distinct names",
                () -> config(Task.REGRESSION, List.of("a", "a"), one, List.of(), null));
        assertRefused("ModelConfig: the name 'a\\ud800' has half a surrogate pair, expected text that UTF-8 can hold",
                () -> config(Task.REGRESSION, List.of("a\ud800", "b"), one, List.of(), null));
        assertRefused("ModelConfig: 3 labels given for regression with 3 outputs, expected 0",
                () -> config(Task.REGRESSION, List.of(), one, labels, null));
        assertRefused("ModelConfig: 0 labels given for classification with 3 outputs, expected 3",
                () -> config(Task.CLASSIFICATION, List.of(), one, List.of(), null));
        assertRefused("ModelConfig: label 2 follows 3, expected ascending distinct labels",
                () -> config(Task.CLASSIFICATION, List.of(), one, labels.reversed(), null));
        assertRefused("ModelConfig: scaling has 1 columns, expected 2 as the first layer",
                () -> config(Task.CLASSIFICATION, List.of(), one, labels,
                        StandardScaler.of(new float[]{0}, new float[]{1})));
        assertRefused("Linear: in is 0 and out is 1, expected both from 1 to 2147483632",
                () -> new LinearConfig(0, 1, true));
        assertRefused("Linear: in is 1 and out is 2147483633, expected both from 1 to 2147483632",
                () -> new LinearConfig(1, LinearConfig.MOST + 1, true));
    }

    @Test
    void scalingIsPartOfIt() {
        ModelConfig none = regression(null);
        ModelConfig scaled = regression(StandardScaler.of(new float[]{0, 1}, new float[]{1, 2}));
        assertEquals(none, regression(null));
        assertEquals(scaled, regression(StandardScaler.of(new float[]{0, 1}, new float[]{1, 2})));
        assertNotEquals(none, scaled);
        assertNotEquals(regression(StandardScaler.of(new float[]{-0f, 1}, new float[]{1, 2})), scaled, "bits count");
    }

    private static ModelConfig regression(@Nullable StandardScaler scaling) {
        return config(Task.REGRESSION, List.of(), List.of(LAYER), List.of(), scaling);
    }

    @Test
    void shapeIsThatOfTheValues() {
        try (FloatMatrix values = FloatMatrix.allocate(1, 3)) {
            assertEquals(List.of(3), NamedTensor.vector("b", values).shape());
            assertEquals(List.of(1, 3), NamedTensor.matrix("w", values).shape());
            String tail = " and the values are [1, 3], expected the same; one row may stand for one dimension";
            for (List<Integer> shape : List.of(List.<Integer>of(), List.of(1), List.of(3, 1), List.of(1, 1, 3))) {
                assertRefused("NamedTensor 'w': shape is " + shape + tail,
                        () -> new NamedTensor("w", shape, values));
            }
        }
        try (FloatMatrix values = FloatMatrix.allocate(2, 3)) {
            assertRefused("NamedTensor 'b': shape is [3] and the values are [2, 3], expected the same; one row may "
                    + "stand for one dimension", () -> NamedTensor.vector("b", values));
        }
    }
}
