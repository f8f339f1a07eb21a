// SPDX-License-Identifier: Apache-2.0

/// Data sets: from arrays and files to off-heap rows, and from rows to seeded minibatches.
///
/// A [Dataset] owns features and targets; [Batches] walks over it in minibatches; readers ([Digits]) and [Synthetic] make data sets.
/// Whoever receives one closes it.
@NullMarked
package dev.lanewise.data;

import org.jspecify.annotations.NullMarked;
