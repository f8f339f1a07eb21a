// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The scalar specification of the linear layer against sums in double, with a bound that knows cancellation:
/// `2 n 2^-24 sum |x y|` for n terms. The twin tests carry it over to the vectors.
class ScalarOracleTest {
    private static final float LR = 0.037f; // as in LinearCase
    private static double worst;

    /// A sum of products in double, with the sum of their magnitudes.
    private static final class Sum {
        private double value;
        private double magnitude;
        private int terms;

        Sum add(double x, double y) {
            value += x * y;
            magnitude += Math.abs(x * y);
            terms++;
            return this;
        }

        void check(float actual, String what) {
            double bound = 2.0 * terms * 0x1p-24 * magnitude;
            double error = Math.abs(actual - value);
            worst = Math.max(worst, error / bound);
            assertTrue(error <= bound, () -> what + " is " + actual + ", expected " + value + " +- " + bound + ", seed "
                    + Floats.seed());
        }
    }

    @BeforeAll
    static void printSeed() {
        System.out.println("ScalarOracleTest: seed " + Floats.seed());
    }

    private static void assertNearOracle(int rows, int in, int out, boolean byIndex) {
        LinearCase c = new LinearCase(rows, in, out, byIndex, 0);
        Map<String, float[]> results = c.results(new ScalarKernels());
        assertForward(c, results);
        assertGradients(c, results);
    }

    private static void assertForward(LinearCase c, Map<String, float[]> results) {
        int stride = LinearCase.padded(c.out);
        for (int r = 0; r < c.rows; r++) {
            for (int o = 0; o < c.out; o++) {
                Sum y = new Sum().add(1, c.bias[o]);
                for (int i = 0; i < c.in; i++) {
                    y.add(c.x[c.row(r) * c.in + i], c.w[o * c.in + i]);
                }
                y.check(results.get("forwardOuter")[r * stride + o], "forwardOuter of " + c);
                if (o < LinearKernels.MAX_DOT_OUTPUTS) {
                    y.check(results.get("forwardDot")[r * stride + o], "forwardDot of " + c);
                }
            }
        }
    }

    private static void assertGradients(LinearCase c, Map<String, float[]> results) {
        int inStride = LinearCase.padded(c.in);
        int wStride = inStride + 16;
        for (int r = 0; r < c.rows; r++) {
            for (int i = 0; i < c.in; i++) {
                Sum dX = new Sum();
                for (int o = 0; o < c.out; o++) {
                    dX.add(c.dY[r * c.out + o], c.w[o * c.in + i]);
                }
                dX.check(results.get("inputGradient")[r * inStride + i], "inputGradient of " + c);
            }
        }
        for (int o = 0; o < c.out; o++) {
            Sum dBias = new Sum();
            Sum bias = new Sum().add(1, c.bias[o]);
            for (int r = 0; r < c.rows; r++) {
                dBias.add(1, c.dY[r * c.out + o]);
                bias.add(-LR, c.dY[r * c.out + o]);
            }
            dBias.check(results.get("biasGradient")[o], "biasGradient of " + c);
            bias.check(results.get("biasSgdStep")[o], "biasSgdStep of " + c);
            for (int i = 0; i < c.in; i++) {
                Sum dW = new Sum();
                Sum w = new Sum().add(1, c.w[o * c.in + i]);
                for (int r = 0; r < c.rows; r++) {
                    double product = (double) c.dY[r * c.out + o] * c.x[c.row(r) * c.in + i];
                    dW.add(1, product);
                    w.add(-LR, product);
                }
                int at = o * wStride + i;
                dW.check(results.get("weightGradient")[at], "weightGradient of " + c);
                w.check(results.get("weightSgdStep")[at], "weightSgdStep of " + c);
            }
        }
    }

    @Test
    void anyShape() {
        IntStream.of(1, 2, 7, 15, 16, 17, 33, 64, 127, 257).forEach(in -> assertNearOracle(4, in, 5, true));
        IntStream.of(1, 2, 8, 16, 17, 33).forEach(out -> assertNearOracle(5, 19, out, false));
        IntStream.of(1, 2, 17, 64, 1023, 1024, 1025, 2500).forEach(rows -> assertNearOracle(rows, 3, 2, true));
        assertTrue(worst > 0, "floats round");
        System.out.printf("ScalarOracleTest: at most %.3f of the bound%n", worst);
    }
}
