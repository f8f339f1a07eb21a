// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Softmax and cross-entropy where a formula written down naively gives NaN or infinity, by the active kernels. The
/// expected values are those of PyTorch in float32.
@Tag("lanes")
class SoftmaxEdgeTest {
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static float[] softmax(float... logits) {
        return SoftmaxRun.each(1f, logits).softmax()[0];
    }

    /// The loss of a row for each of its classes as label: minus the log-softmax.
    private static float[] losses(float... logits) {
        return SoftmaxRun.each(1f, logits).loss();
    }

    @Test
    void allEqual() {
        for (int k : new int[]{1, 2, 3, 10, 15, 16, 17, 33, 100}) {
            for (float value : new float[]{0f, 7.5f, -1e4f, 3.4e38f, -3.4e38f}) {
                float[] row = new float[k];
                Arrays.fill(row, value);
                SoftmaxRun run = SoftmaxRun.each(1f, row);
                float[] expected = new float[k];
                Arrays.fill(expected, 1f / k);
                assertArrayEquals(expected, run.softmax()[0], k + " times " + value);
                float logK = (float) StrictMath.log(k);
                for (float loss : run.loss()) {
                    assertEquals(logK, loss, Math.ulp(logK), "log " + k);
                }
            }
        }
    }

    @Test
    void farApart() {
        assertArrayEquals(new float[]{1f, 0f, 0f}, softmax(1e4f, 0f, -1e4f));
        assertArrayEquals(new float[]{0f, 1e4f, 2e4f}, losses(1e4f, 0f, -1e4f));
    }

    @Test
    void farFromZero() {
        assertSameAs(new float[]{0f, 1f, 2f}, -1e4f, -1e4f + 1, -1e4f + 2);
        assertSameAs(new float[]{0f, 1f, 2f, 3f}, 10000f, 10001f, 10002f, 10003f);
        double sum = 1 + StrictMath.exp(-1) + StrictMath.exp(-2) + StrictMath.exp(-3);
        float[] p = softmax(10000f, 10001f, 10002f, 10003f);
        float[] loss = losses(10000f, 10001f, 10002f, 10003f);
        for (int j = 0; j < 4; j++) {
            assertEquals(StrictMath.exp(j - 3) / sum, p[j], 3 * Math.ulp(p[j]));
            assertEquals(StrictMath.log(sum) + 3 - j, loss[j], 2 * Math.ulp(loss[j]) + Math.ulp(0.4f));
        }
    }

    private static void assertSameAs(float[] near, float... far) {
        SoftmaxRun expected = SoftmaxRun.each(0.1f, near);
        SoftmaxRun actual = SoftmaxRun.each(0.1f, far);
        assertArrayEquals(expected.softmax()[0], actual.softmax()[0]);
        assertArrayEquals(expected.loss(), actual.loss());
        assertArrayEquals(expected.gradient(), actual.gradient());
    }

    @Test
    void theShiftItselfOverflows() {
        assertArrayEquals(new float[]{1f, 0f, 0f}, softmax(3e38f, -3e38f, 0f));
        SoftmaxRun run = SoftmaxRun.each(0.1f, 3e38f, -3e38f, 0f);
        assertArrayEquals(new float[]{0f, INF, 3e38f}, run.loss());
        assertArrayEquals(new float[]{0.1f, -0.1f, 0f}, run.gradient()[1]);
        assertArrayEquals(new float[]{0.1f, 0f, -0.1f}, run.gradient()[2]);
        assertArrayEquals(new float[]{1f, 0f}, softmax(3.4e38f, -3.4e38f));
        assertArrayEquals(new float[]{INF, 0f}, losses(-3.4e38f, 3.4e38f));
    }

    @Test
    void oneMinusInfinity() {
        float scale = 0.1f;
        SoftmaxRun without = SoftmaxRun.each(scale, 0.5f, 1.5f);
        SoftmaxRun run = SoftmaxRun.each(scale, 0.5f, -INF, 1.5f);
        float[] p = without.softmax()[0];
        assertArrayEquals(new float[]{p[0], 0f, p[1]}, run.softmax()[0]);
        assertArrayEquals(new float[]{without.loss()[0], INF, without.loss()[1]}, run.loss());
        assertEquals(INF, run.sum());
        float[] other = without.gradient()[0];
        assertArrayEquals(new float[]{other[0], 0f, other[1]}, run.gradient()[0], "label elsewhere");
        assertArrayEquals(new float[]{p[0] * scale, -1 * scale, p[1] * scale}, run.gradient()[1],
                "label at -infinity");
    }

