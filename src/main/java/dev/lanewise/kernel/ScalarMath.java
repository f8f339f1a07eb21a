// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// Exponential, logarithm, hyperbolic tangent and logistic function from `+ - * /` and multiply-adds alone, so that
/// their bits are the same in every tier of the JVM and in vector lanes. The derivation of the constants and the measured errors stand in `src/docs/numerics.md`.
public final class ScalarMath {
    /// Below this the exponential is rounded to +0.0.
    public static final float EXP_MIN = -105f;
    /// Above this the exponential overflows.
    public static final float EXP_MAX = 89f;
    /// `x + ROUND - ROUND` rounds a small `x` to the nearest integer, which then stands in the low bits of `x + ROUND`.
    public static final float ROUND = 0x1.8p23f;
    /// 1 / ln 2.
    public static final float LOG2_E = 0x1.715476p0f;
    /// ln 2 rounded to float; its low bits are zero, so that the product with an integer below 2^8 leaves `x` exactly.
    public static final float LN2 = 0x1.62e430p-1f;
    /// ln 2 - [#LN2].
    public static final float LN2_REST = -0x1.05c610p-29f;
    /// Coefficients of `(e^r - 1 - r) / r^2` for `|r| <= ln 2 / 2`.
    public static final float EXP_2 = 0x1.fffffcp-2f;
    /// Coefficient of `r`.
    public static final float EXP_3 = 0x1.555492p-3f;
    /// Coefficient of `r^2`.
    public static final float EXP_4 = 0x1.5558acp-5f;
    /// Coefficient of `r^3`.
    public static final float EXP_5 = 0x1.12397cp-7f;
    /// Coefficient of `r^4`.
    public static final float EXP_6 = 0x1.6a5198p-10f;

    /// The bits of [#ROUND].
    public static final int ROUND_BITS = 0x4B400000;
    /// Every bit of a float but its sign.
    public static final int MAGNITUDE = Integer.MAX_VALUE;
    /// From here on the hyperbolic tangent is computed from an exponential, below by a polynomial.
    public static final float TANH_EXP = 0.625f;
    /// Above this the hyperbolic tangent is rounded to 1.
    public static final float TANH_MAX = 10f;
    /// Coefficients of `(tanh(x) - x) / x^3` for `|x| <= 0.625`, a polynomial in `x^2`.
    public static final float TANH_3 = -0x1.555532p-2f;
    /// Coefficient of `x^2`.
    public static final float TANH_5 = 0x1.1106f6p-3f;
    /// Coefficient of `x^4`.
    public static final float TANH_7 = -0x1.b835a4p-5f;
    /// Coefficient of `x^6`.
    public static final float TANH_9 = 0x1.51f8cep-6f;
    /// Coefficient of `x^8`.
    public static final float TANH_11 = -0x1.750ce2p-8f;
    /// ln 2 rounded to 16 bits: times an exponent it is exact.
    public static final float LN2_HEAD = 0x1.62e4p-1f;
    /// ln 2 - [#LN2_HEAD].
    public static final float LN2_TAIL = 0x1.7f7d1cp-20f;
    /// The bits of the square root of 1/2.
    public static final int SQRT_HALF_BITS = 0x3F3504F3;
    /// Coefficients of `(log(1 + f) - f) / f^2` for `sqrt(1/2) <= 1 + f < sqrt(2)`.
    public static final float LOG_2 = -0x1.fffff8p-2f;
    /// Coefficient of `f`.
    public static final float LOG_3 = 0x1.555550p-2f;
    /// Coefficient of `f^2`.
    public static final float LOG_4 = -0x1.000432p-2f;
    /// Coefficient of `f^3`.
    public static final float LOG_5 = 0x1.99a416p-3f;
    /// Coefficient of `f^4`.
    public static final float LOG_6 = -0x1.5425c0p-3f;
    /// Coefficient of `f^5`.
    public static final float LOG_7 = 0x1.226e6ep-3f;
    /// Coefficient of `f^6`.
    public static final float LOG_8 = -0x1.0f4050p-3f;
    /// Coefficient of `f^7`.
    public static final float LOG_9 = 0x1.085db6p-3f;
    /// Coefficient of `f^8`.
    public static final float LOG_10 = -0x1.383b80p-4f;

    private ScalarMath() {
    }

