// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static dev.lanewise.kernel.WideCase.WHOLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The scalar specification of linear layers of many outputs against sums in double, with a bound that knows
/// cancellation: `2 n 2^-24 sum |x y|` for n terms. The twin tests carry it over to the vectors.
class WideOracleTest {
    private static double worst;

    @BeforeAll
    static void printSeed() {
        System.out.println("WideOracleTest: seed " + Floats.seed());
    }

    /// Checks `actual` against `start` and the sum of `n` products.
    private static void assertSum(float actual, double start, int n, IntToDoubleFunction product, String what) {
        double sum = start;
        double magnitude = Math.abs(start);
        for (int k = 0; k < n; k++) {
            double term = product.applyAsDouble(k);
            sum += term;
            magnitude += Math.abs(term);
        }
        double bound = 2.0 * (n + 1) * 0x1p-24 * magnitude;
        double expected = sum;
        assertTrue(Math.abs(actual - expected) <= bound, () -> what + " is " + actual + ", expected " + expected
                + " +- " + bound + ", seed " + Floats.seed());
        worst = Math.max(worst, Math.abs(actual - expected) / bound);
    }

    private static void assertNearOracle(int rows, int in, int out, boolean byIndex) {
        WideCase c = new WideCase(rows, in, out, byIndex, 0);
        Map<String, float[]> results = c.results(new ScalarKernels().wide(), WHOLE, WHOLE, WHOLE);
        float[] y = results.get("forward");
        float[] dX = results.get("inputGradient");
        float[] dW = results.get("weightGradient");
        float[] wT = results.get("transpose");
        for (int r = 0; r < rows; r++) {
            int row = r;
            for (int o = 0; o < out; o++) {
                int output = o;
                assertSum(y[r * c.yStride() + o], c.bias[o], in,
                        i -> (double) c.x[c.row(row) * in + i] * c.w[output * in + i], "forward of " + c);
            }
            for (int i = 0; i < in; i++) {
                int input = i;
                assertSum(dX[r * c.xStride() + i], 0, out,
                        o -> (double) c.dY[row * out + o] * c.w[o * in + input], "inputGradient of " + c);
            }
        }
        for (int o = 0; o < out; o++) {
            int output = o;
            for (int i = 0; i < in; i++) {
                int input = i;
                assertSum(dW[WideCase.panelAt(o, i, in)], 0, rows,
                        r -> (double) c.dY[r * out + output] * c.x[c.row(r) * in + input], "weightGradient of " + c);
                assertEquals(c.w[o * in + i], wT[WideCase.panelAt(i, o, out)], "transpose of " + c);
            }
        }
    }

    @Test
    void anyShape() {
        for (int in : new int[]{1, 2, 16, 17, 100, 257}) {
            assertNearOracle(4, in, 18, true);
        }
        for (int out : new int[]{17, 32, 33, 100}) {
            assertNearOracle(5, 19, out, false);
        }
        for (int rows : new int[]{1, 2, 64, 1024, 1025, 2500}) {
            assertNearOracle(rows, 3, 17, true);
        }
        assertTrue(worst > 0, "floats round");
        System.out.printf("WideOracleTest: at most %.3f of the bound%n", worst);
    }
}
