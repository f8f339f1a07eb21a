// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active roofline kernels against their scalar specification.
@Tag("lanes")
class RooflineTwinTest {
    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static float[] multiplyAdd(RooflineKernels kernels, float[] values, int turns) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment v = memory.matrix(values, 1, values.length, values.length, 0f);
            kernels.multiplyAdd(v, 0.75f, 0.3f, turns);
            memory.assertGuardsIntact(turns + " turns");
            return GuardedMemory.read(v);
        }
    }

    @Test
    void multiplyAdd() {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "RooflineTwinTest");
        for (int turns : new int[]{0, 1, 2, 3, 100}) {
            float[] values = Floats.withSpecial(random, RooflineKernels.CHAINS, 20);
            Floats.assertSameBits(multiplyAdd(new ScalarKernels().roofline(), values, turns),
                    multiplyAdd(Kernels.ROOFLINE, values, turns), turns + " turns");
        }
        assertEquals(2 * 192 * 100, RooflineKernels.operations(100));
    }

    @Test
    void xorReadsEveryFloatOnce() {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "RooflineTwinTest", 1);
        int blocks = 5;
        int n = blocks * RooflineKernels.READ_FLOATS;
        try (GuardedMemory memory = new GuardedMemory()) {
            int[] bits = random.ints(n).toArray();
            MemorySegment x = memory.ints(bits);
            for (int first = 0; first <= blocks; first++) {
                int from = first * RooflineKernels.READ_FLOATS;
                int expected = new ScalarKernels().roofline().xor(x, from, n - from);
                assertEquals(expected, Kernels.ROOFLINE.xor(x, from, n - from));
                assertEquals(first == blocks, expected == 0, "nothing was read");
            }
            for (int i = 0; i < n; i++) {
                int all = Kernels.ROOFLINE.xor(x, 0, n);
                x.setAtIndex(JAVA_INT, i, bits[i] + 1);
                assertNotEquals(all, Kernels.ROOFLINE.xor(x, 0, n), "entry " + i);
            }
        }
    }
}
