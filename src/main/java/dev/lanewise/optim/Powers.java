// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

/// Powers with whole exponents, by squaring: the same bits everywhere, and unlike `StrictMath.pow`, which makes arrays,
/// without an object. [PowerSequence] is faster for one exponent after the other.
final class Powers {
    private Powers() {
    }

    /// `base` to the power of `exponent`, at least 0. The relative error is at most some `exponent` ulp.
    static double of(double base, long exponent) {
        double result = 1;
        double square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }
}
