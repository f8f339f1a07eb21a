// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.kernel;

import dev.lanewise.rules.wrong.kernel.simd.SimdKernels;
import jdk.incubator.vector.FloatVector;

/// Breaks two rules: only the choosing class names the vector kernels, and only they import vectors.
final class NamesSimd {
    final Class<?> simd = SimdKernels.class;
    final Class<?> vector = FloatVector.class;
}
