// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Compares the gradients of `backward` with difference quotients of the loss, and tells where they differ most: the way
/// to find mistakes in a [CustomLayer] or a loss.
///
/// ```java
/// GradientCheck check = GradientCheck.of(net, new CrossEntropyLoss(), x, y);
/// assertTrue(check.maxRelativeError() < 0.01, check.toString());
/// ```
///
/// **Numerics**: a loss of floats has some seven digits, so that difference quotients have three or four: expect errors
/// below 0.01 where gradients are right, and of 0.1 or more where they are wrong. The quotient of each value is that of
/// the step, among several, that leaves the least doubt; the floats that the step really leads to count.
/// An error is relative to the larger of the two gradients, or to a hundredth of the largest of all if that is more. A
/// corner, as that of [ReLU] at 0, within the smallest step of a value makes the two differ rightly.
///
/// @param maxRelativeError the largest relative error; NaN as soon as there is one
/// @param parameter the dotted name of the parameter where it is
/// @param row the row of the value in the parameter
/// @param col the column of the value in the parameter
/// @param gradient what `backward` says there
/// @param difference what the difference quotient says there
/// @param checked number of values looked at
public record GradientCheck(double maxRelativeError, String parameter, int row, int col, double gradient,
        double difference, int checked) {
    /// Values of a parameter that are looked at, evenly spread if it has more.
    private static final int MOST_VALUES = 256;
    /// Steps in units of the size of the value, each a quarter of the one before.
    private static final double FIRST_STEP = 0x1p-2;
    private static final int STEPS = 6;
    private static final double NEGLIGIBLE = 0.01;
    /// What rounding makes of a loss of 1.
    private static final double ROUNDING = 0x1p-23;
    /// And what that makes of a difference quotient: smaller gradients are noise.
    private static final double NOISE = 64 * ROUNDING;

    /// Checks the gradients of `loss` on the rows `x` and `y` at the parameters of `net` that are not frozen, at most 256
    /// values of each, evenly spread.
    ///
    /// Afterwards parameters, gradients and buffers have the same bits as before; [Dropout] drops the same values in every
    /// pass, and goes on where it was. The mode stays as it is. A loss with reduction NONE is taken as its mean.
    ///
    /// **Throws** `IllegalStateException` if no parameter requires a gradient, and as [LossFunction#of(Output, Rows)].
    public static GradientCheck of(Module net, LossFunction loss, Rows x, Rows y) {
        try (PassState before = new PassState(net)) {
            return new Run(net, loss, x, y, before).check();
        }
    }

    /// [#of(Module, LossFunction, Rows, Rows)] on all rows.
    public static GradientCheck of(Module net, LossFunction loss, Table x, Table y) {
        return of(net, loss, x.all(), y.all());
    }

    @Override
    public String toString() {
        return "largest relative error " + maxRelativeError + " at " + parameter + " (" + row + ", " + col
                + "): backward says " + gradient + ", differences say " + difference + "; " + checked
                + " values checked";
    }

    /// A check under way.
    private static final class Run {
        private final Module net;
        private final LossFunction lossFunction;
        private final Rows x;
        private final Rows y;
        private final PassState before;
        private GradientCheck worst = new GradientCheck(0, "", 0, 0, 0, 0, 0);
        private int checked;

        Run(Module net, LossFunction lossFunction, Rows x, Rows y, PassState before) {
            this.net = net;
            this.lossFunction = lossFunction;
            this.x = x;
            this.y = y;
            this.before = before;
        }

        GradientCheck check() {
            net.zeroGrad();
            Loss computed = loss();
            double value = computed.value();
            computed.backward();
            List<double[]> gradients = new ArrayList<>();
            double largest = 0;
            List<Map.Entry<String, Parameter>> parameters = net.namedParameters().sequencedEntrySet().stream()
                    .filter(entry -> entry.getValue().requiresGrad()).toList();
            for (var entry : parameters) {
                double[] gradient = gradient(entry.getValue());
                gradients.add(gradient);
                for (double g : gradient) {
                    largest = Math.max(largest, Math.abs(g));
                }
            }
            net.zeroGrad();
            double floor = Math.max(Math.max(NEGLIGIBLE * largest, NOISE * Math.abs(value)), Float.MIN_NORMAL);
            for (int i = 0; i < parameters.size(); i++) {
                check(parameters.get(i).getKey(), parameters.get(i).getValue(), gradients.get(i), floor);
            }
            return new GradientCheck(worst.maxRelativeError, worst.parameter, worst.row, worst.col, worst.gradient,
                    worst.difference, checked);
        }

        private static double[] gradient(Parameter parameter) {
            double[] copy = new double[Math.multiplyExact(parameter.rows(), parameter.cols())];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = parameter.grad().get(i / parameter.cols(), i % parameter.cols());
            }
            return copy;
        }

        private void check(String name, Parameter parameter, double[] gradient, double floor) {
            FloatMatrix values = parameter.value();
            long bytes = values.paddedSize() * Float.BYTES;
            try (NativeBuffer saved = NativeBuffer.allocate("values of " + parameter, bytes)) {
                MemorySegment.copy(values.segment(), 0, saved.segment(), 0, bytes);
                try {
                    int count = Math.min(MOST_VALUES, gradient.length);
                    for (int i = 0; i < count; i++) {
                        int at = (int) ((long) gradient.length * i / count);
                        int row = at / parameter.cols();
                        int col = at % parameter.cols();
                        judge(name, row, col, gradient[at], difference(values, row, col), floor);
                        MemorySegment.copy(saved.segment(), 0, values.segment(), 0, bytes);
                    }
                } finally {
                    MemorySegment.copy(saved.segment(), 0, values.segment(), 0, bytes);
                }
            }
        }

        private void judge(String name, int row, int col, double gradient, double difference, double floor) {
            double error = Math.abs(gradient - difference)
                    / Math.max(floor, Math.max(Math.abs(gradient), Math.abs(difference)));
            checked++;
            boolean more = !(error <= worst.maxRelativeError) && !Double.isNaN(worst.maxRelativeError);
            if (checked == 1 || more) {
                worst = new GradientCheck(error, name, row, col, gradient, difference, checked);
            }
        }

        /// Central differences with ever smaller steps, each two of them extrapolated to a step of 0; the pair that
        /// leaves the least doubt counts: they agree, and the step is not so small that rounding is all there is.
        private double difference(FloatMatrix values, int row, int col) {
            float at = values.get(row, col);
            double size = Math.max(0.25, Math.abs(at));
            double before = Double.NaN;
            double best = Double.NaN;
            double doubt = Double.POSITIVE_INFINITY;
            double step = FIRST_STEP * size;
            for (int i = 0; i < STEPS; i++, step /= 4) {
                float up = (float) (at + step);
                float down = (float) (at - step);
                values.set(row, col, up);
                double above = loss().value();
                values.set(row, col, down);
                double width = (double) up - down;
                double central = (above - loss().value()) / width;
                double mine = Math.max(Math.abs(central - before) / 15, ROUNDING * Math.abs(above) / width);
                if (i > 0 && mine < doubt) {
                    doubt = mine;
                    best = (16 * central - before) / 15;
                }
                before = central;
            }
            return best;
        }

        private Loss loss() {
            before.restoreForwards();
            return lossFunction.of(net.forward(x), y).mean();
        }
    }
}
