// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

/// The norm of the gradients is NaN or infinite, so that they cannot be clipped to any: PyTorch's `error_if_nonfinite`.
/// No gradient and no parameter has been changed.
public final class NonFiniteGradientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final double norm;

    NonFiniteGradientException(String operation, double norm) {
        super(operation + ": the norm of the gradients is " + norm
                + ", expected a finite one because errorIfNonfinite is set; try a smaller learning rate, or scaled features");
        this.norm = norm;
    }

    /// The norm.
    public double norm() {
        return norm;
    }
}
