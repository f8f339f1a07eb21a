// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Values and gradients, for a gradient of 2, of the activations that take their input for it, where PyTorch has an
/// opinion: zeros, NaN, infinities, the largest and the smallest floats.
@Tag("lanes")
class SmoothEdgeTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float TINY = Float.MIN_VALUE;
    private static final float[] X = {-INF, -3e38f, -1e4f, -1f, -TINY, -0f, 0f, TINY, 1f, 1e4f, 3e38f, INF, NAN};

    @FunctionalInterface
    private interface Forward {
        void run(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);
    }

    @FunctionalInterface
    private interface Backward {
        void run(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows, int cols);
    }

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static void assertFunction(String name, Forward forward, Backward backward, float[] y, float[] dX) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = memory.matrix(X, 1, X.length, 16, 0f);
            MemorySegment gradient = memory.matrix(filled(), 1, X.length, 16, 0f);
            backward.run(gradient, gradient, x, 16, 0, 1, X.length);
            assertRow(dX, gradient, "gradient of " + name);
            forward.run(x, x, 16, 0, 1, X.length);
            assertRow(y, x, name);
        }
    }

    private static float[] filled() {
        float[] two = new float[X.length];
        Arrays.fill(two, 2f);
        return two;
    }

    private static void assertRow(float[] expected, MemorySegment row, String what) {
        float[] actual = GuardedMemory.read(row);
        for (int i = 0; i < expected.length; i++) {
            int value = i;
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]),
                    () -> what + " at " + X[value] + " is " + actual[value] + ", expected " + expected[value]);
        }
    }

    @Test
    void leakyRelu() {
        ActivationKernels k = Kernels.ACTIVATION;
        assertFunction("LeakyReLU(0.25)", (y, x, s, f, r, c) -> k.leakyRelu(y, x, s, f, r, c, 0.25f),
                (dX, dY, x, s, f, r, c) -> k.leakyReluGradient(dX, dY, x, s, f, r, c, 0.25f),
                new float[]{-INF, -3e38f / 4, -2500f, -0.25f, -0f, -0f, 0f, TINY, 1f, 1e4f, 3e38f, INF, NAN},
                new float[]{0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 2, 2, 2, 2, 2, 0.5f});
        assertFunction("LeakyReLU(0)", (y, x, s, f, r, c) -> k.leakyRelu(y, x, s, f, r, c, 0f),
                (dX, dY, x, s, f, r, c) -> k.leakyReluGradient(dX, dY, x, s, f, r, c, 0f),
                new float[]{NAN, -0f, -0f, -0f, -0f, -0f, 0f, TINY, 1f, 1e4f, 3e38f, INF, NAN},
                new float[]{0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 0});
    }

    @Test
    void hardtanh() {
        ActivationKernels k = Kernels.ACTIVATION;
        assertFunction("Hardtanh()", (y, x, s, f, r, c) -> k.hardtanh(y, x, s, f, r, c, -1f, 1f),
                (dX, dY, x, s, f, r, c) -> k.hardtanhGradient(dX, dY, x, s, f, r, c, -1f, 1f),
                new float[]{-1, -1, -1, -1, -TINY, -0f, 0f, TINY, 1, 1, 1, 1, NAN},
                new float[]{0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0, 2});
        assertFunction("ReLU6()", (y, x, s, f, r, c) -> k.hardtanh(y, x, s, f, r, c, 0f, 6f),
                (dX, dY, x, s, f, r, c) -> k.hardtanhGradient(dX, dY, x, s, f, r, c, 0f, 6f),
                new float[]{0, 0, 0, 0, 0, -0f, 0, TINY, 1, 6, 6, 6, NAN},
                new float[]{0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 2});
    }

    @Test
    void gates() {
        SmoothActivationKernels k = Kernels.SMOOTH_ACTIVATION;
        assertFunction("SiLU", (y, x, s, f, r, c) -> k.gate(y, x, s, f, r, c, 1, 0),
                (dX, dY, x, s, f, r, c) -> k.gateGradient(dX, dY, x, s, f, r, c, 1, 0),
                new float[]{NAN, -0f, -0f, -0.26894143f, -0f, -0f, 0, 0, 0.7310586f, 1e4f, 3e38f, INF, NAN},
                new float[]{NAN, 0, 0, 0.14465898f, 1, 1, 1, 1, 1.8553411f, 2, 2, NAN, NAN});
        double linear = 1.5957691216057308;
        double cubic = linear * 0.044715;
        assertFunction("GELU by tanh", (y, x, s, f, r, c) -> k.gate(y, x, s, f, r, c, linear, cubic),
                (dX, dY, x, s, f, r, c) -> k.gateGradient(dX, dY, x, s, f, r, c, linear, cubic),
                new float[]{NAN, -0f, -0f, -0.15880801f, -0f, -0f, 0, 0, 0.841192f, 1e4f, 3e38f, INF, NAN},
                new float[]{NAN, 0, 0, -0.16592817f, 1, 1, 1, 1, 2.1659281f, 2, 2, NAN, NAN});
        assertFunction("GELU", k::gelu, k::geluGradient,
                new float[]{NAN, -0f, -0f, -0.15865526f, -0f, -0f, 0, TINY, 0.8413448f, 1e4f, 3e38f, INF, NAN},
                new float[]{NAN, 0, 0, -0.16663094f, 1, 1, 1, 1, 2.166631f, 2, 2, NAN, NAN});
        assertFunction("Mish", k::mish, k::mishGradient,
                new float[]{NAN, -0f, -0f, -0.30340147f, -TINY, -0f, 0, TINY, 0.8650984f, 1e4f, 3e38f, INF, NAN},
                new float[]{NAN, 0, 0, 0.11843351f, 1.2f, 1.2f, 1.2f, 1.2f, 2.0980725f, 2, 2, NAN, NAN});
    }

    @Test
    void elu() {
        SmoothActivationKernels k = Kernels.SMOOTH_ACTIVATION;
        assertFunction("ELU(2)", (y, x, s, f, r, c) -> k.elu(y, x, s, f, r, c, 1, 2),
                (dX, dY, x, s, f, r, c) -> k.eluGradient(dX, dY, x, s, f, r, c, 1, 2),
                new float[]{-2, -2, -2, -1.2642411f, -2 * TINY, 0, 0, TINY, 1, 1e4f, 3e38f, INF, NAN},
                new float[]{0, 0, 0, 1.4715178f, 4, 4, 4, 2, 2, 2, 2, 2, NAN});
    }

    @Test
    void softplus() {
        SmoothActivationKernels k = Kernels.SMOOTH_ACTIVATION;
        float half = 0.6931472f;
        assertFunction("Softplus", (y, x, s, f, r, c) -> k.softplus(y, x, s, f, r, c, 1, 20),
                (dX, dY, x, s, f, r, c) -> k.softplusGradient(dX, dY, x, s, f, r, c, 1, 20),
                new float[]{0, 0, 0, 0.3132617f, half, half, half, half, 1.3132616f, 1e4f, 3e38f, INF, NAN},
                new float[]{0, 0, 0, 0.53788286f, 1, 1, 1, 1, 1.4621172f, 2, 2, 2, NAN});
        assertFunction("LogSigmoid",
                (y, x, s, f, r, c) -> k.softplus(y, x, s, f, r, c, -1, Double.POSITIVE_INFINITY),
                (dX, dY, x, s, f, r, c) -> k.softplusGradient(dX, dY, x, s, f, r, c, -1, Double.POSITIVE_INFINITY),
                new float[]{-INF, -3e38f, -1e4f, -1.3132616f, -half, -half, -half, -half, -0.3132617f, 0, 0, 0, NAN},
                new float[]{2, 2, 2, 1.4621172f, 1, 1, 1, 1, 0.53788286f, 0, 0, 0, NAN});
    }

    @Test
    void softplusBeyondItsThreshold() {
        assertEquals(20f, SmoothMath.softplus(20f, 1, 20));
        assertEquals(Math.nextUp(20f), SmoothMath.softplus(Math.nextUp(20f), 1, 20));
        assertEquals(100f, SmoothMath.softplus(100f, 1, 1e30), "no overflow below a large threshold");
        assertEquals(1, SmoothMath.softplusSlope(Math.nextUp(20f), 1, 20));
        assertEquals(-3f, SmoothMath.softplus(-3f, 1, -5), "the identity wherever beta x is above");
    }

    /// The tails end in subnormal floats, where PyTorch's GELU has long been 0.
    @Test
    void tails() {
        assertEquals(-7.619853e-23f, SmoothMath.gelu(-10f));
        assertEquals(-314 * TINY, SmoothMath.gelu(-13.9f));
        assertEquals(-8.734557e-37f, SmoothMath.gate(-87.5f, 1, 0));
    }
}
