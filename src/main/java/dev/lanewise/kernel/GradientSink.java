// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// What becomes of a finished piece of a parameter's gradient, hot in L1: it is stored, added, or used by an optimizer
/// at once.
///
/// **Threads**: called by several at a time, for pieces that do not overlap.
@FunctionalInterface
public interface GradientSink {
    /// Takes the gradient of the floats `at .. at + n - 1` of the parameter's memory, padding included: those of `g`
    /// from `gFrom` on. `g` is scratch and is overwritten afterwards.
    void accept(MemorySegment g, long gFrom, long at, int n);
}
