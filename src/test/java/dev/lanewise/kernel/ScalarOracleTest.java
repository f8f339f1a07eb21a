// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The scalar specification of narrow layers against sums in double, with a bound that knows cancellation:
/// `2 n 2^-24 sum |x y|` for n terms. The twin tests carry it over to the vectors.
class ScalarOracleTest {
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
        Map<String, float[]> results = NarrowTwinTest.results(new ScalarKernels().narrow(), c, rows, in);
        assertForward(c, results);
        assertGradients(c, results);
    }

    private static void assertForward(LinearCase c, Map<String, float[]> results) {
        float[] y = results.get("forward");
        for (int r = 0; r < c.rows; r++) {
            for (int o = 0; o < c.out; o++) {
                Sum expected = new Sum().add(1, c.bias[o]);
                for (int i = 0; i < c.in; i++) {
                    expected.add(c.x[c.row(r) * c.in + i], c.w[o * c.in + i]);
                }
                expected.check(y[r * (y.length / c.rows) + o], "forward of " + c);
            }
        }
    }

    private static void assertGradients(LinearCase c, Map<String, float[]> results) {
        float[] dX = results.get("inputGradient");
        for (int r = 0; r < c.rows; r++) {
            for (int i = 0; i < c.in; i++) {
                Sum expected = new Sum();
                for (int o = 0; o < c.out; o++) {
                    expected.add(c.dY[r * c.out + o], c.w[o * c.in + i]);
                }
                expected.check(dX[r * (dX.length / c.rows) + i], "inputGradient of " + c);
            }
        }
        float[] dW = results.get("weightGradient");
        for (int o = 0; o < c.out; o++) {
            for (int i = 0; i < c.in; i++) {
                Sum expected = new Sum();
                for (int r = 0; r < c.rows; r++) {
                    expected.add(c.dY[r * c.out + o], c.x[c.row(r) * c.in + i]);
                }
                expected.check(dW[o * (dW.length / c.out) + i], "weightGradient of " + c);
            }
        }
    }

    @Test
    void anyShape() {
        IntStream.of(1, 2, 7, 15, 16, 17, 33, 64, 127, 257).forEach(in -> assertNearOracle(4, in, 5, true));
        IntStream.of(1, 2, 8, 15, 16).forEach(out -> assertNearOracle(5, 19, out, false));
        IntStream.of(1, 2, 17, 64, 1023, 1024).forEach(rows -> assertNearOracle(rows, 3, 2, true));
        assertTrue(worst > 0, "floats round");
        System.out.printf("ScalarOracleTest: at most %.3f of the bound%n", worst);
    }
}
