// SPDX-License-Identifier: Apache-2.0

/// Measuring: what this machine can do at most, and how near to it training comes.
@NullMarked
package dev.lanewise.bench;

import org.jspecify.annotations.NullMarked;
