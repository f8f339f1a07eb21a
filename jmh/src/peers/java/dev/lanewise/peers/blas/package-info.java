// SPDX-License-Identifier: Apache-2.0

/// OpenBLAS with gradients by hand.
@NullMarked
package dev.lanewise.peers.blas;

import org.jspecify.annotations.NullMarked;
