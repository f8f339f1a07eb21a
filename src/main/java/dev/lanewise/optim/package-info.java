// SPDX-License-Identifier: Apache-2.0

/// Optimizers: how parameters follow their gradients.
@NullMarked
package dev.lanewise.optim;

import org.jspecify.annotations.NullMarked;