    /// `e^x`.
    ///
    /// **Numerics**: `x = n ln 2 + r`, `|r| <= ln 2 / 2`; `e^x = 2^n ((1 + r) + r^2 q(r))` with `q` of degree 4, and
    /// the rounding error of `1 + r` added back. Within 1 ulp on [-104, 88.72], subnormal results included; +0.0 below,
    /// +infinity above, NaN for NaN.
    public static float exp(float x) {
        float c = x < EXP_MIN ? EXP_MIN : x;
        c = c > EXP_MAX ? EXP_MAX : c;
        float t = Math.fma(c, LOG2_E, ROUND);
        float n = t - ROUND;
        float r = Math.fma(n, -LN2_REST, Math.fma(n, -LN2, c));
        float q = Math.fma(Math.fma(Math.fma(Math.fma(EXP_6, r, EXP_5), r, EXP_4), r, EXP_3), r, EXP_2);
        float sum = 1f + r;
        float lost = r - (sum - 1f);
        float p = sum + Math.fma(q, r * r, lost);
        int exponent = Float.floatToRawIntBits(t) - ROUND_BITS;
        int half = exponent >> 1;
        return p * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float powerOfTwo(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /// The natural logarithm of `x`.
    ///
    /// **Numerics**: `x = 2^k (1 + f)`, `sqrt(1/2) <= 1 + f < sqrt(2)`; `log x = k ln 2 + (f + f^2 q(f))` with `q` of
    /// degree 8, and the rounding error of `k ln 2 + f` added back. Within 1 ulp; `log(1)` is +0.0, `log(0)` is
    /// -infinity, NaN below 0, +infinity for +infinity.
    public static float log(float x) {
        if (!(x > 0f && x < Float.POSITIVE_INFINITY)) {
            return x == 0f ? Float.NEGATIVE_INFINITY : x > 0f ? x : Float.NaN;
        }
        boolean subnormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(subnormal ? x * 0x1p24f : x);
        int exponent = (bits - SQRT_HALF_BITS) >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
        float q = Math.fma(Math.fma(Math.fma(Math.fma(LOG_10, f, LOG_9), f, LOG_8), f, LOG_7), f, LOG_6);
        q = Math.fma(Math.fma(Math.fma(Math.fma(q, f, LOG_5), f, LOG_4), f, LOG_3), f, LOG_2);
        float k = subnormal ? exponent - 24 : exponent;
        float head = k * LN2_HEAD;
        float sum = head + f;
        float lost = f - (sum - head);
        return sum + Math.fma(q, f * f, Math.fma(k, LN2_TAIL, lost));
    }

    /// `log(1 + e)` for `0 <= e <= 1`.
    ///
    /// **Numerics**: the logarithm of the rounded sum `u`, and the rounding error of `u`, divided by it, added back.
    /// Within 1.5 ulp, subnormal values included; NaN for NaN.
    public static float log1pUnit(float e) {
        float u = 1f + e;
        return log(u) + (e - (u - 1f)) / u;
    }

    /// `log(1 - p)` for `0 <= p <= 1`.
    ///
    /// **Numerics**: as [#log1pUnit]; the rounding error is 0 where `u` is. Within 2 ulp; -infinity for 1, NaN for NaN and
    /// beyond 1.
    public static float logOfRest(float p) {
        float u = 1f - p;
        return log(u) - (p - (1f - u)) / (u < Float.MIN_NORMAL ? Float.MIN_NORMAL : u);
    }

    /// The hyperbolic tangent of `x`.
    ///
    /// **Numerics**: with `a = |x|`, below 0.625 `a + a^3 q(a^2)` with `q` of degree 4, from there on
    /// `1 - 2 / (e^2a + 1)`; the sign is that of `x`. Within 1.5 ulp; -0.0 for -0.0, +-1 beyond 9.02, NaN for NaN.
    public static float tanh(float x) {
        int bits = Float.floatToRawIntBits(x);
        float a = Float.intBitsToFloat(bits & MAGNITUDE);
        float t;
        if (a < TANH_EXP) {
            float z = a * a;
            float q = Math.fma(Math.fma(Math.fma(Math.fma(TANH_11, z, TANH_9), z, TANH_7), z, TANH_5), z, TANH_3);
            t = Math.fma(a * z, q, a);
        } else {
            float c = a > TANH_MAX ? TANH_MAX : a;
            t = 1f - 2f / (exp(c + c) + 1f);
        }
        return Float.intBitsToFloat(Float.floatToRawIntBits(t) | (bits & ~MAGNITUDE));
    }

    /// The logistic function `1 / (1 + e^-x)`.
    ///
    /// **Numerics**: with `e = e^-|x|`, which cannot overflow, `1 / (1 + e)` for `x >= 0` and `e / (1 + e)` below; the
    /// rounding errors of `1 + e` and of the quotient are given back to the latter. Within 2 ulp, subnormal results
    /// included; +0.0 below -105, 1 above 17.4, NaN for NaN.
    public static float sigmoid(float x) {
        float e = exp(Float.intBitsToFloat(Float.floatToRawIntBits(x) | ~MAGNITUDE));
        float sum = 1f + e;
        float lost = e - (sum - 1f);
        float dividend = x < 0f ? e : 1f;
        float inverse = 1f / sum;
        float quotient = dividend * inverse;
        float rest = Math.fma(-quotient, lost, Math.fma(-quotient, sum, dividend));
        return Math.fma(rest, inverse, quotient);
    }
}
