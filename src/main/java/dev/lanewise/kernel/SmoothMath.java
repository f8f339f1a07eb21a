// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// Activations with exponentials in them, one value at a time: in double, from `+ - * /` and multiply-adds alone, and
/// rounded to float once. Double costs half the lanes and spares what float would need to stay within 2 ulp: products of
/// three inexact factors far out in the tails, where most of them end in subnormal floats.
///
/// **Numerics**: the functions are within 0.51 ulp over all floats (`src/docs/numerics.md`). NaN gives NaN. What PyTorch
/// computes as infinity times zero is NaN here too: the gates at -infinity, and their slopes at both infinities.
public final class SmoothMath {
    /// Below this the exponential is +0.0: the exponent of the power of two is then 0.
    public static final double EXP_LOWEST = -709.1;
    /// `x + ROUND - ROUND` rounds a small `x` to the nearest integer; that plus 1023, the exponent of a power of two,
    /// then stands in the low bits of `x + ROUND`.
    public static final double ROUND = 0x1.8p52 + 1023;
    /// Bits that the exponent of a double is shifted by.
    public static final int EXPONENT_SHIFT = 52;
    /// 1 / ln 2.
    public static final double LOG2_E = 0x1.71547652b82fep0;
    /// ln 2.
    public static final double LN2 = 0x1.62e42fefa39efp-1;
    /// Coefficients of `(e^r - 1 - r) / r^2` for `|r| <= ln 2 / 2`.
    public static final double EXP_2 = 0x1.00000028315d3p-1;
    /// Coefficient of `r`.
    public static final double EXP_3 = 0x1.55555583cea84p-3;
    /// Coefficient of `r^2`.
    public static final double EXP_4 = 0x1.5554ad1420151p-5;
    /// Coefficient of `r^3`.
    public static final double EXP_5 = 0x1.1110972e8eedcp-7;
    /// Coefficient of `r^4`.
    public static final double EXP_6 = 0x1.6d753f4b19fc3p-10;
    /// Coefficient of `r^5`.
    public static final double EXP_7 = 0x1.a1970c170596fp-13;

    /// Coefficients of `(log((1 + w) / (1 - w)) - 2 w) / w^3`, a polynomial in `w^2 <= 1/9`.
    public static final double LOG_3 = 0x1.55555849f160ap-1;
    /// Coefficient of `w^2`.
    public static final double LOG_5 = 0x1.9996af991bbf9p-2;
    /// Coefficient of `w^4`.
    public static final double LOG_7 = 0x1.2508c6ef58926p-2;
    /// Coefficient of `w^6`.
    public static final double LOG_9 = 0x1.b6e3ca4052d97p-3;
    /// Coefficient of `w^8`.
    public static final double LOG_11 = 0x1.f18159edf83f2p-3;

    /// The largest magnitude whose gate is computed; beyond, the sigmoid is 0 or 1 like there.
    public static final double GATE_MAX = -EXP_LOWEST;
    /// The largest magnitude whose normal tail is computed: its exponential is +0.0.
    public static final double TAIL_MAX = 37.65;
    /// 1 / sqrt(2 pi).
    public static final double NORMAL = 0x1.9884533d43651p-2;
    /// Coefficients of the dividend of `e^(a^2 / 2) (1 - Phi(a))`.
    public static final double TAIL_P0 = 0x1.ffffffff3e882p-2;
    /// Coefficient of `a`.
    public static final double TAIL_P1 = 0x1.044b17b16cf14p-1;
    /// Coefficient of `a^2`.
    public static final double TAIL_P2 = 0x1.015c1fa83003fp-2;
    /// Coefficient of `a^3`.
    public static final double TAIL_P3 = 0x1.2564c51195299p-4;
    /// Coefficient of `a^4`.
    public static final double TAIL_P4 = 0x1.7fe63afb622f1p-7;
    /// Coefficient of `a^5`.
    public static final double TAIL_P5 = 0x1.d6551df243474p-11;
    /// Coefficient of `a` in the divisor, whose first one is 1.
    public static final double TAIL_Q1 = 0x1.d08d412bd96cep0;
    /// Coefficient of `a^2`.
    public static final double TAIL_Q2 = 0x1.7356b1e1d5be4p0;
    /// Coefficient of `a^3`.
    public static final double TAIL_Q3 = 0x1.518a0e9e0a69fp-1;
    /// Coefficient of `a^4`.
    public static final double TAIL_Q4 = 0x1.7454a35ccefccp-3;
    /// Coefficient of `a^5`.
    public static final double TAIL_Q5 = 0x1.e124c136a0c57p-6;
    /// Coefficient of `a^6`.
    public static final double TAIL_Q6 = 0x1.26bccdf78d960p-9;

    private SmoothMath() {
    }

    /// `e^x` for `x <= 0`, within 3e-10 of it relatively; exactly +0.0 below -709.
    static double exp(double x) {
        double c = Math.max(x, EXP_LOWEST);
        double t = Math.fma(c, LOG2_E, ROUND);
        double r = Math.fma(t - ROUND, -LN2, c);
        return powerOfTwo(t) * Math.fma(r, Math.fma(r, quadratic(r), 1), 1);
    }

    /// `e^x - 1` for `x <= 0`, within 3e-10 of it relatively, however small.
    private static double expm1(double x) {
        double c = Math.max(x, EXP_LOWEST);
        double t = Math.fma(c, LOG2_E, ROUND);
        double r = Math.fma(t - ROUND, -LN2, c);
        double power = powerOfTwo(t);
        return Math.fma(power, r * Math.fma(r, quadratic(r), 1), power - 1);
    }

