// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.metrics.GaussianLikelihood;
import dev.lanewise.metrics.Regression;
import dev.lanewise.model.OtherJvm;
import dev.lanewise.nn.Linear;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith({NoLeak.class, RandomTables.class})
class LeastSquaresTest {
    /// A straight line through (0, 1), (1, 3), (2, 4), (3, 4): slope 1, intercept 1.5, squared errors 0.25 + 0.25 + 0.25 +
    /// 0.25.
    @Test
    void aLineByHand() {
        LinearFit fit = fit(new LeastSquares(), new float[][]{{0}, {1}, {2}, {3}}, 1, 3, 4, 4);
        assertEquals(1, fit.coefficients()[0][0], 1e-14);
        assertEquals(1.5, fit.intercepts()[0], 1e-14);
        assertEquals(1 - 1 / 6.0, fit.r2()[0], 1e-14);
        assertEquals(0.5, fit.sigma()[0], 1e-14);
        assertEquals(Math.sqrt(0.5), fit.residualDeviations()[0], 1e-14);
        assertEquals(Math.sqrt(0.5 / 5), fit.standardErrors()[0][0], 1e-14);
        assertEquals(Math.sqrt(0.5 * (1 / 4.0 + 1.5 * 1.5 / 5)), fit.interceptErrors()[0], 1e-14);
        assertEquals(-2 * (Math.log(2 * Math.PI * 0.25) + 1), fit.logLikelihood(), 1e-13);
        assertEquals(1, fit.conditionNumber(), 1e-14);
        assertEquals(1, fit.rank());
        assertFalse(fit.isIllConditioned());
        assertNull(fit.warning());
    }

    /// The same with the penalty 2.5: slope Sxy / (Sxx + 2.5) = 5 / 7.5 through the same means.
    @Test
    void ridgeByHandLeavesTheInterceptAlone() {
        LinearFit fit = fit(new LeastSquares().ridge(2.5), new float[][]{{0}, {1}, {2}, {3}}, 1, 3, 4, 4);
        double slope = 5 / 7.5;
        assertEquals(slope, fit.coefficients()[0][0], 1e-14);
        assertEquals(3 - 1.5 * slope, fit.intercepts()[0], 1e-14);
        double squares = 6 - 2 * 5 * slope + 5 * slope * slope;
        assertEquals(Math.sqrt(squares / 4), fit.sigma()[0], 1e-14);
        assertTrue(Double.isNaN(fit.standardErrors()[0][0]));
        LinearFit far = fit(new LeastSquares().ridge(1e12), new float[][]{{0}, {1}, {2}, {3}}, 1, 3, 4, 4);
        assertEquals(3, far.intercepts()[0], 1e-9, "the mean of the targets");
        assertEquals(0, far.r2()[0], 1e-9);
    }

    /// Slope 23 / 14 through the origin.
    @Test
    void withoutInterceptByHand() {
        LinearFit fit = fit(new LeastSquares().intercept(false), new float[][]{{0}, {1}, {2}, {3}}, 1, 3, 4, 4);
        assertEquals(23 / 14.0, fit.coefficients()[0][0], 1e-14);
        assertEquals(0, fit.intercepts()[0]);
        double squares = 42 - 23.0 * 23 / 14;
        assertEquals(Math.sqrt(squares / 3), fit.residualDeviations()[0], 1e-14);
        assertEquals(Math.sqrt(squares / 3 / 14), fit.standardErrors()[0][0], 1e-14);
        assertTrue(Double.isNaN(fit.interceptErrors()[0]));
        assertEquals(1 - squares / 6, fit.r2()[0], 1e-14);
    }

    private static LinearFit fit(LeastSquares squares, float[][] features, float... targets) {
        try (FloatMatrix x = FloatMatrix.copyOf(features);
                FloatMatrix y = FloatMatrix.copyOf(targets, targets.length, 1)) {
            return squares.fit(x, y);
        }
    }

