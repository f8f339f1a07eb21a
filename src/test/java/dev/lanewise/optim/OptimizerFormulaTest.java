// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Reduction;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Optimizers against PyTorch's formulas in double, over forty steps, with the gradients that the steps really had.
@ExtendWith({NoLeak.class, RandomTables.class})
class OptimizerFormulaTest {
    private static final int STEPS = 40;
    private static final double TOLERANCE = 2e-6;

    /// The course of one weight: takes the gradient of step `t` and returns the weight behind it.
    interface Formula {
        double step(double w, double g, int t);
    }

    private static Supplier<Formula> adam(double lr, double decay, boolean decoupled, boolean amsgrad, double sign) {
        return () -> new Formula() {
            private double m;
            private double v;
            private double most;

            @Override
            public double step(double before, double g, int t) {
                double w = decoupled ? before * (1 - lr * decay) : before;
                double d = sign * g + (decoupled ? 0 : decay * w);
                m = 0.9 * m + (1 - 0.9) * d;
                v = 0.99 * v + (1 - 0.99) * d * d;
                most = Math.max(most, v);
                double root = Math.sqrt(amsgrad ? most : v) / Math.sqrt(1 - StrictMath.pow(0.99, t)) + 1e-3f;
                return w - lr / (1 - StrictMath.pow(0.9, t)) * m / root;
            }
        };
    }

    private static Supplier<Formula> rmsprop(double lr, double decay, double momentum, boolean centered, double sign) {
        return () -> new Formula() {
            private double v;
            private double mean;
            private double buf;

            @Override
            public double step(double w, double g, int t) {
                double d = sign * g + decay * w;
                v = 0.9 * v + (1 - 0.9) * d * d;
                mean = 0.9 * mean + (1 - 0.9) * d;
                double q = d / (Math.sqrt(centered ? v - mean * mean : v) + 1e-3f);
                buf = momentum * buf + q;
                return w - lr * (momentum > 0 ? buf : q);
            }
        };
    }

    private static Supplier<Formula> adagrad(double lr, double fall, double start, double decay, double sign) {
        return () -> new Formula() {
            private double s = start;

            @Override
            public double step(double w, double g, int t) {
                double d = sign * g + decay * w;
                s += d * d;
                return w - lr / (1 + (t - 1) * fall) * d / (Math.sqrt(s) + 1e-10);
            }
        };
    }

    private static Arguments row(Function<List<Parameter>, Optimizer> optimizer, Supplier<Formula> formula) {
        return Arguments.of(optimizer, formula);
    }

    static Stream<Arguments> optimizers() {
        return Stream.of(
                row(p -> new Adam(p, 0.01f).betas(0.9, 0.99).eps(1e-3f), adam(0.01f, 0, false, false, 1)),
                row(p -> new Adam(p, 0.01f).betas(0.9, 0.99).eps(1e-3f).weightDecay(0.1f).amsgrad(true),
                        adam(0.01f, 0.1f, false, true, 1)),
                row(p -> new Adam(p, 0.01f).betas(0.9, 0.99).eps(1e-3f).weightDecay(0.1f).maximize(true),
                        adam(0.01f, 0.1f, false, false, -1)),
                row(p -> new AdamW(p, 0.01f).betas(0.9, 0.99).eps(1e-3f), adam(0.01f, 0.01f, true, false, 1)),
                row(p -> new AdamW(p, 0.01f).betas(0.9, 0.99).eps(1e-3f).weightDecay(0.5f).amsgrad(true).maximize(true),
                        adam(0.01f, 0.5f, true, true, -1)),
                row(p -> new RMSprop(p).alpha(0.9).eps(1e-3f), rmsprop(0.01f, 0, 0, false, 1)),
                row(p -> new RMSprop(p).alpha(0.9).eps(1e-3f).weightDecay(0.1f).momentum(0.5f),
                        rmsprop(0.01f, 0.1f, 0.5, false, 1)),
                row(p -> new RMSprop(p).alpha(0.9).eps(1e-3f).centered(true), rmsprop(0.01f, 0, 0, true, 1)),
                row(p -> new RMSprop(p).alpha(0.9).eps(1e-3f).centered(true).momentum(0.5f).maximize(true),
                        rmsprop(0.01f, 0, 0.5, true, -1)),
                row(Adagrad::new, adagrad(0.01f, 0, 0, 0, 1)),
                row(p -> new Adagrad(p, 0.05f).lrDecay(0.1).initialAccumulatorValue(0.5f).weightDecay(0.1f)
                        .maximize(true), adagrad(0.05f, 0.1, 0.5, 0.1f, -1)));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void followTheirFormulas(Function<List<Parameter>, Optimizer> optimizer, Supplier<Formula> formula) {
        SplittableRandom random = RandomTables.random(62);
        try (Linear net = new Linear(5, 3).init(3);
                FloatMatrix x = RandomTables.floats(random, 8 * STEPS, 5);
                FloatMatrix y = RandomTables.floats(random, 8 * STEPS, 3)) {
            Optimizer opt = optimizer.apply(net.parameters());
            FloatMatrix weight = net.weight().value();
            double[] expected = new double[15];
            Formula[] formulas = new Formula[15];
            for (int i = 0; i < 15; i++) {
                formulas[i] = formula.get();
                expected[i] = weight.get(i / 5, i % 5);
            }
            for (int t = 1; t <= STEPS; t++) {
                opt.zeroGrad();
                new MSELoss(Reduction.MEAN).of(net.forward(new Rows(x, 8 * t - 8, 8)), new Rows(y, 8 * t - 8, 8))
                        .backward();
                opt.step();
                for (int i = 0; i < 15; i++) {
                    float g = net.weight().grad().get(i / 5, i % 5);
                    expected[i] = formulas[i].step(expected[i], g, t);
                    assertEquals(expected[i], weight.get(i / 5, i % 5), t * TOLERANCE, opt + ", step " + t);
                }
            }
        }
    }
}
