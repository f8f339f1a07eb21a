// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.util.List;
import java.util.stream.Stream;

/// The types of layers that a model file can hold.
final class LayerTypes {
    /// Their names in the file, for messages.
    static final List<String> NAMES = Stream.of(
            Stream.of(LinearConfig.TYPE, DropoutConfig.TYPE, BatchNormConfig.TYPE, LayerNormConfig.TYPE,
                    GeluConfig.TYPE),
            Stream.of(ActivationConfig.values()).map(ActivationConfig::type),
            Stream.of(TunedActivationConfig.Kind.values()).map(TunedActivationConfig.Kind::type))
            .flatMap(names -> names).toList();

    private LayerTypes() {
    }
}
