// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;

/// An optimizer that can use gradients while they are computed, so that no gradient is stored.
///
/// The result is bit for bit that of storing the gradient and then stepping.
public interface FusedOptimizer {
    /// Whether this optimizer was given `parameter`; the others keep and gather their gradients.
    boolean owns(Parameter parameter);

    /// Steps the weight of a linear layer with the gradient of `dY` (rows, out) and its input `x` (rows, in).
    void stepWeight(Parameter weight, Rows x, FloatMatrix dY, MemorySegment scratch);

    /// Steps the bias of a linear layer with the gradient of `dY` (rows, out).
    void stepBias(Parameter bias, FloatMatrix dY, int rows, MemorySegment scratch);
}
