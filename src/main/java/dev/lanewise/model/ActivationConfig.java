// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Tanh;

/// An activation without settings.
public enum ActivationConfig implements LayerConfig {
    /// [ReLU].
    RELU("ReLU"),
    /// [Sigmoid].
    SIGMOID("Sigmoid"),
    /// [Tanh].
    TANH("Tanh");

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
        };
    }
}
