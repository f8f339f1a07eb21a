// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.GELU;
import dev.lanewise.nn.Module;

/// GELU as a model file describes it.
///
/// @param approximate how the distribution function is computed
public record GeluConfig(GELU.Approximate approximate) implements LayerConfig {
    static final String TYPE = "GELU";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Module module() {
        return new GELU(approximate);
    }
}
