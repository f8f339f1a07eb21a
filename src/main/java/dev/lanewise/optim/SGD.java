// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Gradient descent: `p = fma(-lr, g, p)`.
public final class SGD extends Optimizer {
    private final float learningRate;

    /// Descent of `parameters` with `learningRate`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice, or the rate is negative
    /// or not finite.
    public SGD(List<Parameter> parameters, float learningRate) {
        super(parameters);
        if (!(learningRate >= 0) || Float.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "SGD: learningRate is " + learningRate + ", expected a finite number of at least 0");
        }
        this.learningRate = learningRate;
    }

    @Override
    public float learningRate() {
        return learningRate;
    }

    @Override
    void step(Parameter parameter) {
        FloatMatrix value = parameter.value();
        Kernels.ELEMENT.sgdStep(value.segment(), parameter.grad().segment(), value.paddedSize(), learningRate);
    }

    @Override
    public void stepWeight(Parameter weight, Rows x, FloatMatrix dY, MemorySegment scratch) {
        FloatMatrix w = weight.value();
        FloatMatrix in = x.matrix();
        Kernels.LINEAR.weightSgdStep(w.segment(), w.stride(), in.segment(), in.stride(), x.index(), x.first(),
                dY.segment(), dY.stride(), x.count(), weight.cols(), weight.rows(), learningRate, scratch);
    }

    @Override
    public void stepBias(Parameter bias, FloatMatrix dY, int rows, MemorySegment scratch) {
        Kernels.LINEAR.biasSgdStep(bias.value().segment(), dY.segment(), dY.stride(), rows, bias.cols(), learningRate,
                scratch);
    }

    @Override
    public String toString() {
        return "SGD(lr=" + learningRate + ")";
    }
}
