// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// [SmoothMath] against `StrictMath` in double, by stepping through the bit patterns of all finite floats of both signs;
/// the largest errors are printed. An error is counted in units of the last place of the rounded true result; that of a
/// derivative, which may cancel to 0, in those of the largest term it is the sum of.
class SmoothAccuracyTest {
    /// From 0 to the largest float, and how many bit patterns lie between two that are tried.
    private static final float[] BORDERS = {0f, 0x1p-12f, 1f, 32f, 128f, Float.MAX_VALUE};
    private static final int[] STEPS = {9973, 211, 43, 61, 9973};

    private static final double SCALE = 1.0507009873554805;
    private static final double SCALE_ALPHA = SCALE * 1.6732632423543772;
    private static final double LINEAR = 2 * StrictMath.sqrt(2 / StrictMath.PI);
    private static final double CUBIC = LINEAR * 0.044715;

    @FunctionalInterface
    interface FloatFunction {
        float of(float x);
    }

    private static double sigmoid(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    private static double density(double x) {
        return StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * StrictMath.PI);
    }

    /// The normal distribution function: by its power series near 0, by the continued fraction of its tail elsewhere.
    private static double distribution(double x) {
        double a = Math.abs(x);
        double tail;
        if (a < 3) {
            double sum = 0;
            double term = a;
            for (int k = 1; term != 0 && k < 200; k += 2) {
                sum += term;
                term *= a * a / (k + 2);
            }
            tail = 0.5 - density(a) * sum;
        } else {
            double fraction = a;
            for (int k = 120; k >= 1; k--) {
                fraction = a + k / fraction;
            }
            tail = density(a) / fraction;
        }
        return x < 0 ? tail : 1 - tail;
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    private static double elu(double x, double positive, double negative) {
        return x > 0 ? positive * x : negative * StrictMath.expm1(x);
    }

    private static Arguments function(String name, FloatFunction function, DoubleUnaryOperator exact) {
        return Arguments.of(name, function, exact);
    }

    static Stream<Arguments> functions() {
        return Stream.of(function("SiLU", x -> SmoothMath.gate(x, 1, 0), x -> x * sigmoid(x)),
                function("GELU", SmoothMath::gelu, x -> x * distribution(x)),
                function("GELU by tanh", x -> SmoothMath.gate(x, LINEAR, CUBIC),
                        x -> x * sigmoid(x * (LINEAR + CUBIC * x * x))),
                function("ELU", x -> SmoothMath.elu(x, 1, 1), x -> elu(x, 1, 1)),
                function("ELU(0.3)", x -> SmoothMath.elu(x, 1, 0.3f), x -> elu(x, 1, 0.3f)),
                function("SELU", x -> SmoothMath.elu(x, SCALE, SCALE_ALPHA), x -> elu(x, SCALE, SCALE_ALPHA)),
                function("Softplus", x -> SmoothMath.softplus(x, 1, 20), x -> x > 20 ? x : softplus(x)),
                function("Softplus without threshold", x -> SmoothMath.softplus(x, 1, 1e9f),
                        SmoothAccuracyTest::softplus),
                function("Softplus(0.7, 5)", x -> SmoothMath.softplus(x, 0.7f, 5),
                        x -> x * 0.7f > 5 ? x : softplus(x * 0.7f) / 0.7f),
                function("LogSigmoid", x -> SmoothMath.softplus(x, -1, Float.POSITIVE_INFINITY), x -> -softplus(-x)),
                function("Mish", SmoothMath::mish, x -> x * StrictMath.tanh(softplus(x))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("functions")
    void functionsAreWithinAnUlp(String name, FloatFunction function, DoubleUnaryOperator exact) {
        assertErrors(name, x -> function.of((float) x), exact, exact, 0.51);
    }

    static Stream<Arguments> slopes() {
        return Stream.of(slope("SiLU", x -> SmoothMath.gateSlope((float) x, 1, 0), x -> sigmoid(x),
                x -> x * sigmoid(x) * sigmoid(-x)),
                slope("GELU", x -> SmoothMath.geluSlope((float) x), x -> distribution(x), x -> x * density(x)),
                slope("GELU by tanh", x -> SmoothMath.gateSlope((float) x, LINEAR, CUBIC),
                        x -> sigmoid(x * (LINEAR + CUBIC * x * x)),
                        x -> x * (sigmoid(x * (LINEAR + CUBIC * x * x)) * sigmoid(-x * (LINEAR + CUBIC * x * x)))
                                * (LINEAR + 3 * CUBIC * x * x)),
                slope("ELU", x -> SmoothMath.eluSlope((float) x, 1, 1), x -> x > 0 ? 1 : StrictMath.exp(x), x -> 0),
                slope("Softplus", x -> SmoothMath.softplusSlope((float) x, 1, 20), x -> x > 20 ? 1 : sigmoid(x),
                        x -> 0),
                slope("LogSigmoid", x -> SmoothMath.softplusSlope((float) x, -1, Float.POSITIVE_INFINITY),
                        x -> sigmoid(-x), x -> 0),
                slope("Mish", x -> SmoothMath.mishSlope((float) x), x -> StrictMath.tanh(softplus(x)),
                        x -> x * sigmoid(x) / StrictMath.pow(StrictMath.cosh(Math.min(softplus(x), 300)), 2)));
    }

    private static Arguments slope(String name, DoubleUnaryOperator slope, DoubleUnaryOperator first,
            DoubleUnaryOperator second) {
        return Arguments.of(name, slope, first, second);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("slopes")
    void slopesAreRightToo(String name, DoubleUnaryOperator slope, DoubleUnaryOperator first,
            DoubleUnaryOperator second) {
        assertErrors("slope of " + name, slope, x -> first.applyAsDouble(x) + second.applyAsDouble(x),
                x -> Math.max(Math.abs(first.applyAsDouble(x)), Math.abs(second.applyAsDouble(x))), 0.02);
    }

    private static void assertErrors(String name, DoubleUnaryOperator function, DoubleUnaryOperator exact,
            DoubleUnaryOperator unit, double bound) {
        double worst = 0;
        float at = 0;
        long count = 0;
        for (int range = 0; range < STEPS.length; range++) {
            int end = Float.floatToRawIntBits(BORDERS[range + 1]);
            for (int b = Float.floatToRawIntBits(BORDERS[range]); b <= end; b += STEPS[range]) {
                for (int sign = 0; sign <= 1; sign++) {
                    float x = Float.intBitsToFloat(b | sign << 31);
                    double actual = function.applyAsDouble(x);
                    double expected = exact.applyAsDouble(x);
                    double error = actual == (float) expected ? 0 // infinity minus itself would be NaN
                            : Math.abs(actual - expected) / Math.ulp((float) unit.applyAsDouble(x));
                    count++;
                    if (!(error <= worst)) { // a NaN counts as an error too
                        worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                        at = x;
                    }
                }
            }
        }
        String found = String.format("%s: %.4f ulp at %s, the most of %,d values", name, worst, Float.toHexString(at),
                count);
        System.out.println(found);
        assertTrue(count > 3_000_000, found);
        assertTrue(worst <= bound, found);
    }
}
