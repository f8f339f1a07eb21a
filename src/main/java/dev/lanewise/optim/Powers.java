// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

/// Powers without an object, which `StrictMath.pow` makes in every call, and with the same bits everywhere.
/// [PowerSequence] is faster for one exponent after the other.
final class Powers {
    private Powers() {
    }

    /// Any power of a number of at least 0, within some `2^-52 * (1 + |log(power)|)`, relative.
    static double ofReal(double base, double exponent) {
        return StrictMath.exp(exponent * StrictMath.log(base));
    }

    /// `base` to the power of `exponent`, at least 0, by squaring. The relative error is at most some `exponent` ulp.
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
