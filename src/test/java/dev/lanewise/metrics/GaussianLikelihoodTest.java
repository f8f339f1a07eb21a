// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({NoLeak.class, RandomTables.class})
class GaussianLikelihoodTest {
    /// The density of N(mean, sigma^2) as it is written in books.
    private static double density(double y, double mean, double sigma) {
        double z = (y - mean) / sigma;
        return Math.exp(-z * z / 2) / (sigma * Math.sqrt(2 * Math.PI));
    }

    @Test
    void isTheSumOfLogDensitiesAtTheBestSigma() {
        SplittableRandom random = RandomTables.random(80);
        for (int cols : new int[]{1, 3}) {
            try (FloatMatrix p = RandomTables.floats(random, 50, cols);
                    FloatMatrix y = RandomTables.floats(random, 50, cols)) {
                double squares = 0;
                for (int r = 0; r < 50; r++) {
                    for (int c = 0; c < cols; c++) {
                        squares += Math.pow((double) y.get(r, c) - p.get(r, c), 2);
                    }
                }
                double sigma = Math.sqrt(squares / (50 * cols));
                GaussianLikelihood likelihood = GaussianLikelihood.of(p.all(), y.all());
                assertEquals(sigma, likelihood.sigma(), 1e-12);
                double best = logLikelihood(p, y, sigma);
                assertEquals(best, likelihood.logLikelihood(), 1e-9);
                assertEquals(-likelihood.logLikelihood(), likelihood.negativeLogLikelihood());
                assertTrue(logLikelihood(p, y, sigma * 1.01) < best);
                assertTrue(logLikelihood(p, y, sigma * 0.99) < best);
            }
        }
    }

    private static double logLikelihood(FloatMatrix p, FloatMatrix y, double sigma) {
        double sum = 0;
        for (int r = 0; r < p.rows(); r++) {
            for (int c = 0; c < p.cols(); c++) {
                sum += Math.log(density(y.get(r, c), p.get(r, c), sigma));
            }
        }
        return sum;
    }

    @Test
    void aPerfectFitHasNoNoise() {
        try (FloatMatrix p = FloatMatrix.copyOf(new float[][]{{1}, {2}})) {
            GaussianLikelihood likelihood = GaussianLikelihood.of(p.all(), p.all());
            assertEquals(0, likelihood.sigma());
            assertEquals(Double.POSITIVE_INFINITY, likelihood.logLikelihood());
        }
    }

    @Test
    void otherShapes() {
        try (FloatMatrix p = FloatMatrix.allocate(4, 2);
                FloatMatrix wider = FloatMatrix.allocate(4, 3);
                ClassLabels labels = ClassLabels.allocate(4);
                FloatMatrix one = FloatMatrix.allocate(4, 1)) {
            assertMessage(IllegalArgumentException.class,
                    "GaussianLikelihood: predictions are (4, 2), targets are (4, 3);"
                            + " expected the same shape and at least one row",
                    () -> GaussianLikelihood.of(p.all(), wider.all()));
            assertMessage(IllegalArgumentException.class,
                    "GaussianLikelihood: predictions are (3, 2), targets are (4, 2);"
                            + " expected the same shape and at least one row",
                    () -> GaussianLikelihood.of(new Rows(p, 0, 3), p.all()));
            assertMessage(IllegalArgumentException.class,
                    "GaussianLikelihood: predictions are (0, 2), targets are (0, 2);"
                            + " expected the same shape and at least one row",
                    () -> GaussianLikelihood.of(new Rows(p, 0, 0), new Rows(p, 0, 0)));
            assertMessage(IllegalArgumentException.class,
                    "class labels given, expected rows of floats (FloatMatrix)",
                    () -> GaussianLikelihood.of(one.all(), labels.all()));
        }
    }
}
