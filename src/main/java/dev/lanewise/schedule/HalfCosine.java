// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

/// `(1 + cos(pi * share)) / 2`: 1 at share 0, 0 at share 1, 1 again at share 2.
///
/// **Numerics**: within 1e-15, and the same bits everywhere. It is the square of a cosine of at most a quarter turn, by
/// its power series: nothing cancels near 0, and nothing is allocated (`StrictMath.cos` makes arrays in every call).
final class HalfCosine {
    /// The series have fallen below 1e-18 by then, for angles up to an eighth of a turn.
    private static final int LAST_POWER = 17;

    private HalfCosine() {
    }

    static double at(double share) {
        double folded = share % 2;
        double distance = folded > 1 ? 2 - folded : folded;
        double root = distance <= 0.5 ? series(0, Math.PI / 2 * distance) : series(1, Math.PI / 2 * (1 - distance));
        return root * root;
    }

    /// The series of the cosine (from power 0) or the sine (from power 1) at `angle`.
    private static double series(int firstPower, double angle) {
        double square = angle * angle;
        double term = firstPower == 0 ? 1 : angle;
        double sum = term;
        for (int power = firstPower + 2; power <= LAST_POWER + firstPower; power += 2) {
            term *= -square / (power * (power - 1));
            sum += term;
        }
        return sum;
    }
}
