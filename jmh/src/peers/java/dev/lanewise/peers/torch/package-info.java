// SPDX-License-Identifier: Apache-2.0

/// libtorch with autograd.
@NullMarked
package dev.lanewise.peers.torch;

import org.jspecify.annotations.NullMarked;
