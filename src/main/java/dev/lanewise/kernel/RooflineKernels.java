// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// What a machine can do at most: multiply-adds that need no memory, and reading that needs no arithmetic. The yardstick
/// of all other kernels.
public interface RooflineKernels {
    /// Floats of the state of [#multiplyAdd]: twelve blocks of 16, more independent chains than any processor has
    /// multiply-adds in flight, and few enough to stay in 16 registers.
    int CHAINS = 12 * 16;

    /// [#xor] reads so many floats at a time.
    int READ_FLOATS = 128;

    /// `v[i] = fma(v[i], a, b)`, so many `turns` of it, for the [#CHAINS] floats of `v`.
    void multiplyAdd(MemorySegment v, float a, float b, int turns);

    /// The bits of `x[from .. from + n - 1]`, combined by exclusive or, which gives the same in any order; `n` is a
    /// multiple of [#READ_FLOATS].
    int xor(MemorySegment x, long from, long n);

    /// Floating-point operations of a turn of [#multiplyAdd]: a multiply-add is two.
    static long operations(long turns) {
        return 2 * CHAINS * turns;
    }
}
