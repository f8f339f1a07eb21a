// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.CustomLayer;
import dev.lanewise.nn.CustomLoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Reduction;

/// What gets given numbers into a layer or a loss to the bit, and the gradients out again.
final class Edges {
    private Edges() {
    }

    /// A layer whose outputs are its parameter, whatever comes in; the gradient of the one is that of the other.
    static final class Source extends CustomLayer {
        private final Parameter values;

        Source(float[][] numbers) {
            values = addParameter("values", numbers.length, numbers[0].length);
        }

        Parameter values() {
            return values;
        }

        @Override
        public int outFeatures(int inFeatures) {
            return values.cols();
        }

        @Override
        protected void forward(FloatMatrix x, FloatMatrix y, int first, int rows) {
            for (int r = first; r < first + rows; r++) {
                y.setRow(r, values.value().row(r));
            }
        }

        @Override
        protected void backward(FloatMatrix dX, FloatMatrix dY, FloatMatrix x, FloatMatrix y, int first, int rows) {
            for (int r = first; r < first + rows; r++) {
                dX.setRow(r, new float[dX.cols()]);
            }
        }

        @Override
        protected void parameterGradient(Parameter parameter, FloatMatrix gradient, FloatMatrix x, FloatMatrix dY,
                int rows) {
            for (int r = 0; r < rows; r++) {
                gradient.setRow(r, dY.row(r));
            }
        }
    }

    /// A loss whose gradient is its target.
    static final class Upstream extends CustomLoss {
        Upstream() {
            super(Reduction.SUM);
        }

        @Override
        protected void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first,
                int rows) {
            for (int r = first; r < first + rows; r++) {
                losses.set(r, 0, 0f);
                for (int c = 0; c < prediction.cols(); c++) {
                    gradient.set(r, c, target.get(r, c));
                }
            }
        }
    }
}
