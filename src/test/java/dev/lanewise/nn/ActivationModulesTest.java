// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// How the activations print, what they refuse, and that they may come first.
@ExtendWith({NoLeak.class, RandomTables.class})
class ActivationModulesTest {
    private static final List<Supplier<Layer>> ALL = List.of(LeakyReLU::new, ELU::new, SELU::new, GELU::new,
            () -> new GELU(GELU.Approximate.TANH), SiLU::new, Softplus::new, Mish::new, LogSigmoid::new, Hardtanh::new,
            ReLU6::new, Softmax::new, LogSoftmax::new, Flatten::new);

    @Test
    void printAsInPyTorch() {
        assertEquals(List.of("LeakyReLU(negative_slope=0.01)", "ELU(alpha=1.0)", "SELU()",
                "GELU(approximate='none')", "GELU(approximate='tanh')", "SiLU()",
                "Softplus(beta=1.0, threshold=20.0)", "Mish()", "LogSigmoid()",
                "Hardtanh(min_val=-1.0, max_val=1.0)", "ReLU6()", "Softmax(dim=1)", "LogSoftmax(dim=1)",
                "Flatten(start_dim=1, end_dim=-1)"), ALL.stream().map(layer -> layer.get().toString()).toList());
    }

    @Test
    void asFirstLayerOrBehindAnother() {
        try (FloatMatrix x = RandomTables.floats(RandomTables.random(61), 40, 21)) {
            for (Supplier<Layer> layer : ALL) {
                try (Layer alone = layer.get(); Sequential behind = new Sequential(new Flatten(), layer.get())) {
                    assertEquals(21, alone.outFeatures(21));
                    Output expected = behind.forward(x);
                    Output actual = alone.forward(x);
                    for (int r = 0; r < 40; r++) {
                        for (int c = 0; c < 21; c++) {
                            assertEquals(expected.get(r, c), actual.get(r, c), alone + " " + r + " " + c);
                        }
                    }
                }
            }
        }
    }

    @Test
    void flattenChangesNothing() {
        float[][] values = {{1f, -0f, 3f}, {Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE}};
        try (FloatMatrix x = FloatMatrix.copyOf(values); Flatten flatten = new Flatten()) {
            Output y = flatten.forward(x);
            for (int r = 0; r < 2; r++) {
                assertArrayEquals(values[r], new float[]{y.get(r, 0), y.get(r, 1), y.get(r, 2)});
            }
        }
    }

    @Test
    void settingsThatMakeNoSense() {
        assertRefused("LeakyReLU: negativeSlope is NaN, expected a finite number", () -> new LeakyReLU(Float.NaN));
        assertRefused("ELU: alpha is Infinity, expected a finite number", () -> new ELU(Float.POSITIVE_INFINITY));
        assertRefused("Softplus: beta is 0, expected any other number", () -> new Softplus(0, 20));
        assertRefused("Softplus: threshold is NaN, expected a finite number", () -> new Softplus(1, Float.NaN));
        assertRefused("Hardtanh: minVal is 1.0 and maxVal is 1.0, expected a greater maxVal",
                () -> new Hardtanh(1, 1));
        assertRefused("Hardtanh: maxVal is NaN, expected a finite number", () -> new Hardtanh(1, Float.NaN));
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
