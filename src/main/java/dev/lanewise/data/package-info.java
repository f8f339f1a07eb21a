// SPDX-License-Identifier: Apache-2.0

/// Data sets: from arrays and files to off-heap rows, and from rows to seeded minibatches.
///
/// A [Dataset] owns features and targets; [Batches] walks over it in minibatches. Readers ([IdxReader], [CsvReader],
/// [Digits]) and [Synthetic] make data sets, a [StandardScaler] scales them. Whoever receives one closes it.
@NullMarked
package dev.lanewise.data;

import org.jspecify.annotations.NullMarked;