    @Test
    void rowsOfNaNLeaveOthersRight() {
        float[][] bad = {{-INF, -INF, -INF}, {1f, INF, 2f}, {INF, INF, INF}, {INF, -INF, 0f}, {NAN, 1f, 2f},
                {1f, NAN, 2f}, {1f, 2f, NAN}, {NAN, NAN, NAN}, {NAN, INF, -INF}};
        float[] good = {0.25f, -1.5f, 2f};
        float[] nan = {NAN, NAN, NAN};
        SoftmaxRun alone = SoftmaxRun.of(0.1f, new int[]{2}, good);
        for (float[] row : bad) {
            for (int label = 0; label < 3; label++) {
                SoftmaxRun run = SoftmaxRun.of(0.1f, new int[]{2, label, 2}, good, row, good);
                String what = Arrays.toString(row) + " with label " + label;
                assertArrayEquals(nan, run.softmax()[1], what);
                assertArrayEquals(nan, run.gradient()[1], what);
                assertEquals(NAN, run.loss()[1], what);
                assertEquals(Double.NaN, run.sum(), what);
                for (int r : new int[]{0, 2}) {
                    assertArrayEquals(alone.softmax()[0], run.softmax()[r], what);
                    assertArrayEquals(alone.gradient()[0], run.gradient()[r], what);
                    assertEquals(alone.loss()[0], run.loss()[r], what);
                }
            }
        }
    }

    @Test
    void aNaNInAnyColumn() {
        for (int k : new int[]{1, 2, 15, 16, 17, 40}) {
            for (int column = 0; column < k; column++) {
                float[] row = new float[k];
                float[] expected = new float[k];
                Arrays.fill(expected, NAN);
                for (float bad : new float[]{NAN, INF}) {
                    row[column] = bad;
                    SoftmaxRun run = SoftmaxRun.of(1f, new int[]{k - 1}, row);
                    assertArrayEquals(expected, run.softmax()[0], bad + " in column " + column + " of " + k);
                    assertArrayEquals(expected, run.gradient()[0], bad + " in column " + column + " of " + k);
                    assertEquals(NAN, run.loss()[0], bad + " in column " + column + " of " + k);
                }
            }
        }
    }

    @Test
    void oneClass() {
        for (float logit : new float[]{0f, -0f, 3f, -1e4f, 3.4e38f, -3.4e38f, Float.MIN_VALUE}) {
            SoftmaxRun run = SoftmaxRun.each(0.1f, logit);
            assertArrayEquals(new float[]{1f}, run.softmax()[0]);
            assertArrayEquals(new float[]{0f}, run.loss());
            assertArrayEquals(new float[]{0f}, run.gradient()[0]);
            assertEquals(0.0, run.sum());
        }
    }

    @Test
    void probabilitiesTooSmallForFloats() {
        assertArrayEquals(new float[]{1f, 0f}, softmax(0f, -104f));
        assertArrayEquals(new float[]{0f, 104f}, losses(0f, -104f));
        float[] subnormal = softmax(0f, -87.5f);
        assertEquals(1f, subnormal[0]);
        assertEquals(StrictMath.exp(-87.5), subnormal[1], Float.MIN_VALUE);
        assertTrue(subnormal[1] > 0 && subnormal[1] < Float.MIN_NORMAL);
        assertArrayEquals(new float[]{0f, 87.5f}, losses(0f, -87.5f));
        assertArrayEquals(new float[]{0f, subnormal[1]}, SoftmaxRun.each(1f, 0f, -87.5f).gradient()[0]);
    }

    @Test
    void rowsSumToOneAndGradientsToZero() {
        float scale = 0.125f;
        for (int k : new int[]{1, 2, 3, 7, 8, 10, 15, 16, 17, 31, 33, 64, 100}) {
            RandomGenerator random = RandomStreams.stream(Floats.seed(), "SoftmaxEdgeTest", k);
            for (int trial = 0; trial < 20; trial++) {
                SoftmaxRun run = SoftmaxRun.of(scale, new int[]{trial % k}, Floats.mixed(random, k));
                String what = k + " classes, trial " + trial + ", seed " + Floats.seed();
                double sum = 0;
                double gradientSum = 0;
                for (int j = 0; j < k; j++) {
                    assertTrue(run.softmax()[0][j] >= 0, what);
                    sum += run.softmax()[0][j];
                    gradientSum += run.gradient()[0][j];
                }
                assertEquals(1, sum, 4 * Math.ulp(1f), what);
                assertEquals(0, gradientSum, 4 * Math.ulp(1f) * scale, what);
                assertTrue(run.loss()[0] >= -Math.ulp(1f), what);
            }
        }
    }

    @Test
    void aShiftOfTheLogitsChangesNoBit() {
        for (int k : new int[]{2, 5, 16, 17, 40}) {
            RandomGenerator random = RandomStreams.stream(Floats.seed(), "SoftmaxEdgeTest shift", k);
            float[] row = new float[k];
            float[] shifted = new float[k];
            for (float shift : new float[]{1f, -3f, 1000f, -4096f, 65536f}) {
                for (int j = 0; j < k; j++) {
                    row[j] = random.nextInt(-64, 65) / 8f; // so that both the sum and the difference are exact
                    shifted[j] = row[j] + shift;
                }
                assertSameAs(row, shifted);
            }
        }
    }
}
