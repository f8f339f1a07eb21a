// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;

/// What a module saves and loads under a name: a trainable [Parameter] or a [Buffer].
public sealed interface StateTensor permits Parameter, Buffer {
    /// The name within its layer, such as `weight`.
    String localName();

    /// Number of rows of [#value]; 1 for a vector.
    int rows();

    /// Number of columns of [#value]; the size of a vector.
    int cols();

    /// Whether this is one-dimensional, as in its PyTorch shape.
    boolean isVector();

    /// The values; writing to them changes the model.
    ///
    /// **Throws** `IllegalStateException` after the module has been closed.
    FloatMatrix value();

    /// Says that [#value] has been written to. The library says it of what it writes itself: optimizers, loading,
    /// initialising. To be called by whoever writes to the memory between a forward pass and its `backward`, which is
    /// then refused if it needs the values of before.
    void changed();
}
