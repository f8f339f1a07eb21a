// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Parameter;
import java.util.List;

/// Clips stored gradients between `backward` and `step`: PyTorch's `clip_grad_norm_` and `clip_grad_value_`.
///
/// [Optimizer#clipNorm(double)] and [Optimizer#clipValue] do the same in every step, in `trainStep` too.
public final class GradientClip {
    /// PyTorch's, against a norm of 0.
    private static final double SMALL = 1e-6;

    private GradientClip() {
    }

    /// As [#norm(List, double, double)] with the Euclidean norm.
    public static double norm(List<Parameter> parameters, double maxNorm) {
        return norm(parameters, maxNorm, 2);
    }

    /// Multiplies the gradients of all `parameters` by `maxNorm / (norm + 1e-6)` if that is below 1, and returns the
    /// norm before: of order `p`, over all values of all gradients. Parameters without gradient do not count; infinity
    /// for `maxNorm` measures only.
    ///
    /// **Numerics**: the norm is a double summed in an order that depends on the shapes alone; the factor is rounded to
    /// float. A norm of NaN makes all gradients NaN, one of infinity makes finite values 0. **Throws**
    /// `IllegalArgumentException` if `maxNorm` is negative or NaN, or `p` is not above 0.
    public static double norm(List<Parameter> parameters, double maxNorm, double p) {
        return norm(parameters, maxNorm, p, false);
    }

    /// As [#norm(List, double, double)]; with `errorIfNonfinite` a norm of NaN or infinity is refused.
    ///
    /// **Throws** [NonFiniteGradientException] also for that, before any gradient is changed.
    public static double norm(List<Parameter> parameters, double maxNorm, double p, boolean errorIfNonfinite) {
        requireNorm(maxNorm, p);
        GradientNorm sum = GradientNorm.ofThread(p);
        for (int i = 0; i < parameters.size(); i++) {
            sum.add(parameters.get(i));
        }
        double total = sum.value();
        if (errorIfNonfinite && !Double.isFinite(total)) {
            throw new NonFiniteGradientException("GradientClip.norm", total);
        }
        float factor = factor(maxNorm, total);
        for (int i = 0; i < parameters.size(); i++) {
            scale(parameters.get(i), factor);
        }
        return total;
    }

    /// Clips each value of the gradients of `parameters` to `-limit .. limit`; NaN stays NaN.
    ///
    /// **Throws** `IllegalArgumentException` if the limit is negative or NaN.
    public static void value(List<Parameter> parameters, float limit) {
        requireLimit(limit);
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).hasGrad()) {
                FloatMatrix gradient = parameters.get(i).grad();
                Kernels.OPTIMIZER.clamp(gradient.segment(), 0, gradient.paddedSize(), limit);
            }
        }
    }

    static void requireNorm(double maxNorm, double p) {
        if (!(maxNorm >= 0)) {
            throw new IllegalArgumentException("GradientClip.norm: maxNorm is " + maxNorm + ", expected at least 0");
        }
        if (!(p > 0)) {
            throw new IllegalArgumentException(
                    "GradientClip.norm: p is " + p + ", expected above 0, or infinity for the largest value");
        }
    }

    static void requireLimit(float limit) {
        if (!(limit >= 0)) {
            throw new IllegalArgumentException("GradientClip.value: limit is " + limit + ", expected at least 0");
        }
    }

    /// What gradients of norm `total` are multiplied by.
    static float factor(double maxNorm, double total) {
        double factor = maxNorm == Double.POSITIVE_INFINITY ? 1 : maxNorm / (total + SMALL);
        return factor >= 1 ? 1 : (float) factor; // NaN stays NaN
    }

    static void scale(Parameter parameter, float factor) {
        if (factor == 1 || !parameter.hasGrad()) {
            return;
        }
        FloatMatrix gradient = parameter.grad();
        if (Float.isNaN(factor)) { // its product with padding would be NaN
            ParameterStep.fill(gradient, factor);
        } else {
            Kernels.ELEMENT.scale(gradient.segment(), gradient.paddedSize(), factor);
        }
    }
}
