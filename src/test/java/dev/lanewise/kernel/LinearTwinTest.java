// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active kernels of the linear layer against their scalar specification, bit for bit.
@Tag("lanes")
class LinearTwinTest {
    private static final int[] AWKWARD = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 255};

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static void assertTwins(int rows, int in, int out, boolean byIndex, int specialEvery) {
        LinearCase linear = new LinearCase(rows, in, out, byIndex, specialEvery);
        Map<String, float[]> expected = linear.results(new ScalarKernels());
        Map<String, float[]> actual = linear.results(new KernelSetInUse());
        expected.forEach((operation, values) -> {
            Floats.assertSameBits(values, actual.get(operation), operation + " of " + linear);
            int cols = operation.startsWith("forward") || operation.startsWith("bias") ? out : in;
            int stride = operation.startsWith("weight") ? LinearCase.padded(in) + 16 : LinearCase.padded(cols);
            LinearCase.assertPadding(actual.get(operation), stride, cols, operation + " of " + linear);
        });
    }

    @Test
    void anyNumberOfInputs() {
        for (int in : AWKWARD) {
            assertTwins(5, in, 7, true, 0);
        }
        assertTwins(3, 1000, 10, true, 0);
        assertTwins(3, 1021, 3, false, 0);
    }

    @Test
    void anyNumberOfOutputs() {
        for (int out = 1; out <= 36; out++) {
            assertTwins(6, 20, out, false, 0);
        }
        assertTwins(7, 9, 63, true, 0);
        assertTwins(7, 300, 65, true, 0);
    }

    @Test
    void anyNumberOfRows() {
        for (int rows = 1; rows <= 18; rows++) {
            assertTwins(rows, 37, 11, true, 0);
        }
        for (int rows : new int[]{31, 32, 33, 63, 64, 65, 127}) {
            assertTwins(rows, 17, 6, false, 0);
        }
    }

    @Test
    void blocksOfRows() {
        for (int rows : new int[]{1023, 1024, 1025, 2048, 2500, 3073}) {
            assertTwins(rows, 3, 2, true, 0);
        }
        assertTwins(2100, 33, 18, false, 0);
    }

    @Test
    void specialValues() {
        for (int every : new int[]{3, 40}) {
            assertTwins(9, 18, 10, true, every);
            assertTwins(4, 35, 17, false, every);
            assertTwins(11, 2, 1, true, every);
        }
    }
}
