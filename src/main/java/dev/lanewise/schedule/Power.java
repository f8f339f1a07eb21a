// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

/// Powers of numbers of at least 0.
///
/// **Numerics**: the same bits everywhere, within some `2^-52 * (1 + |log(power)|)`, relative. `StrictMath.pow` would
/// be nearer, but makes arrays in every call.
final class Power {
    private Power() {
    }

    static double of(double base, double exponent) {
        if (exponent == 0) {
            return 1;
        }
        return exponent == 1 ? base : StrictMath.exp(exponent * StrictMath.log(base));
    }
}
