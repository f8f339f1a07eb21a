// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class SyntheticTest {
    @Test
    void withoutNoiseTheTargetsAreTheFormula() {
        float[] w = {2f, -3.4f, 0.5f};
        try (Dataset data = Synthetic.regression(w, 4.2f, 500, 0, 7)) {
            for (int r = 0; r < 500; r++) {
                float[] x = ((FloatMatrix) data.features()).row(r);
                double y = (double) x[0] * w[0] + (double) x[1] * w[1] + (double) x[2] * w[2] + 4.2f;
                assertEquals((float) y, ((FloatMatrix) data.targets()).get(r, 0));
            }
        }
    }

    @Test
    void featuresAndNoiseAreNormal() {
        int rows = 50_000;
        try (Dataset data = Synthetic.regression(new float[]{0, 0}, 1, rows, 0.5f, 3)) {
            double[] sum = new double[3];
            double[] squares = new double[3];
            for (int r = 0; r < rows; r++) {
                float[] x = ((FloatMatrix) data.features()).row(r);
                double noise = ((FloatMatrix) data.targets()).get(r, 0) - 1;
                double[] values = {x[0], x[1], noise};
                for (int i = 0; i < 3; i++) {
                    sum[i] += values[i];
                    squares[i] += values[i] * values[i];
                }
            }
            double[] deviations = {1, 1, 0.5};
            for (int i = 0; i < 3; i++) {
                double error = deviations[i] / Math.sqrt(rows);
                assertEquals(0, sum[i] / rows, 4 * error);
                assertEquals(deviations[i], Math.sqrt(squares[i] / rows), 4 * error);
            }
        }
    }

    @Test
    void theFeaturesDependNeitherOnNoiseNorOnRows() {
        try (Dataset quiet = Synthetic.regression(new float[]{1, 2}, 0, 10, 0, 5);
                Dataset loud = Synthetic.regression(new float[]{3, 4}, 1, 20, 9, 5);
                Dataset other = Synthetic.regression(new float[]{1, 2}, 0, 10, 0, 6)) {
            for (int r = 0; r < 10; r++) {
                assertArrayEquals(((FloatMatrix) quiet.features()).row(r), ((FloatMatrix) loud.features()).row(r));
            }
            assertNotEquals(((FloatMatrix) quiet.features()).get(0, 0), ((FloatMatrix) other.features()).get(0, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void theTutorialHasAnyNumberOfColumns(int cols) {
        float[] w = Synthetic.tutorialWeights(cols, 9);
        assertEquals(cols, w.length);
        try (Dataset data = Synthetic.tutorial(20, cols, 9);
                Dataset same = Synthetic.regression(w, 4.2f, 20, 0.01f, 9)) {
            assertEquals(cols, data.cols());
            assertArrayEquals(((FloatMatrix) same.targets()).toArray(), ((FloatMatrix) data.targets()).toArray());
        }
    }

    @Test
    void twoColumnsHaveTheTutorialsWeightsWhateverTheSeed() {
        assertArrayEquals(new float[]{2f, -3.4f}, Synthetic.tutorialWeights(2, 1));
    }

    @Test
    void badArgumentsAreNamed() {
        assertEquals("Synthetic: 0 columns given, expected at least 1",
                assertThrows(IllegalArgumentException.class, () -> Synthetic.tutorial(5, 0, 1)).getMessage());
        for (float noise : new float[]{-1, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertEquals("Synthetic.regression: noise is " + noise + ", expected a finite number of 0 or more",
                    assertThrows(IllegalArgumentException.class,
                            () -> Synthetic.regression(new float[]{1}, 0, 5, noise, 0)).getMessage());
        }
        assertEquals("FloatMatrix: shape is (0, 2), expected at least one row and one column",
                assertThrows(IllegalArgumentException.class, () -> Synthetic.tutorial(0, 2, 1)).getMessage());
    }
}
