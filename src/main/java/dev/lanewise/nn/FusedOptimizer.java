// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// An optimizer that can use gradients piece by piece while they are computed, so that no gradient is stored.
///
/// The result is bit for bit that of storing the gradient and then stepping.
public interface FusedOptimizer {
    /// Whether this optimizer was given `parameter`; the others keep and gather their gradients.
    boolean owns(Parameter parameter);

    /// Whether the next training step may hand over gradients piece by piece. If not, it calls [#beginGradients] before
    /// the gradients, stores them, and calls [#endGradients] behind.
    boolean fuses();

    /// A training step that stores gradients is about to compute them: those of before are dropped or not.
    void beginGradients();

    /// A training step has stored all gradients: the parameters are stepped, or not yet.
    void endGradients();

    /// Allocates what steps of `parameter` need, if that has not been done.
    ///
    /// **Throws** `OffHeapMemoryException` if memory is refused; nothing has begun then.
    void prepare(Parameter parameter);

    /// Begins a step of `parameter`, on the thread that trains: what has to be counted is counted here, or by
    /// [PlainDescent#count] for a step that is not begun.
    void begin(Parameter parameter);

    /// What a caller needs to step `parameter` by itself, or null, as by default: there is no such thing, or the optimizer
    /// does not own it. The caller keeps the answer for as long as it steps with this optimizer.
    default @Nullable PlainDescent plainDescent(Parameter parameter) {
        return null;
    }

    /// Steps the floats `at .. at + n - 1` of the memory of `parameter`, `value`, with the gradient in `g` from `gFrom`
    /// on. Called after [#begin] by several threads at a time, for pieces that do not overlap; `n` and `at` are
    /// multiples of 16, padding included.
    void update(Parameter parameter, MemorySegment value, long at, MemorySegment g, long gFrom, long n);
}
