// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.kernel.simd;

import dev.lanewise.rules.wrong.memory.Reinterprets;

/// Breaks the rule that the vector kernels know the kernels only.
public final class SimdKernels {
    final Class<?> memory = Reinterprets.class;
}