    /// Certified values of the National Institute of Standards and Technology, for ten times the first feature.
    @Test
    void longleysEconomy() {
        float[][] x = new float[Longley.FEATURES.length][];
        float[] y = new float[x.length];
        for (int r = 0; r < x.length; r++) {
            y[r] = Longley.FEATURES[r][0];
            x[r] = Arrays.copyOfRange(Longley.FEATURES[r], 1, 7);
        }
        LinearFit fit = fit(new LeastSquares(), x, y);
        for (int c = 0; c < 6; c++) {
            assertClose(Longley.COEFFICIENTS[c + 1], fit.coefficients()[0][c], "coefficient " + c);
            assertClose(Longley.STANDARD_ERRORS[c + 1], fit.standardErrors()[0][c], "standard error " + c);
        }
        assertClose(Longley.COEFFICIENTS[0], fit.intercepts()[0], "intercept");
        assertClose(Longley.STANDARD_ERRORS[0], fit.interceptErrors()[0], "error of the intercept");
        assertClose(304.854073561965, fit.residualDeviations()[0], "deviation");
        assertClose(0.995479004577296, fit.r2()[0], "R2");
        assertFalse(fit.isIllConditioned(), "condition number " + fit.conditionNumber());
    }

    private static void assertClose(double expected, double actual, String what) {
        assertEquals(1, actual / expected, 1e-11, what + ": " + actual);
    }

    /// Errors are orthogonal to the features; with ridge their product is lambda times the coefficient. Rows around the ends
    /// of the blocks, features of very different sizes.
    @ParameterizedTest
    @CsvSource({"10, 3, 1, 0", "255, 4, 2, 0", "256, 4, 1, 0", "257, 4, 3, 10", "1000, 150, 2, 0", "900, 7, 1, 3",
            "700, 1, 1, 0"})
    void errorsAreOrthogonalToTheFeatures(int rows, int features, int outputs, double lambda) {
        SplittableRandom random = RandomTables.random(501);
        try (FloatMatrix x = RandomTables.floats(random, rows, features);
                FloatMatrix y = RandomTables.floats(random, rows, outputs)) {
            for (int r = 0; r < rows; r++) {
                x.set(r, 0, 1000 + 0.01f * x.get(r, 0));
                y.set(r, 0, 5 + y.get(r, 0) + x.get(r, features - 1));
            }
            LinearFit fit = new LeastSquares().ridge(lambda).fit(x, y);
            for (int k = 0; k < outputs; k++) {
                double[] w = fit.coefficients()[k];
                double[] errors = errors(fit, x, y, k);
                double sum = 0;
                for (double error : errors) {
                    sum += error;
                }
                assertEquals(0, sum, 1e-8 * rows, "sum of the errors");
                for (int c = 0; c < features; c++) {
                    double product = -lambda * w[c];
                    for (int r = 0; r < rows; r++) {
                        product += errors[r] * (x.get(r, c) - (c == 0 ? 1000 : 0));
                    }
                    assertEquals(0, product, 1e-8 * rows, "feature " + c + " of output " + k);
                }
            }
        }
    }

    private static double[] errors(LinearFit fit, FloatMatrix x, FloatMatrix y, int output) {
        double[] errors = new double[x.rows()];
        for (int r = 0; r < errors.length; r++) {
            errors[r] = y.get(r, output) - fit.intercepts()[output];
            for (int c = 0; c < x.cols(); c++) {
                errors[r] -= fit.coefficients()[output][c] * x.get(r, c);
            }
        }
        return errors;
    }

