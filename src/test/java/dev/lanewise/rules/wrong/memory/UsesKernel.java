// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.memory;

import dev.lanewise.rules.wrong.kernel.Kernels;

/// Breaks the rule that memory uses nothing.
final class UsesKernel {
    final Class<?> kernels = Kernels.class;
}
