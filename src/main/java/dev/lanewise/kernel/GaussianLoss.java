// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// The Gaussian negative log-likelihood, the same code for scalars and vectors: means and variances stand in two halves
/// of a row, mostly one of each, which is nothing for lanes.
public final class GaussianLoss {
    private GaussianLoss() {
    }

    /// The losses and gradients of rows of `k` means in `x` and `k` values in `y`, picked by `index`. The variances are
    /// the next `k` columns of `y` if they are `given`, else of `x`.
    ///
    /// With `d = x - y` and `v` the variance, at least `eps` (NaN below 0): `loss = 0.5 * (log(v) + (d * d) / v) + constant`,
    /// `dMean = (d / v) * scale` and `dVariance = (0.5 * (1 / v - (d / v) * (d / v))) * scale`, also where `v` is `eps`.
    /// Padding becomes +0.0.
    public static void rows(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int first, int rows, int k, boolean given, float eps,
            float constant, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = (long) r * stride;
            long yRow = RowIndex.row(index, from, r) * yStride;
            for (int j = 0; j < k; j++) {
                float variance = given ? y.getAtIndex(JAVA_FLOAT, yRow + k + j) : x.getAtIndex(JAVA_FLOAT, row + k + j);
                float v = variance < 0f ? Float.NaN : variance < eps ? eps : variance;
                float d = x.getAtIndex(JAVA_FLOAT, row + j) - y.getAtIndex(JAVA_FLOAT, yRow + j);
                float ratio = d / v;
                loss.setAtIndex(JAVA_FLOAT, row + j, 0.5f * (ScalarMath.log(v) + d * d / v) + constant);
                dX.setAtIndex(JAVA_FLOAT, row + j, ratio * scale);
                if (!given) {
                    dX.setAtIndex(JAVA_FLOAT, row + k + j, 0.5f * (1f / v - ratio * ratio) * scale);
                }
            }
            ScalarLoss.clearPadding(loss, row, k, stride);
            ScalarLoss.clearPadding(dX, row, given ? k : 2 * k, stride);
        }
    }
}