    /// The layer's own predictions have the R2, the sigma and the likelihood that the fit tells.
    @Test
    void aLayerStartsFromTheSolution() {
        SplittableRandom random = RandomTables.random(502);
        try (FloatMatrix x = RandomTables.floats(random, 300, 5);
                FloatMatrix y = RandomTables.floats(random, 300, 2);
                Linear layer = new Linear(5, 2)) {
            LinearFit fit = new LeastSquares().fit(x, y);
            fit.copyTo(layer);
            Rows predictions = layer.forward(x);
            Regression regression = new Regression(2);
            regression.add(predictions, y.all());
            assertEquals((fit.r2()[0] + fit.r2()[1]) / 2, regression.r2(), 1e-6);
            assertEquals((fit.sigma()[0] + fit.sigma()[1]) / 2, regression.rootMeanSquaredError(), 1e-6);
            try (FloatMatrix first = FloatMatrix.allocate(300, 1); Linear one = new Linear(5, 1)) {
                for (int r = 0; r < 300; r++) {
                    first.set(r, 0, y.get(r, 0));
                }
                LinearFit single = new LeastSquares().fit(x, first);
                single.copyTo(one);
                assertEquals(single.logLikelihood(),
                        GaussianLikelihood.of(one.forward(x), first.all()).logLikelihood(), 1e-3);
            }
        }
    }

    @Test
    void doubledFeaturesShareTheCoefficientAndWarn() {
        float[][] x = {{0, 0, 1}, {1, 2, 0}, {2, 4, 0}, {3, 6, 1}, {5, 10, 1}};
        LinearFit fit = fit(new LeastSquares(), x, 1, 2, 3, 4, 6);
        assertEquals(2, fit.rank());
        assertEquals(Double.POSITIVE_INFINITY, fit.conditionNumber());
        assertEquals("LeastSquares: the features do not determine the coefficients of columns 0, 1: condition number"
                + " infinity, expected at most 1048576; leave out dependent or constant columns, or use ridge",
                fit.warning());
        assertArrayEquals(new double[]{0.5, 0.25, 0}, fit.coefficients()[0], 1e-13);
        assertEquals(1, fit.intercepts()[0], 1e-13);
        assertEquals(1, fit.r2()[0], 1e-13);
        assertTrue(Double.isNaN(fit.standardErrors()[0][2]));
        assertTrue(Double.isNaN(fit.residualDeviations()[0]));
        LinearFit ridge = fit(new LeastSquares().ridge(0.1), x, 1, 2, 3, 4, 6);
        assertFalse(ridge.isIllConditioned());
        assertEquals(3, ridge.rank());
    }

    @Test
    void aConstantFeatureSaysNothingBesideAnIntercept() {
        float[][] x = {{7, 0}, {7, 1}, {7, 2}};
        LinearFit fit = fit(new LeastSquares(), x, 1, 3, 5);
        assertArrayEquals(new double[]{0, 2}, fit.coefficients()[0], 1e-14);
        assertTrue(fit.warning().contains("coefficients of column 0:"), fit.warning());
        LinearFit without = fit(new LeastSquares().intercept(false), x, 1, 3, 5);
        assertArrayEquals(new double[]{1 / 7.0, 2}, without.coefficients()[0], 1e-14);
        assertFalse(without.isIllConditioned());
        LinearFit nothing = fit(new LeastSquares(), new float[][]{{7}, {7}}, 1, 3);
        assertEquals(0, nothing.coefficients()[0][0]);
        assertEquals(2, nothing.intercepts()[0]);
        assertEquals(0, nothing.rank());
    }

    /// A third feature that is the sum of two others but for its rounding to float.
    @Test
    void nearlyDependentFeaturesWarnWithTheConditionNumber() {
        SplittableRandom random = RandomTables.random(503);
        try (FloatMatrix x = RandomTables.floats(random, 200, 4); FloatMatrix y = RandomTables.floats(random, 200, 1)) {
            for (int r = 0; r < 200; r++) {
                x.set(r, 3, x.get(r, 0) + x.get(r, 1));
            }
            LinearFit fit = new LeastSquares().fit(x, y);
            assertTrue(fit.conditionNumber() > 1e7 && fit.conditionNumber() < 1e9, fit.toString());
            assertEquals(4, fit.rank());
            assertTrue(
                    fit.warning().startsWith("LeastSquares: the features do not determine the coefficients of columns"
                            + " 0, 1, 3: condition number "),
                    fit.warning());
        }
    }

