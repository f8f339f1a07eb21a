// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.random;

/// Logarithm, sine and cosine in single precision as PyTorch's vector code computes them: with the polynomials of Cephes,
/// a product and a sum that follow each other rounded once, as compilers join them where the CPU can.
///
/// Exact results would be nearer to the truth, but up to 3 ulp away from PyTorch's normal numbers.
///
/// **Source**: S. L. Moshier, "Methods and Programs for Mathematical Functions", 1989 (the Cephes library), which gives
/// the coefficients.
final class CephesMath {
    private static final float ROOT_OF_HALF = 0.70710677f;
    /// log 2 in two parts; multiples of the first are exact.
    private static final float LOG_2_HIGH = 0.6933594f;
    private static final float LOG_2_LOW = -2.1219444e-4f;
    private static final float FOUR_OVER_PI = 1.2732395f;
    /// pi / 4 in three parts; small multiples of the first two are exact.
    private static final float QUARTER_PI_HIGH = 0.78515625f;
    private static final float QUARTER_PI_MIDDLE = 2.4187565e-4f;
    private static final float QUARTER_PI_LOW = 3.774895e-8f;

    private CephesMath() {
    }

    /// The logarithm of a normal positive number.
    static float log(float x) {
        int bits = Float.floatToRawIntBits(x);
        float exponent = (bits >>> 23) - 126;
        float m = Float.intBitsToFloat((bits & 0x7FFFFF) | 0x3F000000); // in [0.5, 1)
        if (m < ROOT_OF_HALF) {
            exponent--;
            m = m - 1 + m;
        } else {
            m = m - 1;
        }
        float square = m * m;
        float y = 0.070376836f;
        y = Math.fma(y, m, -0.1151461f);
        y = Math.fma(y, m, 0.116769984f);
        y = Math.fma(y, m, -0.12420141f);
        y = Math.fma(y, m, 0.14249323f);
        y = Math.fma(y, m, -0.16668057f);
        y = Math.fma(y, m, 0.20000714f);
        y = Math.fma(y, m, -0.24999994f);
        y = Math.fma(y, m, 0.3333333f);
        y = y * m;
        y = Math.fma(y, square, exponent * LOG_2_LOW);
        y = Math.fma(-square, 0.5f, y);
        return Math.fma(exponent, LOG_2_HIGH, m + y);
    }

    /// The sine of an angle in [0, 2 pi].
    static float sin(float angle) {
        int octant = octant(angle);
        float rest = rest(angle, octant);
        float value = (octant & 2) == 0 ? sinNearZero(rest) : cosNearZero(rest);
        return (octant & 4) == 0 ? value : -value;
    }

    /// The cosine of an angle in [0, 2 pi].
    static float cos(float angle) {
        int octant = octant(angle);
        float rest = rest(angle, octant);
        float value = (octant & 2) == 0 ? cosNearZero(rest) : sinNearZero(rest);
        return ((octant - 2) & 4) == 0 ? -value : value;
    }

    /// The even number of eighths of a circle next to the angle.
    private static int octant(float angle) {
        return ((int) (angle * FOUR_OVER_PI) + 1) & ~1;
    }

    private static float rest(float angle, int octant) {
        float rest = Math.fma(octant, -QUARTER_PI_HIGH, angle);
        rest = Math.fma(octant, -QUARTER_PI_MIDDLE, rest);
        return Math.fma(octant, -QUARTER_PI_LOW, rest);
    }

    private static float sinNearZero(float x) {
        float square = x * x;
        float y = Math.fma(-1.9515296e-4f, square, 0.008332161f);
        y = Math.fma(y, square, -0.16666655f);
        return Math.fma(y * square, x, x);
    }

    private static float cosNearZero(float x) {
        float square = x * x;
        float y = Math.fma(2.4433157e-5f, square, -0.0013887316f);
        y = Math.fma(y, square, 0.041666646f);
        return Math.fma(y * square, square, -(square * 0.5f)) + 1;
    }
}
