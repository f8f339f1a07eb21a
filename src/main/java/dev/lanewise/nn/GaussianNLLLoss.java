// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.GaussianLoss;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// Negative log-likelihood of normally distributed targets: `0.5 (log(v) + (x - y)^2 / v)` with the mean `x` and the
/// variance `v`, which counts as at least `eps`; `full`, plus `0.5 log(2 pi)`.
///
/// **Shape**: for `K` targets, predictions (rows, 2 K), the means and then the variances, against targets (rows, K); or
/// predictions (rows, K), the means, against (rows, 2 K), the targets and then their known variances.
/// **Numerics**: gradients `(x - y) / v` and `0.5 (1 / v - (x - y)^2 / v^2)`, the latter also where `v` is `eps`, as in
/// PyTorch. A NaN gives a NaN loss. The mean divides by rows times `K`.
///
/// **Throws** `IllegalArgumentException` from [#of] and `trainStep`, before anything is changed, if a variance is
/// negative, as PyTorch does.
public final class GaussianNLLLoss extends LossFunction {
    private static final float DEFAULT_EPS = 1e-6f;
    /// `0.5 log(2 pi)`.
    private static final float CONSTANT = 0.9189385f;

    private boolean full;
    private float eps = DEFAULT_EPS;

    /// The mean over all targets.
    public GaussianNLLLoss() {
        this(Reduction.MEAN);
    }

    /// With the given reduction.
    public GaussianNLLLoss(Reduction reduction) {
        super(reduction);
    }

    /// Whether the constant counts; not for a new loss.
    public boolean full() {
        return full;
    }

    /// Adds the constant `0.5 log(2 pi)`, or not.
    public GaussianNLLLoss full(boolean on) {
        full = on;
        return this;
    }

    /// The least variance; 1e-6 for a new loss.
    public float eps() {
        return eps;
    }

    /// Sets the least variance.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public GaussianNLLLoss eps(float least) {
        eps = requireNotNegative("eps", least);
        return this;
    }

    @Override
    double checkedDivisor(Rows prediction, Rows target) {
        if (target.table() instanceof ClassLabels) {
            throw new IllegalArgumentException(
                    "GaussianNLLLoss: targets are class labels, expected rows of floats (FloatMatrix)");
        }
        if (prediction.cols() != 2L * target.cols() && target.cols() != 2L * prediction.cols()) {
            throw new IllegalArgumentException("GaussianNLLLoss: predictions are (" + prediction.count() + ", "
                    + prediction.cols() + "), targets are (" + target.count() + ", " + target.cols()
                    + "); expected a variance for each mean: twice as many predictions as targets (means, variances)"
                    + " or twice as many targets as predictions (targets, variances)");
        }
        return (double) target.count() * valuesPerRow(prediction, target);
    }

    @Override
    int valuesPerRow(Rows prediction, Rows target) {
        return Math.min(prediction.cols(), target.cols());
    }

    @Override
    int valuesStride(Rows prediction) {
        return FloatMatrix.stride(prediction.cols());
    }

    @Override
    void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first, int rows,
            double divisor, float scale) {
        FloatMatrix y = target.matrix();
        GaussianLoss.rows(losses.segment(), gradient.segment(), prediction.matrix().segment(), gradient.stride(),
                y.segment(), y.stride(), target.index(), target.first(), first, rows,
                valuesPerRow(prediction, target), target.cols() > prediction.cols(), eps, full ? CONSTANT : 0, scale);
    }

    @Override
    void explainNaN(Rows prediction, Rows target) {
        boolean known = target.cols() > prediction.cols();
        Rows variances = known ? target : prediction;
        int k = variances.cols() / 2;
        for (int r = 0; r < target.count(); r++) {
            for (int c = k; c < 2 * k; c++) {
                float v = variances.get(r, c);
                if (v < 0) {
                    throw new IllegalArgumentException("GaussianNLLLoss: the " + (known ? "known" : "predicted")
                            + " variance " + (c - k) + " of row " + target.rowInTable(r) + " is " + v
                            + ", expected at least 0; " + (known
                                    ? "variances are squares of standard deviations, in the second half of the targets"
                                    : "let a Softplus make the outputs positive"));
                }
            }
        }
    }

    @Override
    String settings() {
        return (full ? ", full" : "") + (eps == DEFAULT_EPS ? "" : ", eps=" + eps);
    }
}
