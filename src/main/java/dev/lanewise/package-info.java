// SPDX-License-Identifier: Apache-2.0

/// The front door: [Trainer] for loops you write yourself, [Fit] for whole epochs.
@NullMarked
package dev.lanewise;

import org.jspecify.annotations.NullMarked;
