// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Tanh;

/// A layer as a model file describes it: enough to build it again, weights aside.
public sealed interface LayerConfig permits LinearConfig, ActivationConfig, DropoutConfig {
    /// The name of its type in the file: that of the module.
    String type();

    /// A layer like this with parameters of its own.
    Module module();

    /// What describes `layer`.
    ///
    /// **Throws** `IllegalArgumentException` if a model file cannot describe it.
    static LayerConfig of(Module layer) {
        return switch (layer) {
            case Linear linear -> new LinearConfig(linear.inFeatures(), linear.outFeatures(), linear.bias() != null);
            case Dropout dropout -> new DropoutConfig(dropout.p());
            case ReLU _ -> ActivationConfig.RELU;
            case Sigmoid _ -> ActivationConfig.SIGMOID;
            case Tanh _ -> ActivationConfig.TANH;
            default -> throw new IllegalArgumentException("LayerConfig: " + layer
                    + " given, expected Linear, ReLU, Sigmoid, Tanh or Dropout: what a model file can hold");
        };
    }
}
