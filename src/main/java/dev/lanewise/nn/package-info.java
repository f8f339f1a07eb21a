// SPDX-License-Identifier: Apache-2.0

/// Modules and losses: shapes, and the order of forward and backward. The arithmetic is in the kernels.
///
/// A [Module] is either a [Layer] or a [Sequential] of modules. The module on which `forward` is called owns the
/// memory: the parameters of all layers below it, and what its passes keep for `backward`.
@NullMarked
package dev.lanewise.nn;

import org.jspecify.annotations.NullMarked;
