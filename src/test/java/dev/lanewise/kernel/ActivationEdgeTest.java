// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Values and gradients of the activations where PyTorch has an opinion: zeros, NaN, infinities, saturation.
@Tag("lanes")
class ActivationEdgeTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float[] X = {-INF, -1e4f, -1f, -Float.MIN_VALUE, -0f, 0f, Float.MIN_VALUE, 1f, 1e4f, INF, NAN};

    @FunctionalInterface
    private interface Forward {
        void run(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols);
    }

    @FunctionalInterface
    private interface Backward {
        void run(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows, int cols);
    }

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static void assertRow(float[] expected, MemorySegment row, String what) {
        float[] actual = GuardedMemory.read(row);
        for (int i = 0; i < expected.length; i++) {
            int value = i;
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]),
                    () -> what + " " + value + " is " + actual[value] + ", expected " + expected[value]);
        }
    }

    private static void assertFunction(String name, Forward forward, Backward backward, float[] y, float[] dX) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment row = memory.matrix(X, 1, X.length, 16, 0f);
            forward.run(row, row, 16, 0, 1, X.length);
            assertRow(y, row, name);
            float[] two = new float[X.length];
            Arrays.fill(two, 2f);
            MemorySegment gradient = memory.matrix(two, 1, X.length, 16, 0f);
            backward.run(gradient, gradient, row, 16, 0, 1, X.length);
            assertRow(dX, gradient, "gradient of " + name);
        }
    }

    @Test
    void relu() {
        assertFunction("relu", Kernels.ACTIVATION::relu, Kernels.ACTIVATION::reluGradient,
                new float[]{0, 0, 0, 0, -0f, 0, Float.MIN_VALUE, 1, 1e4f, INF, NAN},
                new float[]{0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2});
    }

    @Test
    void sigmoid() {
        float one = ScalarMath.sigmoid(1f);
        float minusOne = ScalarMath.sigmoid(-1f);
        assertFunction("sigmoid", Kernels.ACTIVATION::sigmoid, Kernels.ACTIVATION::sigmoidGradient,
                new float[]{0, 0, minusOne, 0.5f, 0.5f, 0.5f, 0.5f, one, 1, 1, NAN},
                new float[]{0, 0, 2 * (1 - minusOne) * minusOne, 0.5f, 0.5f, 0.5f, 0.5f, 2 * (1 - one) * one, 0, 0,
                        NAN});
    }

    @Test
    void tanh() {
        float one = ScalarMath.tanh(1f);
        float slope = 2 * Math.fma(-one, one, 1f);
        assertFunction("tanh", Kernels.ACTIVATION::tanh, Kernels.ACTIVATION::tanhGradient,
                new float[]{-1, -1, -one, -Float.MIN_VALUE, -0f, 0, Float.MIN_VALUE, one, 1, 1, NAN},
                new float[]{0, 0, slope, 2, 2, 2, 2, slope, 0, 0, NAN});
    }

    @Test
    void droppedIsZeroWhateverItWas() {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment row = memory.matrix(X, 1, X.length, 16, 0f);
            Kernels.ACTIVATION.dropout(row, row, 16, 0, 1, X.length, 1, 0f);
            assertRow(X, row, "dropout with p=0");
            Kernels.ACTIVATION.dropout(row, row, 16, 0, 1, X.length, 1, 1f);
            assertRow(new float[X.length], row, "dropout with p=1");
        }
    }
}
