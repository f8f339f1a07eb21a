// SPDX-License-Identifier: Apache-2.0

/// Threads of our own: a team that does the parts of a piece of work side by side.
@NullMarked
package dev.lanewise.parallel;

import org.jspecify.annotations.NullMarked;
