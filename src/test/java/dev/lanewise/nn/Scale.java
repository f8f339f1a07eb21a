// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.util.random.RandomGenerator;

/// The example of [CustomLayer]: one factor for each feature, and a shift that makes its first values a matter of its own.
public final class Scale extends CustomLayer {
    private final Parameter factor;
    private final Parameter shift;
    private float wrong = 1;

    /// A factor and a shift for each of `features`.
    public Scale(int features) {
        factor = addParameter("factor", features);
        shift = addParameter("shift", features);
    }

    /// Makes the gradients of the inputs and of the factors wrong by this factor.
    Scale wrong(float by) {
        wrong = by;
        return this;
    }

    @Override
    public int outFeatures(int inFeatures) {
        if (inFeatures != factor.cols()) {
            throw new IllegalArgumentException("Scale: " + inFeatures + " features, expected " + factor.cols());
        }
        return inFeatures;
    }

    @Override
    protected void init(Parameter parameter, RandomGenerator random) {
        if (parameter == factor) {
            parameter.fill(1);
        } else {
            super.init(parameter, random);
        }
    }

    @Override
    protected void forward(FloatMatrix x, FloatMatrix y, int first, int rows) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < y.cols(); c++) {
                y.set(r, c, Math.fma(factor.value().get(0, c), x.get(r, c), shift.value().get(0, c)));
            }
        }
    }

    @Override
    protected void backward(FloatMatrix dX, FloatMatrix dY, FloatMatrix x, FloatMatrix y, int first, int rows) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < y.cols(); c++) {
                dX.set(r, c, wrong * factor.value().get(0, c) * dY.get(r, c));
            }
        }
    }

    @Override
    protected void parameterGradient(Parameter parameter, FloatMatrix gradient, FloatMatrix x, FloatMatrix dY,
            int rows) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < dY.cols(); c++) {
                float by = parameter == factor ? x.get(r, c) : 1;
                gradient.set(0, c, Math.fma(dY.get(r, c), by, gradient.get(0, c)));
            }
        }
    }
}
