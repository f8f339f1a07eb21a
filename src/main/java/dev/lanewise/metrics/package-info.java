// SPDX-License-Identifier: Apache-2.0

/// Metrics of predictions: counts and sums in `long` and `double`.
@NullMarked
package dev.lanewise.metrics;

import org.jspecify.annotations.NullMarked;
