// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Hyperbolic tangent and logistic function in lanes against [ScalarMath], bit for bit over all exponents. (In a run
/// with scalar kernels they take the machine's own width.)
@Tag("lanes")
class SimdTanhSigmoidTest {
    private static final int FLOATS = 16 * 4096;

    @BeforeAll
    static void kernelsAskedFor() {
        int requested = LaneChoice.requested();
        assertEquals(requested != 0, Kernels.active().startsWith("simd-"), Kernels.active());
        assertTrue(requested <= 0 || requested == 32 * Lanes.LANES, () -> Lanes.LANES + " lanes");
    }

    private static void assertSame(float x, float expected, float actual, String what) {
        if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
            fail(what + " of " + Float.toHexString(x) + " is " + Float.toHexString(actual) + ", expected "
                    + Float.toHexString(expected));
        }
    }

    /// Runs the lanes over the floats with the bits `first, first + step, ...`.
    private static void assertDirect(MemorySegment x, MemorySegment y, int first, int step) {
        for (int i = 0; i < FLOATS; i++) {
            x.setAtIndex(JAVA_FLOAT, i, Float.intBitsToFloat(first + i * step));
        }
        SimdMath.tanh(y, x, 0, x.byteSize());
        for (int i = 0; i < FLOATS; i++) {
            float value = x.getAtIndex(JAVA_FLOAT, i);
            assertSame(value, ScalarMath.tanh(value), y.getAtIndex(JAVA_FLOAT, i), "tanh in lanes");
        }
        SimdMath.sigmoid(y, x, 0, x.byteSize());
        for (int i = 0; i < FLOATS; i++) {
            float value = x.getAtIndex(JAVA_FLOAT, i);
            assertSame(value, ScalarMath.sigmoid(value), y.getAtIndex(JAVA_FLOAT, i), "sigmoid in lanes");
        }
    }

    @Test
    void anyBits() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(FLOATS * (long) Float.BYTES, 64);
            MemorySegment y = arena.allocate(FLOATS * (long) Float.BYTES, 64);
            assertDirect(x, y, 0, 65537); // once around all bit patterns
            for (float exponent = 0x1p-13f; exponent < 200f; exponent *= 2) {
                assertDirect(x, y, Float.floatToRawIntBits(exponent), 127);
                assertDirect(x, y, Float.floatToRawIntBits(-exponent), 127);
            }
            assertDirect(x, y, Float.floatToRawIntBits(ScalarMath.TANH_EXP) - FLOATS / 2, 1);
            assertDirect(x, y, Float.floatToRawIntBits(ScalarMath.TANH_MAX) - FLOATS / 2, 1);
            assertDirect(x, y, Float.floatToRawIntBits(ScalarMath.EXP_MIN) - FLOATS / 2, 1);
            assertDirect(x, y, Float.floatToRawIntBits(-87.3f), 37); // subnormal results
            assertDirect(x, y, 0, 1); // subnormal values
        }
    }

    @Test
    void onlyTheBytesBetween() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(3 * Lanes.BLOCK_BYTES, 64);
            SimdMath.sigmoid(a, a, Lanes.BLOCK_BYTES, 2 * Lanes.BLOCK_BYTES);
            for (int i = 0; i < 48; i++) {
                assertEquals(i / 16 == 1 ? 0.5f : 0f, a.getAtIndex(JAVA_FLOAT, i), "value " + i);
            }
        }
    }
}
