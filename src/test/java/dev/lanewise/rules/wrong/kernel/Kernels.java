// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.kernel;

import dev.lanewise.rules.wrong.kernel.simd.SimdKernels;

/// Keeps the rules: the choosing class may name the vector kernels.
public final class Kernels {
    final Class<?> simd = SimdKernels.class;
}
