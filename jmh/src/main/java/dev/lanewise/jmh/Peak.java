// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.bench.MachinePeak;

/// What this machine can do, measured once in a fork, before its first benchmark is warm.
final class Peak {
    /// Multiply-adds from registers on one thread, 10^9 operations a second.
    static final double FMA_GFLOPS = MachinePeak.measureFmaGflops(1);

    private Peak() {
    }
}
