// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.cli;

import dev.lanewise.rules.wrong.kernel.simd.SimdKernels;

/// Breaks the rule that the command line does not know the vector kernels.
public final class UsesSimd {
    public final Class<?> kernels = SimdKernels.class;
}
