// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.Flatten;
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
import dev.lanewise.nn.Tanh;

/// An activation, or another layer between linear ones, without settings.
public enum ActivationConfig implements LayerConfig {
    /// [ReLU].
    RELU("ReLU"),
    /// [Sigmoid].
    SIGMOID("Sigmoid"),
    /// [Tanh].
    TANH("Tanh"),
    /// [SELU].
    SELU("SELU"),
    /// [SiLU].
    SILU("SiLU"),
    /// [Mish].
    MISH("Mish"),
    /// [LogSigmoid].
    LOG_SIGMOID("LogSigmoid"),
    /// [ReLU6].
    RELU6("ReLU6"),
    /// [Softmax].
    SOFTMAX("Softmax"),
    /// [LogSoftmax].
    LOG_SOFTMAX("LogSoftmax"),
    /// [Flatten].
    FLATTEN("Flatten");

    private final String type;

    ActivationConfig(String type) {
        this.type = type;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Module module() {
        return switch (this) {
            case RELU -> new ReLU();
            case SIGMOID -> new Sigmoid();
            case TANH -> new Tanh();
            case SELU -> new SELU();
            case SILU -> new SiLU();
            case MISH -> new Mish();
            case LOG_SIGMOID -> new LogSigmoid();
            case RELU6 -> new ReLU6();
            case SOFTMAX -> new Softmax();
            case LOG_SOFTMAX -> new LogSoftmax();
            case FLATTEN -> new Flatten();
        };
    }
}
