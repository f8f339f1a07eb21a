// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// The scalar specification of the optimizers against PyTorch's formulas in double, over twenty steps.
class OptimizerOracleTest {
    private static final int N = 64;
    private static final int STEPS = 20;
    private static final float LR = 0.05f;
    private static final float MOMENTUM = 0.9f;
    private static final float DAMPENING = 0.25f;
    private static final float DECAY = 0.03f;
    private static final double TOLERANCE = 1e-5;

    private final RandomGenerator random = RandomStreams.stream(Floats.seed(), "OptimizerOracleTest");
    private final OptimizerKernels kernels = new ScalarKernels().optimizer();

    /// One step of a value by a formula: takes the gradient, changes its own weight and state.
    private interface Formula {
        void step(int i, double g, int t);

        double weight(int i);
    }

    @FunctionalInterface
    private interface Kernel {
        void step(MemorySegment w, MemorySegment first, MemorySegment second, MemorySegment g, int t);
    }

    private static final class Sgd implements Formula {
        private final double[] w;
        private final double[] buf = new double[N];
        private final double dampening;
        private final boolean nesterov;
        private final double sign;

        Sgd(float[] start, double dampening, boolean nesterov, boolean maximize) {
            w = toDouble(start);
            this.dampening = dampening;
            this.nesterov = nesterov;
            sign = maximize ? -1 : 1;
        }

        @Override
        public void step(int i, double g, int t) {
            double d = sign * g + DECAY * w[i];
            buf[i] = t == 1 ? d : MOMENTUM * buf[i] + (1 - dampening) * d;
            w[i] -= LR * (nesterov ? d + MOMENTUM * buf[i] : buf[i]);
        }

        @Override
        public double weight(int i) {
            return w[i];
        }
    }

    private static final class Adam implements Formula {
        private final double[] w;
        private final double[] m = new double[N];
        private final double[] v = new double[N];

        Adam(float[] start) {
            w = toDouble(start);
        }

        @Override
        public void step(int i, double g, int t) {
            double d = g + DECAY * w[i];
            m[i] = 0.9 * m[i] + (1 - 0.9) * d;
            v[i] = 0.999 * v[i] + (1 - 0.999) * d * d;
            double root = Math.sqrt(v[i]) / Math.sqrt(1 - StrictMath.pow(0.999, t)) + 1e-8;
            w[i] -= LR / (1 - StrictMath.pow(0.9, t)) * m[i] / root;
        }

        @Override
        public double weight(int i) {
            return w[i];
        }
    }

    private static double[] toDouble(float[] values) {
        double[] copy = new double[values.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = values[i];
        }
        return copy;
    }

    private float[] values() {
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = 2 * RandomStreams.uniform(random) - 1;
        }
        return values;
    }

    private void assertNear(float[] start, Formula formula, Kernel kernel) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment w = memory.floats(start);
            MemorySegment first = memory.floats(N);
            MemorySegment second = memory.floats(N);
            for (int t = 1; t <= STEPS; t++) {
                float[] g = values();
                kernel.step(w, first, second, memory.floats(g), t);
                for (int i = 0; i < N; i++) {
                    formula.step(i, g[i], t);
                    assertEquals(formula.weight(i), w.getAtIndex(JAVA_FLOAT, i), TOLERANCE, "weight " + i + ", step "
                            + t + ", seed " + Floats.seed());
                }
            }
        }
    }

    @Test
    void momentumWithDampeningAndDecay() {
        float[] start = values();
        assertNear(start, new Sgd(start, DAMPENING, false, false), (w, buf, _, g, t) -> kernels.sgdMomentumStep(w,
                buf, 0, g, 0, N, LR, MOMENTUM, t == 1 ? 1 : 1 - DAMPENING, DECAY, 1));
    }

    @Test
    void nesterovWithDecayToMaximize() {
        float[] start = values();
        assertNear(start, new Sgd(start, 0, true, true), (w, buf, _, g, t) -> kernels.sgdNesterovStep(w, buf, 0,
                g, 0, N, LR, MOMENTUM, DECAY, -1));
    }

    @Test
    void adamWithDecay() {
        float[] start = values();
        assertNear(start, new Adam(start), (w, m, v, g, t) -> kernels.adamStep(w, m, v, 0, g, 0, N,
                (float) (LR / (1 - StrictMath.pow(0.9, t))), (float) (1 / Math.sqrt(1 - StrictMath.pow(0.999, t))),
                0.9f,
                (float) (1 - 0.9), 0.999f, (float) (1 - 0.999), 1e-8f, DECAY, 0, 1));
    }
}
