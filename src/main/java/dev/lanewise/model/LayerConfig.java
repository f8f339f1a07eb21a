// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.model.TunedActivationConfig.Kind;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.Hardtanh;
import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LogSigmoid;
import dev.lanewise.nn.LogSoftmax;
import dev.lanewise.nn.Mish;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.ReLU6;
import dev.lanewise.nn.SELU;
import dev.lanewise.nn.SiLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Softmax;
import dev.lanewise.nn.Softplus;
import dev.lanewise.nn.Tanh;
import java.util.List;
import java.util.Map;

/// A layer as a model file describes it: enough to build it again, weights aside.
public sealed interface LayerConfig permits LinearConfig, ActivationConfig, TunedActivationConfig, GeluConfig,
        DropoutConfig, BatchNormConfig, LayerNormConfig {
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
            case SELU _ -> ActivationConfig.SELU;
            case SiLU _ -> ActivationConfig.SILU;
            case Mish _ -> ActivationConfig.MISH;
            case LogSigmoid _ -> ActivationConfig.LOG_SIGMOID;
            case ReLU6 _ -> ActivationConfig.RELU6;
            case Softmax _ -> ActivationConfig.SOFTMAX;
            case LogSoftmax _ -> ActivationConfig.LOG_SOFTMAX;
            case Flatten _ -> ActivationConfig.FLATTEN;
            case GELU gelu -> new GeluConfig(gelu.approximate());
            case LeakyReLU leaky -> tuned(Kind.LEAKY_RELU, leaky.negativeSlope());
            case ELU elu -> tuned(Kind.ELU, elu.alpha());
            case Softplus softplus -> tuned(Kind.SOFTPLUS, softplus.beta(), softplus.threshold());
            case Hardtanh hardtanh -> tuned(Kind.HARDTANH, hardtanh.minVal(), hardtanh.maxVal());
            default -> throw new IllegalArgumentException("LayerConfig: " + layer
                    + " given, expected what a model file can hold, one of " + String.join(", ", LayerTypes.NAMES));
        };
    }

    private static LayerConfig tuned(Kind kind, Float... settings) {
        return new TunedActivationConfig(kind, List.of(settings));
    }
}
