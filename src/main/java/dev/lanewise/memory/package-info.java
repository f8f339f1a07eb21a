// SPDX-License-Identifier: Apache-2.0

/// Off-heap buffers: ownership, alignment, padding, budget.
///
/// A [Table] owns rows of one kind ([FloatMatrix], [ByteMatrix], [ClassLabels]); [Rows] is a view of some of them, consecutive or
/// picked by an index. Whoever creates a table closes it.
@NullMarked
package dev.lanewise.memory;

import org.jspecify.annotations.NullMarked;
