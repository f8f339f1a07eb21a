// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.util.Arrays;

/// How features are scaled before they reach the model: not at all, or `(x - mean) * invStd`, column by column.
///
/// **Threads**: immutable.
public final class Scaling {
    private static final Scaling NONE = new Scaling(new float[0], new float[0]);

    private final float[] mean;
    private final float[] invStd;

    private Scaling(float[] mean, float[] invStd) {
        this.mean = mean;
        this.invStd = invStd;
    }

    /// Features as they are.
    public static Scaling none() {
        return NONE;
    }

    /// Standardised features: `mean` (features) is subtracted, the difference multiplied by `invStd` (features), the
    /// reciprocal of the standard deviation.
    ///
    /// **Throws** `IllegalArgumentException` if the lengths differ or are 0, a value is not finite, or a factor is
    /// negative.
    public static Scaling standard(float[] mean, float[] invStd) {
        if (mean.length == 0 || mean.length != invStd.length) {
            throw new IllegalArgumentException("Scaling.standard: " + mean.length + " means and " + invStd.length
                    + " factors given, expected one of each for every feature");
        }
        for (int c = 0; c < mean.length; c++) {
            if (!Float.isFinite(mean[c]) || !Float.isFinite(invStd[c]) || invStd[c] < 0) {
                throw new IllegalArgumentException("Scaling.standard: column " + c + " has mean " + mean[c]
                        + " and factor " + invStd[c] + ", expected finite values and a factor of at least 0");
            }
        }
        return new Scaling(mean.clone(), invStd.clone());
    }

    /// Whether features are left as they are.
    public boolean isNone() {
        return mean.length == 0;
    }

    /// Number of features scaled; 0 for none.
    public int features() {
        return mean.length;
    }

    /// A copy of the means (features); empty for none.
    public float[] mean() {
        return mean.clone();
    }

    /// A copy of the factors (features); empty for none.
    public float[] invStd() {
        return invStd.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scaling that && Arrays.equals(mean, that.mean) && Arrays.equals(invStd, that.invStd);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(invStd);
    }

    @Override
    public String toString() {
        return isNone() ? "Scaling none" : "Scaling standard (" + mean.length + " features)";
    }
}