    @Test
    void fewRows() {
        LinearFit one = fit(new LeastSquares(), new float[][]{{3, 4}}, 5);
        assertEquals(5, one.intercepts()[0]);
        assertArrayEquals(new double[]{0, 0}, one.coefficients()[0]);
        assertTrue(one.isIllConditioned());
        LinearFit exact = fit(new LeastSquares(), new float[][]{{0, 0}, {1, 0}, {0, 1}}, 1, 2, 4);
        assertArrayEquals(new double[]{1, 3}, exact.coefficients()[0], 1e-14);
        assertTrue(Double.isNaN(exact.residualDeviations()[0]), "no rows are left for the noise");
        LinearFit constant = fit(new LeastSquares(), new float[][]{{0}, {1}, {3}}, 2, 2, 2);
        assertEquals(1, constant.r2()[0]);
    }

    @Test
    void wrongArguments() {
        LeastSquares squares = new LeastSquares();
        assertMessage(IllegalArgumentException.class,
                "LeastSquares.ridge: lambda is -1.0, expected a finite number of 0 or more", () -> squares.ridge(-1));
        assertMessage(IllegalArgumentException.class,
                "LeastSquares.fit: features have 2 rows, targets have 1; expected the same number and at least one",
                () -> fit(squares, new float[][]{{1}, {2}}, 1));
        assertMessage(IllegalArgumentException.class,
                "LeastSquares.fit: feature 1 of row 0 is NaN, expected a finite number",
                () -> fit(squares, new float[][]{{1, Float.NaN}}, 1));
        assertMessage(IllegalArgumentException.class,
                "LeastSquares.fit: target 0 of row 1 is Infinity, expected a finite number",
                () -> fit(squares, new float[][]{{1}, {2}}, 1, Float.POSITIVE_INFINITY));
        try (FloatMatrix x = FloatMatrix.allocate(2, 1); ClassLabels labels = ClassLabels.allocate(2)) {
            assertMessage(IllegalArgumentException.class,
                    "class labels given, expected rows of floats (FloatMatrix)", () -> squares.fit(x, labels));
        }
        LinearFit fit = fit(squares, new float[][]{{0}, {1}, {2}}, 1, 3, 4);
        try (Linear wide = new Linear(2, 1); Linear without = new Linear(1, 1, false)) {
            assertMessage(IllegalArgumentException.class,
                    "LinearFit.copyTo: Linear(2, 1) given, expected Linear(1, 1)", () -> fit.copyTo(wide));
            assertMessage(IllegalArgumentException.class,
                    "LinearFit.copyTo: Linear(1, 1, bias=false) has no bias for the intercept;"
                            + " fit with LeastSquares.intercept(false)",
                    () -> fit.copyTo(without));
            fit(new LeastSquares().intercept(false), new float[][]{{1}, {2}}, 2, 4).copyTo(without);
            assertEquals(2, without.weight().value().get(0, 0));
        }
    }

    @Test
    void theMissingLibraryIsNamed() throws Exception {
        Process java = new ProcessBuilder(OtherJvm.java(), "-cp", OtherJvm.classPath(), WithoutLibrary.class.getName())
                .redirectErrorStream(true).start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), said);
        assertTrue(said.strip().startsWith("LeastSquares: org/ejml/")
                && said.strip().endsWith(" is missing; add the library org.ejml:ejml-ddense"), said);
    }

    /// The program that solves where the library is not there.
    static final class WithoutLibrary {
        private WithoutLibrary() {
        }

        public static void main(String[] arguments) {
            try {
                System.out.println(fit(new LeastSquares(), new float[][]{{0}, {1}}, 1, 3));
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
