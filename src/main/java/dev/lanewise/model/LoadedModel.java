// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.util.List;

/// A model read from a file.
///
/// **Ownership**: the caller closes it, which frees the tensors.
///
/// @param config what the model is
/// @param tensors its weights, in the order of [ModelConfig#tensorShapes]
public record LoadedModel(ModelConfig config, List<NamedTensor> tensors) implements AutoCloseable {
    /// Copies the list.
    public LoadedModel {
        tensors = List.copyOf(tensors);
    }

    /// Frees the tensors; harmless a second time.
    @Override
    public void close() {
        for (NamedTensor tensor : tensors) {
            tensor.values().close();
        }
    }
}
