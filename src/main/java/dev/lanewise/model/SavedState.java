// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.util.List;

/// Tensors read from a file.
///
/// **Ownership**: the caller closes it, which frees the tensors.
///
/// @param tensors in the order of the file
public record SavedState(List<NamedTensor> tensors) implements AutoCloseable {
    /// Copies the list.
    public SavedState {
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