    private static double quadratic(double r) {
        double q = Math.fma(Math.fma(Math.fma(EXP_7, r, EXP_6), r, EXP_5), r, EXP_4);
        return Math.fma(Math.fma(q, r, EXP_3), r, EXP_2);
    }

    private static double powerOfTwo(double t) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(t) << EXPONENT_SHIFT);
    }

    /// `log(1 + e)` for `0 <= e <= 1`, as `log((1 + w) / (1 - w))` with `w = e / (2 + e)`.
    private static double log1p(double e) {
        double w = e / (e + 2);
        double z = w * w;
        double p = Math.fma(Math.fma(Math.fma(Math.fma(LOG_11, z, LOG_9), z, LOG_7), z, LOG_5), z, LOG_3);
        return w * Math.fma(z, p, 2);
    }

    /// `x * sigmoid(x * (linear + cubic * x^2))`: SiLU with 1 and 0, and GELU's approximation by a hyperbolic tangent.
    public static float gate(float x, double linear, double cubic) {
        double c = Math.min(Math.abs((double) x), GATE_MAX);
        double e = exp(-(c * Math.fma(c * c, cubic, linear)));
        return (float) (x * ((x < 0 ? e : 1) / (e + 1)));
    }

    /// The derivative of [#gate].
    public static double gateSlope(float x, double linear, double cubic) {
        double c = Math.min(Math.abs((double) x), GATE_MAX);
        double e = exp(-(c * Math.fma(c * c, cubic, linear)));
        double inverse = 1 / (e + 1);
        double bend = e * inverse * inverse * Math.fma(c * c, 3 * cubic, linear);
        return Math.fma(x, bend, (x < 0 ? e : 1) * inverse);
    }

    /// `x * Phi(x)`, by the tail `1 - Phi(a) = e^(-a^2 / 2) p(a) / q(a)` with `a = |x|`: a small result keeps its digits.
    public static float gelu(float x) {
        double a = Math.min(Math.abs((double) x), TAIL_MAX);
        double tail = exp(a * a * -0.5) * (tailDividend(a) / tailDivisor(a));
        return (float) (x * (isNegative(x) ? tail : 1 - tail));
    }

    /// The derivative of [#gelu], `Phi(x) + x * e^(-x^2 / 2) / sqrt(2 pi)`.
    public static double geluSlope(float x) {
        double a = Math.min(Math.abs((double) x), TAIL_MAX);
        double e = exp(a * a * -0.5);
        double tail = e * (tailDividend(a) / tailDivisor(a));
        return Math.fma(x, e * NORMAL, isNegative(x) ? tail : 1 - tail);
    }

    /// Whether the sign is minus, that of -0.0 too: there the two ways to the tail differ in the last bits.
    private static boolean isNegative(float x) {
        return Float.floatToRawIntBits(x) < 0;
    }

    private static double tailDividend(double a) {
        double p = Math.fma(Math.fma(Math.fma(TAIL_P5, a, TAIL_P4), a, TAIL_P3), a, TAIL_P2);
        return Math.fma(Math.fma(p, a, TAIL_P1), a, TAIL_P0);
    }

    private static double tailDivisor(double a) {
        double q = Math.fma(Math.fma(Math.fma(TAIL_Q6, a, TAIL_Q5), a, TAIL_Q4), a, TAIL_Q3);
        return Math.fma(Math.fma(Math.fma(q, a, TAIL_Q2), a, TAIL_Q1), a, 1);
    }

    /// `x > 0 ? positive * x : negative * (e^x - 1)`, of which the other term is 0 in either case; never -0.0.
    public static float elu(float x, double positive, double negative) {
        return (float) (positive * Math.max((double) x, 0) + negative * expm1(Math.min((double) x, 0)));
    }

    /// The derivative of [#elu]; at 0 that of its negative part, as in PyTorch.
    public static double eluSlope(float x, double positive, double negative) {
        return (x > 0 ? positive : negative) * exp(Math.min((double) x, 0));
    }

    /// `beta * x > threshold ? x : log(1 + e^(beta * x)) / beta`, never -0.0; the logarithm of the sigmoid of `x` for a
    /// `beta` of -1.
    public static float softplus(float x, double beta, double threshold) {
        double z = x * beta;
        double log = Math.max(z, 0) + log1p(exp(-Math.abs(z)));
        return (float) (z > threshold ? x : log * (1 / beta)) + 0f;
    }

    /// The derivative of [#softplus], the sigmoid of `beta * x`.
    public static double softplusSlope(float x, double beta, double threshold) {
        double z = x * beta;
        double e = exp(-Math.abs(z));
        return z > threshold ? 1 : (z < 0 ? e : 1) / (e + 1);
    }

    /// `x * tanh(log(1 + e^x))`. With `e = e^-|x|`, which cannot overflow, the hyperbolic tangent is `a / (a + b)`.
    public static float mish(float x) {
        double e = exp(-Math.abs((double) x));
        double a = x < 0 ? e * (e + 2) : e + e + 1;
        double b = x < 0 ? 2 : 2 * e * e;
        return (float) (x * (a / (a + b)));
    }

    /// The derivative of [#mish], `t + x * sigmoid(x) * (1 - t^2)` with the hyperbolic tangent `t`.
    public static double mishSlope(float x) {
        double e = exp(-Math.abs((double) x));
        double a = x < 0 ? e * (e + 2) : e + e + 1;
        double b = x < 0 ? 2 : 2 * e * e;
        double inverse = 1 / (a + b);
        double t = a * inverse;
        double sigmoid = (x < 0 ? e : 1) / (e + 1);
        return Math.fma(x, sigmoid * (b * inverse * (t + 1)), t);
    }
}
