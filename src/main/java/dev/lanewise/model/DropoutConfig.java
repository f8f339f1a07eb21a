// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Module;

/// Dropout as a model file describes it; prediction needs nothing of it, going on with the training does.
///
/// **Throws** `IllegalArgumentException` unless `p` is from 0 to 1.
///
/// @param p the probability that a value is dropped
public record DropoutConfig(float p) implements LayerConfig {
    static final String TYPE = "Dropout";

    /// Checks the probability.
    public DropoutConfig {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("Dropout: p is " + p + ", expected a probability from 0 to 1");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Module module() {
        return new Dropout(p);
    }
}
