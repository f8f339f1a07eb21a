// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Parameter;
import java.util.List;

/// An update rule written by the user: called after `backward` on the sum of the losses, with the number of rows of the
/// batch, it changes the parameters and drops their gradients.
@FunctionalInterface
public interface Updater {
    /// Changes the parameters, whose gradients are those of the sum over `batchSize` rows.
    void update(int batchSize);

    /// Minibatch gradient descent: `p = fma(-lr, g / batchSize, p)`, with the factor `1 / batchSize` rounded to float
    /// first, then the gradient is dropped.
    ///
    /// **Source**: the `sgd` of "Dive into Deep Learning".
    static Updater sgd(List<Parameter> parameters, float learningRate) {
        return batchSize -> {
            for (Parameter p : parameters) {
                FloatMatrix gradient = p.grad();
                Kernels.ELEMENT.scale(gradient.segment(), gradient.paddedSize(), 1f / batchSize);
                Kernels.ELEMENT.sgdStep(p.value().segment(), 0, gradient.segment(), 0, gradient.paddedSize(),
                        learningRate);
                p.changed();
                p.zeroGrad();
            }
        };
    }
}
