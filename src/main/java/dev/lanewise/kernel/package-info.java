// SPDX-License-Identifier: Apache-2.0

/// The arithmetic: one small interface per family of operations, its scalar specification, and the one-time choice.
///
/// Signatures speak [java.lang.foreign.MemorySegment], `long`, `int` and `float` only. Sizes and strides count floats;
/// matrices start at offset 0 of their segment, are row-major, and have rows padded with +0.0 to a multiple of 16
/// floats. Rows of an input are picked by `index` (native `int` row numbers, from entry `from`); an empty `index` means
/// the consecutive rows `from, from + 1, ...`. Kernels check nothing: the modules that call them do.
@NullMarked
package dev.lanewise.kernel;

import org.jspecify.annotations.NullMarked;
