// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.model.ActivationConfig;
import dev.lanewise.model.DropoutConfig;
import dev.lanewise.model.LayerConfig;
import dev.lanewise.model.LinearConfig;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/// What `--hidden` and its companions say: the layers of a model. Without hidden layers it is a linear model.
///
/// @param hidden outputs of each hidden layer
/// @param activation what follows each hidden layer
/// @param dropout the probability of the dropout behind that; 0 for none
record NetworkOptions(List<Integer> hidden, Activation activation, float dropout) {
    /// A hidden layer that needs the kernels of a wide one, as small as it can be: three panels.
    private static final int SMALL_WIDE = 48;

    /// The values of `--activation`.
    enum Activation {
        /// max(x, 0).
        RELU,
        /// 1 / (1 + exp(-x)).
        SIGMOID,
        /// The hyperbolic tangent.
        TANH;

        LayerConfig layer() {
            return switch (this) {
                case RELU -> ActivationConfig.RELU;
                case SIGMOID -> ActivationConfig.SIGMOID;
                case TANH -> ActivationConfig.TANH;
            };
        }

        /// All names, as the help lists them.
        static String names() {
            return Grammar.names(values());
        }
    }

    NetworkOptions {
        hidden = List.copyOf(hidden);
    }

    /// **Throws** [CommandException] (usage) if a value is wrong, or there are settings for hidden layers without any.
    static NetworkOptions of(Arguments given) {
        String hidden = given.value("--hidden");
        String activation = given.value("--activation");
        String dropout = given.value("--dropout");
        List<Integer> sizes = hidden == null ? List.of() : Grammar.sizes("--hidden", hidden, LinearConfig.MOST);
        Activation choice = activation == null ? Activation.RELU
                : Grammar.choice("--activation", activation, Activation.values());
        float p = dropout == null ? 0 : Grammar.probability("--dropout", dropout);
        if (hidden == null) {
            String why = "there is no hidden layer that it could follow; add --hidden";
            given.refuse("--activation", why);
            given.refuse("--dropout", why);
        }
        return new NetworkOptions(sizes, choice, p);
    }

    /// The layers from `in` features to `out` outputs.
    List<LayerConfig> layers(int in, int out) {
        List<LayerConfig> layers = new ArrayList<>();
        int features = in;
        for (int size : hidden) {
            layers.add(new LinearConfig(features, size, true));
            layers.add(activation.layer());
            if (dropout > 0) {
                layers.add(new DropoutConfig(dropout));
            }
            features = size;
        }
        layers.add(new LinearConfig(features, out, true));
        return layers;
    }

    /// The same kinds of layers, as small as they can be.
    NetworkOptions small() {
        return new NetworkOptions(
                hidden.stream().map(size -> size <= NarrowKernels.MAX_OUTPUTS ? size : SMALL_WIDE).toList(),
                activation, dropout);
    }

    /// The layers as a module.
    static Sequential module(List<LayerConfig> layers) {
        return new Sequential(layers.stream().map(LayerConfig::module).toArray(Module[]::new));
    }
}
