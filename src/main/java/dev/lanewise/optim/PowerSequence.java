// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

/// Powers `base^t` for `t` ascending by 1, a multiplication each; `StrictMath.pow` takes many times as long and makes
/// arrays.
///
/// **Numerics**: `(base^64)^(t / 64)` by squaring, times `base` `t % 64` times: a function of base and `t` alone, whatever
/// was asked before. The relative error is at most some `t` ulp.
final class PowerSequence {
    private static final int RUN = 64;

    private double base = Double.NaN;
    private long t;
    /// The power of the whole runs, and of what is beyond them.
    private double runs;
    private double rest;

    /// `newBase` to the power of `newT`, at least 0.
    double of(double newBase, long newT) {
        if (newBase == base && newT == t + 1 && newT % RUN != 0) {
            rest *= base;
        } else if (newBase != base || newT != t) {
            runs = Powers.of(Powers.of(newBase, RUN), newT / RUN);
            rest = 1;
            for (long i = 0; i < newT % RUN; i++) {
                rest *= newBase;
            }
        }
        base = newBase;
        t = newT;
        return runs * rest;
    }
}
