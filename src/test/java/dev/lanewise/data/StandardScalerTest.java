// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(NoLeak.class)
class StandardScalerTest {
    @Test
    void columnsGetMeanZeroAndDeviationOne() {
        SplittableRandom random = new SplittableRandom(1);
        int rows = 1000;
        try (FloatMatrix x = FloatMatrix.allocate(rows, 3)) {
            for (int r = 0; r < rows; r++) {
                x.setRow(r, new float[]{(float) random.nextGaussian(5, 2), (float) random.nextGaussian(1e6, 0.5),
                        (float) random.nextGaussian(0, 1e-20)});
            }
            StandardScaler scaler = StandardScaler.fit(x);
            float[] row7 = x.row(7);
            scaler.transform(x);
            for (int c = 0; c < 3; c++) {
                assertEquals((row7[c] - scaler.mean()[c]) * scaler.scale()[c], x.get(7, c), "the documented formula");
                double sum = 0;
                double squares = 0;
                for (int r = 0; r < rows; r++) {
                    sum += x.get(r, c);
                    squares += (double) x.get(r, c) * x.get(r, c);
                }
                assertEquals(0, sum / rows, c == 1 ? 0.05 : 1e-5, "the mean 1e6 is rounded to a float");
                assertEquals(1, Math.sqrt(squares / rows), c == 1 ? 0.01 : 1e-5);
            }
            assertEquals(0, x.segment().get(java.lang.foreign.ValueLayout.JAVA_FLOAT, 12), "padding stays 0");
        }
    }

    @Test
    void theNumbersAreTheTextbooks() {
        try (FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1, 10}, {2, 10}, {6, 40}})) {
            StandardScaler scaler = StandardScaler.fit(x);
            assertArrayEquals(new float[]{3, 20}, scaler.mean());
            assertArrayEquals(
                    new float[]{(float) (1 / Math.sqrt(14.0 / 3)), (float) (1 / Math.sqrt(200))}, scaler.scale());
            assertEquals(2, scaler.cols());
            assertEquals("StandardScaler of 2 columns", scaler.toString());
        }
    }

    @Test
    void constantColumnsBecomeZero() {
        try (FloatMatrix x = FloatMatrix.copyOf(new float[][]{{0.1f, 3e38f}, {0.1f, -3e38f}, {0.1f, 3e38f}});
                FloatMatrix one = FloatMatrix.copyOf(new float[][]{{7}});
                FloatMatrix later = FloatMatrix.copyOf(new float[][]{{9, 0}})) {
            StandardScaler scaler = StandardScaler.fit(x);
            scaler.transform(x);
            assertEquals(0, x.get(2, 0));
            assertEquals(0.70710677f, x.get(2, 1), 1e-6f);
            scaler.transform(later);
            assertEquals(0, later.get(0, 0), "also where later rows differ");
            StandardScaler.fit(one).transform(one);
            assertEquals(0, one.get(0, 0));
        }
    }

    @Test
    void subnormalColumnsDoNotOverflow() {
        try (FloatMatrix x = FloatMatrix.copyOf(new float[][]{{0}, {Float.MIN_VALUE}})) {
            StandardScaler scaler = StandardScaler.fit(x);
            assertEquals(Float.MAX_VALUE, scaler.scale()[0]);
            scaler.transform(x);
            assertEquals(true, Float.isFinite(x.get(1, 0)));
        }
    }

    @Test
    void savedNumbersGiveTheSameScaler() {
        try (FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1, 5}, {2, 7}, {6, 11}})) {
            StandardScaler fitted = StandardScaler.fit(x);
            StandardScaler saved = StandardScaler.of(fitted.mean(), fitted.scale());
            assertEquals(fitted, saved);
            assertEquals(fitted.hashCode(), saved.hashCode());
            assertNotEquals(fitted, StandardScaler.of(new float[]{3, 8}, new float[]{1, 1}));
        }
        assertNotEquals(StandardScaler.of(new float[]{0f}, new float[]{1}),
                StandardScaler.of(new float[]{-0f}, new float[]{1}), "bits count");
    }

    @Test
    void numbersAreCopied() {
        float[] mean = {1, 2};
        float[] scale = {1, 0};
        StandardScaler scaler = StandardScaler.of(mean, scale);
        mean[0] = 7;
        scale[0] = 7;
        scaler.mean()[1] = 7;
        scaler.scale()[1] = 7;
        assertEquals(StandardScaler.of(new float[]{1, 2}, new float[]{1, 0}), scaler);
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of(new float[0], new float[0],
                        "StandardScaler.of: 0 means and 0 scales given, expected one of each for every column"),
                Arguments.of(new float[1], new float[2],
                        "StandardScaler.of: 1 means and 2 scales given, expected one of each for every column"),
                Arguments.of(new float[]{0, Float.NaN}, new float[2], "StandardScaler.of: column 1 has mean NaN and "
                        + "scale 0.0, expected finite numbers and a scale of 0 or more"),
                Arguments.of(new float[]{Float.NaN}, new float[]{1}, "StandardScaler.of: column 0 has mean NaN and "
                        + "scale 1.0, expected finite numbers and a scale of 0 or more"),
                Arguments.of(new float[2], new float[]{1, Float.POSITIVE_INFINITY}, "StandardScaler.of: column 1 has "
                        + "mean 0.0 and scale Infinity, expected finite numbers and a scale of 0 or more"),
                Arguments.of(new float[1], new float[]{-1}, "StandardScaler.of: column 0 has mean 0.0 and "
                        + "scale -1.0, expected finite numbers and a scale of 0 or more"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badNumbersAreNamed(float[] mean, float[] scale, String message) {
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> StandardScaler.of(mean, scale)).getMessage());
    }

    @Test
    void badTablesAreNamed() {
        StandardScaler two = StandardScaler.of(new float[2], new float[2]);
        try (FloatMatrix three = FloatMatrix.allocate(1, 3);
                ClassLabels labels = ClassLabels.allocate(4);
                ByteMatrix bytes = ByteMatrix.allocate(4, 2, 1);
                FloatMatrix infinite = FloatMatrix.copyOf(new float[][]{{1, 1}, {1, Float.POSITIVE_INFINITY}})) {
            assertEquals("StandardScaler.transform: 3 columns given, expected 2",
                    assertThrows(IllegalArgumentException.class, () -> two.transform(three)).getMessage());
            assertEquals("StandardScaler.fit: ClassLabels (4) given, expected a matrix of features",
                    assertThrows(IllegalArgumentException.class, () -> StandardScaler.fit(labels)).getMessage());
            assertEquals("StandardScaler.fit: ByteMatrix (4, 2) given, expected a FloatMatrix; ByteMatrix.toFloats()"
                    + " converts it",
                    assertThrows(IllegalArgumentException.class, () -> StandardScaler.fit(bytes)).getMessage());
            assertEquals("StandardScaler.transform: ByteMatrix (4, 2) given, expected a FloatMatrix;"
                    + " ByteMatrix.toFloats() converts it",
                    assertThrows(IllegalArgumentException.class, () -> two.transform(bytes)).getMessage());
            assertEquals("StandardScaler.fit: column 1 has a value that is not finite",
                    assertThrows(IllegalArgumentException.class, () -> StandardScaler.fit(infinite)).getMessage());
        }
    }
}
