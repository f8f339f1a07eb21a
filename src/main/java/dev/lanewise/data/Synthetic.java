// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import java.util.random.RandomGenerator;

/// Made-up data whose true parameters are known.
public final class Synthetic {
    /// The bias behind [#tutorial].
    public static final float TUTORIAL_BIAS = 4.2f;
    /// The standard deviation of the noise in [#tutorial].
    public static final float TUTORIAL_NOISE = 0.01f;

    private Synthetic() {
    }

    /// The tutorials' `synthetic_data(w, b, rows)`: a linear regression `y = x w + b + e` with features from N(0, 1)
    /// and noise `e` from N(0, noise^2).
    ///
    /// **Numerics**: features are standard normal numbers of the stream `(seed, "synthetic features")`, row by row,
    /// rounded to float; a target is computed in double, columns ascending, and rounded once; the noise has its own
    /// stream `(seed, "synthetic noise")`, so that the features do not depend on it.
    ///
    /// **Throws** `IllegalArgumentException` if there is no weight or row, or the noise is negative or not finite.
    public static Dataset regression(float[] w, float b, int rows, float noise, long seed) {
        if (!(noise >= 0 && noise < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Synthetic.regression: noise is " + noise + ", expected a finite number of 0 or more");
        }
        FloatMatrix x = FloatMatrix.allocate(rows, w.length);
        FloatMatrix y;
        try {
            y = FloatMatrix.allocateColumn(rows);
        } catch (RuntimeException e) {
            x.close();
            throw e;
        }
        RandomGenerator features = RandomStreams.stream(seed, "synthetic features");
        RandomGenerator errors = RandomStreams.stream(seed, "synthetic noise");
        float[] row = new float[w.length];
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int c = 0; c < row.length; c++) {
                row[c] = (float) RandomStreams.normal(features);
                sum += (double) row[c] * w[c];
            }
            x.setRow(r, row);
            y.set(r, 0, (float) (sum + b + noise * RandomStreams.normal(errors)));
        }
        return Dataset.of(x, y);
    }

    /// The tutorials' regression with any number of columns: weights [#tutorialWeights], bias [#TUTORIAL_BIAS], noise
    /// [#TUTORIAL_NOISE].
    ///
    /// **Throws** `IllegalArgumentException` if there is no row or column.
    public static Dataset tutorial(int rows, int cols, long seed) {
        return regression(tutorialWeights(cols, seed), TUTORIAL_BIAS, rows, TUTORIAL_NOISE, seed);
    }

    /// The true weights behind [#tutorial]: 2 and -3.4 for two columns, as in the tutorials; otherwise standard normal
    /// numbers of the stream `(seed, "synthetic weights")`, rounded to float.
    ///
    /// **Throws** `IllegalArgumentException` if `cols` is less than 1.
    public static float[] tutorialWeights(int cols, long seed) {
        if (cols < 1) {
            throw new IllegalArgumentException("Synthetic: " + cols + " columns given, expected at least 1");
        }
        if (cols == 2) {
            return new float[]{2f, -3.4f};
        }
        RandomGenerator random = RandomStreams.stream(seed, "synthetic weights");
        float[] weights = new float[cols];
        for (int c = 0; c < cols; c++) {
            weights[c] = (float) RandomStreams.normal(random);
        }
        return weights;
    }
}
