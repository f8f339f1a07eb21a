// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Hardtanh;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Softplus;
import java.util.List;

/// An activation with numbers for settings.
///
/// **Throws** `IllegalArgumentException` unless there are as many as the kind has, and its module takes them.
///
/// @param kind which one
/// @param settings its numbers, in the order of [Kind#settings]
public record TunedActivationConfig(Kind kind, List<Float> settings) implements LayerConfig {
    /// The activations with numbers for settings.
    public enum Kind {
        /// [LeakyReLU].
        LEAKY_RELU("LeakyReLU", "negative_slope"),
        /// [ELU].
        ELU("ELU", "alpha"),
        /// [Softplus].
        SOFTPLUS("Softplus", "beta", "threshold"),
        /// [Hardtanh].
        HARDTANH("Hardtanh", "min_val", "max_val");

        private final String type;
        @SuppressWarnings("ImmutableEnumChecker") // what List.of makes is
        private final List<String> settings;

        Kind(String type, String... settings) {
            this.type = type;
            this.settings = List.of(settings);
        }

        /// The name of its type in the file: that of the module.
        public String type() {
            return type;
        }

        /// The names of its settings in the file: PyTorch's.
        public List<String> settings() {
            return settings;
        }
    }

    /// Copies the settings and checks them.
    public TunedActivationConfig {
        settings = List.copyOf(settings);
        if (settings.size() != kind.settings.size()) {
            throw new IllegalArgumentException(kind.type + ": " + settings.size() + " settings given, expected "
                    + String.join(" and ", kind.settings));
        }
        module(kind, settings);
    }

    @Override
    public String type() {
        return kind.type;
    }

    @Override
    public Module module() {
        return module(kind, settings);
    }

    private static Module module(Kind kind, List<Float> settings) {
        return switch (kind) {
            case LEAKY_RELU -> new LeakyReLU(settings.getFirst());
            case ELU -> new ELU(settings.getFirst());
            case SOFTPLUS -> new Softplus(settings.getFirst(), settings.getLast());
            case HARDTANH -> new Hardtanh(settings.getFirst(), settings.getLast());
        };
    }
}
