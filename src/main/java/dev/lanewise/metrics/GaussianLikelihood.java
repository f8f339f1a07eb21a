// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import dev.lanewise.memory.Rows;

/// Linear regression seen as maximum likelihood: the targets are the predictions plus noise N(0, sigma^2).
///
/// **Numerics**: sums in double. `sigma^2 = RSS / n`, its most likely value; the log-likelihood is
/// `-n / 2 (log(2 pi sigma^2) + 1)`, natural logarithm. A perfect fit has sigma 0 and log-likelihood +infinity.
///
/// @param logLikelihood the log of the probability density of all targets
/// @param sigma the standard deviation of the noise
public record GaussianLikelihood(double logLikelihood, double sigma) {

    /// The likelihood of `targets` (rows, outputs) given `predictions` of the same shape.
    ///
    /// **Throws** `IllegalArgumentException` if the shapes differ or there are no rows.
    public static GaussianLikelihood of(Rows predictions, Rows targets) {
        int rows = predictions.count();
        int cols = predictions.cols();
        if (rows != targets.count() || cols != targets.cols() || rows == 0) {
            throw new IllegalArgumentException("GaussianLikelihood: predictions are (" + rows + ", " + cols
                    + "), targets are (" + targets.count() + ", " + targets.cols()
                    + "); expected the same shape and at least one row");
        }
        double squares = 0;
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                double residual = (double) targets.get(r, c) - predictions.get(r, c);
                squares += residual * residual;
            }
        }
        double n = (double) rows * cols;
        double variance = squares / n;
        double logLikelihood = -0.5 * n * (StrictMath.log(2 * StrictMath.PI * variance) + 1);
        return new GaussianLikelihood(logLikelihood, StrictMath.sqrt(variance));
    }

    /// `-logLikelihood`, the quantity that training with a squared error makes small.
    public double negativeLogLikelihood() {
        return -logLikelihood;
    }
}
