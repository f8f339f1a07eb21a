// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// An optimizer that can use gradients while they are computed, so that no gradient is stored.
///
/// The result is bit for bit that of storing the gradient and then stepping.
public interface FusedOptimizer {
    /// Steps the parameters of a linear layer with the gradient of `dY` (rows, out) and its input `x` (rows, in).
    /// Parameters that the optimizer was not given stay as they are.
    void stepLinear(Parameter weight, @Nullable Parameter bias, Rows x, FloatMatrix dY, MemorySegment scratch);
}
