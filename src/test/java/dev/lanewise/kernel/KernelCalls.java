// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import dev.lanewise.memory.AllocatedBytes;

/// Calls of kernels that must not allocate.
///
/// Each is a call of an interface with many classes, which C2 does not inline: every kernel is compiled by itself, as in a
/// program whose layers call them. Twenty kernels in one method are more than C2 bets on, and it boxes vectors there.
final class KernelCalls {
    private static final int STEPS = 200;
    private static final long PATIENCE_NANOS = 40_000_000_000L;

    private KernelCalls() {
    }

    /// Says which kernels are there, for [KernelAllocationIT].
    static void tellKernels() {
        System.out.println(Kernels.active());
    }

    /// Runs `calls` one after the other, over and over, until they allocate nothing.
    static void assertNoBytes(String what, Runnable... calls) {
        long start = System.nanoTime();
        long best = Long.MAX_VALUE;
        while (best > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            long before = AllocatedBytes.now();
            for (int i = 0; i < STEPS; i++) {
                for (Runnable call : calls) {
                    call.run();
                }
            }
            best = Math.min(best, AllocatedBytes.now() - before);
        }
        if (best != 0) {
            throw new AssertionError(best + " bytes in " + STEPS + " steps of " + what);
        }
    }
}
