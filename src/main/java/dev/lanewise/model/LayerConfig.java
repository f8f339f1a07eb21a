// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Tanh;
import java.util.List;
import java.util.Map;

/// A layer as a model file describes it: enough to build it again, weights aside.
public sealed interface LayerConfig
        permits LinearConfig, ActivationConfig, DropoutConfig, BatchNormConfig, LayerNormConfig {
    /// The name of its type in the file: that of the module.
    String type();

    /// A layer like this with parameters of its own.
    Module module();

    /// The shape of every tensor of the layer by its name within it, in PyTorch's order.
    default Map<String, List<Integer>> tensorShapes() {
        return Map.of();
    }

    /// What describes `layer`.
    ///
    /// **Throws** `IllegalArgumentException` if a model file cannot describe it.
    static LayerConfig of(Module layer) {
        return switch (layer) {
            case Linear linear -> new LinearConfig(linear.inFeatures(), linear.outFeatures(), linear.bias() != null);
            case Dropout dropout -> new DropoutConfig(dropout.p());
            case BatchNorm1d norm -> new BatchNormConfig(norm.numFeatures(), norm.eps(), norm.momentum(),
                    norm.affine(), norm.trackRunningStats());
            case LayerNorm norm -> new LayerNormConfig(norm.normalizedShape(), norm.eps(), norm.elementwiseAffine(),
                    norm.bias() != null);
            case ReLU _ -> ActivationConfig.RELU;
            case Sigmoid _ -> ActivationConfig.SIGMOID;
            case Tanh _ -> ActivationConfig.TANH;
            default -> throw new IllegalArgumentException("LayerConfig: " + layer
                    + " given, expected Linear, ReLU, Sigmoid, Tanh, Dropout, BatchNorm1d or LayerNorm: what a model file can hold");
        };
    }
}
