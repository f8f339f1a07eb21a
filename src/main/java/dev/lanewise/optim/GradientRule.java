// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;

/// What an optimizer does with gradients before it uses them: clips them, or gathers those of several batches.
final class GradientRule {
    private double maxNorm = Double.POSITIVE_INFINITY;
    private double order = 2;
    private float valueLimit = Float.POSITIVE_INFINITY;
    private double lastNorm = Double.NaN;
    private boolean errorIfNonfinite;
    private int batches = 1;
    private int gathered;

    void clipNorm(double newMaxNorm, double p) {
        GradientClip.requireNorm(newMaxNorm, p);
        maxNorm = newMaxNorm;
        order = p;
    }

    void clipValue(float limit) {
        GradientClip.requireLimit(limit);
        valueLimit = limit;
    }

    boolean errorIfNonfinite() {
        return errorIfNonfinite;
    }

    void errorIfNonfinite(boolean on) {
        errorIfNonfinite = on;
    }

    void accumulate(int newBatches) {
        if (newBatches < 1) {
            throw new IllegalArgumentException(
                    "Optimizer.accumulate: " + newBatches + " batches for a step, expected at least 1");
        }
        batches = newBatches;
        gathered = 0;
    }

    int gathered() {
        return gathered;
    }

    void gathered(int count) {
        if (count < 0 || count >= batches) {
            throw new IllegalArgumentException("Optimizer.gathered: " + count + " batches given, expected 0 to "
                    + (batches - 1) + " because a step takes " + batches + " (accumulate)");
        }
        gathered = count;
    }

    void beginAnew() {
        gathered = 0;
    }

    double lastNorm() {
        return lastNorm;
    }

    float valueLimit() {
        return valueLimit;
    }

    /// Whether gradients may be used piece by piece.
    boolean takesPieces() {
        return maxNorm == Double.POSITIVE_INFINITY && batches == 1;
    }

    /// Whether the batch under way is the first of its step.
    boolean beginsAnew() {
        return gathered == 0;
    }

    /// Counts a batch; with the last one of a step the gradients become the mean.
    boolean isComplete(ParameterStep[] steps) {
        gathered++;
        if (gathered < batches) {
            return false;
        }
        gathered = 0;
        if (batches > 1) {
            for (ParameterStep step : steps) {
                if (step.parameter().hasGrad()) {
                    FloatMatrix gradient = step.parameter().grad();
                    Kernels.ELEMENT.scale(gradient.segment(), gradient.paddedSize(), 1f / batches);
                }
            }
        }
        return true;
    }

    /// Clips stored gradients by their norm.
    ///
    /// **Throws** [NonFiniteGradientException], before anything is changed, if it is not finite and that is an error.
    void apply(ParameterStep[] steps) {
        if (maxNorm != Double.POSITIVE_INFINITY) {
            GradientNorm norm = GradientNorm.ofThread(order);
            for (ParameterStep step : steps) {
                norm.add(step.parameter());
            }
            lastNorm = norm.value();
            if (errorIfNonfinite && !Double.isFinite(lastNorm)) {
                throw new NonFiniteGradientException("Optimizer.step", lastNorm);
            }
            float factor = GradientClip.factor(maxNorm, lastNorm);
            for (ParameterStep step : steps) {
                GradientClip.scale(step.parameter(), factor);
            }
        }
    }

    @Override
    public String toString() {
        return (maxNorm == Double.POSITIVE_INFINITY ? "" : ", clipNorm=" + maxNorm + (order == 2 ? "" : ", p=" + order))
                + (valueLimit == Float.POSITIVE_INFINITY ? "" : ", clipValue=" + valueLimit)
                + (batches == 1 ? "" : ", accumulate=" + batches);
    }
}
