// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.model.ActivationConfig;
import dev.lanewise.model.DropoutConfig;
import dev.lanewise.model.LayerConfig;
import dev.lanewise.model.LinearConfig;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Softplus;
import java.util.ArrayList;
import java.util.List;

/// What `--hidden` and its companions say: the layers of a model. Without hidden layers it is a linear model.
///
/// @param hidden outputs of each hidden layer
/// @param activation what follows each hidden layer
/// @param dropout the probability of the dropout behind that; 0 for none
/// @param batchNorm whether batch normalization stands between a hidden layer and its activation
record NetworkOptions(List<Integer> hidden, Activation activation, float dropout, boolean batchNorm) {
    /// Beyond it numbers of bytes, padding and optimizer state included, might not fit into a `long`.
    private static final double MOST_WEIGHTS = 0x1p56;
    /// A hidden layer that needs the kernels of a wide one, as small as it can be: three panels.
    private static final int SMALL_WIDE = 48;
    /// No hidden layer.
    static final NetworkOptions NONE = new NetworkOptions(List.of(), Activation.RELU, 0, false);

    /// The values of `--activation`.
    enum Activation {
        /// max(x, 0).
        RELU,
        /// 1 / (1 + exp(-x)).
        SIGMOID,
        /// The hyperbolic tangent.
        TANH,
        /// x times the normal distribution function.
        GELU,
        /// x times its sigmoid.
        SILU,
        /// x, or exp(x) - 1 below 0.
        ELU,
        /// ELU with the constants that keep mean and variance.
        SELU,
        /// ReLU with slope 0.01 below 0.
        LEAKY_RELU,
        /// log(1 + exp(x)).
        SOFTPLUS,
        /// x times the tanh of its softplus.
        MISH;

        LayerConfig layer() {
            return switch (this) {
                case RELU -> ActivationConfig.RELU;
                case SIGMOID -> ActivationConfig.SIGMOID;
                case TANH -> ActivationConfig.TANH;
                case SILU -> ActivationConfig.SILU;
                case SELU -> ActivationConfig.SELU;
                case MISH -> ActivationConfig.MISH;
                case GELU -> LayerConfig.of(new GELU());
                case ELU -> LayerConfig.of(new ELU());
                case LEAKY_RELU -> LayerConfig.of(new LeakyReLU());
                case SOFTPLUS -> LayerConfig.of(new Softplus());
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
        float p = dropout == null ? 0 : Grammar.belowOne("--dropout", "probability of dropping", dropout);
        if (hidden == null) {
            String why = "there is no hidden layer that it could follow; add --hidden";
            given.refuse("--activation", why);
            given.refuse("--dropout", why);
            given.refuse("--batch-norm", why);
        }
        return new NetworkOptions(sizes, choice, p, given.flag("--batch-norm"));
    }

    /// The layers from `in` features to `out` outputs.
    ///
    /// **Throws** [CommandException] (usage) if they have more weights than can be counted.
    List<LayerConfig> layers(int in, int out) {
        List<LayerConfig> layers = new ArrayList<>();
        int features = in;
        double weights = 0;
        for (int size : hidden) {
            weights += (double) features * size;
            if (weights > MOST_WEIGHTS) {
                throw CommandException.usage("--hidden: a layer of " + size + " outputs behind " + features
                        + " takes the network beyond the weights that any memory holds, expected smaller layers");
            }
            layers.add(new LinearConfig(features, size, true));
            if (batchNorm) {
                layers.add(LayerConfig.of(new BatchNorm1d(size)));
            }
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
                activation, dropout, batchNorm);
    }

    /// The layers as a module.
    static Sequential module(List<LayerConfig> layers) {
        return new Sequential(layers.stream().map(LayerConfig::module).toArray(Module[]::new));
    }
}
