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

/// The exponential in lanes against [ScalarMath#exp], bit for bit: directly, and through a softmax whose row maximum is
/// 0. (In a run with scalar kernels the direct part takes the machine's own width.)
@Tag("lanes")
class SimdExpTest {
    private static final int FLOATS = 16 * 4096;
    private static final float[] SPECIAL = {Float.NaN, 0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f, -1e-40f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_NORMAL,
            ScalarMath.EXP_MIN, Math.nextUp(ScalarMath.EXP_MIN), Math.nextDown(ScalarMath.EXP_MIN), ScalarMath.EXP_MAX,
            Math.nextUp(ScalarMath.EXP_MAX), Math.nextDown(ScalarMath.EXP_MAX), -87.5f, -103.9f, -104f, 88.72f, 88.73f};

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
    private static void assertDirect(MemorySegment a, MemorySegment upToZero, int first, int step) {
        for (int i = 0; i < FLOATS; i++) {
            a.setAtIndex(JAVA_FLOAT, i, Float.intBitsToFloat(first + i * step));
        }
        assertLanes(a, upToZero);
    }

    /// Runs the lanes over `a`, and the exponential of what is not above 0.
    private static void assertLanes(MemorySegment a, MemorySegment upToZero) {
        float[] values = a.toArray(JAVA_FLOAT);
        SimdMath.expUpToZero(upToZero, 0, a, 0, a.byteSize(), 0f);
        SimdMath.exp(a, 0, a.byteSize());
        for (int i = 0; i < values.length; i++) {
            float x = values[i];
            float expected = ScalarMath.exp(x);
            assertSame(x, expected, a.getAtIndex(JAVA_FLOAT, i), "exp in lanes");
            if (!(x > 0)) {
                assertSame(x, expected, upToZero.getAtIndex(JAVA_FLOAT, i), "exp up to 0 in lanes");
            }
        }
    }

    @Test
    void anyBits() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(FLOATS * (long) Float.BYTES, 64);
            MemorySegment b = arena.allocate(a.byteSize(), 64);
            assertDirect(a, b, 0, 65537); // once around all bit patterns
            for (float exponent = 0x1p-6f; exponent < 100f; exponent *= 2) {
                assertDirect(a, b, Float.floatToRawIntBits(exponent), 127);
                assertDirect(a, b, Float.floatToRawIntBits(-exponent), 127);
            }
            assertDirect(a, b, Float.floatToRawIntBits(-87.3f), 37); // subnormal results
        }
    }

    @Test
    void specialValuesInAnyLane() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(SPECIAL.length * 16L * Float.BYTES, 64);
            for (int s = 0; s < SPECIAL.length; s++) {
                for (int lane = 0; lane < 16; lane++) {
                    a.setAtIndex(JAVA_FLOAT, s * 16L + lane, SPECIAL[(s + lane) % SPECIAL.length]);
                }
            }
            assertLanes(a, arena.allocate(a.byteSize(), 64));
        }
    }

    @Test
    void onlyTheBytesBetween() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(3 * Lanes.BLOCK_BYTES, 64);
            SimdMath.exp(a, Lanes.BLOCK_BYTES, 2 * Lanes.BLOCK_BYTES);
            for (int i = 0; i < 48; i++) {
                assertEquals(i / 16 == 1 ? 1f : 0f, a.getAtIndex(JAVA_FLOAT, i), "value " + i);
            }
        }
    }

    @Test
    void throughSoftmax() {
        int rows = 4096;
        int stride = 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate((long) rows * stride * Float.BYTES, 64);
            MemorySegment p = arena.allocate((long) rows * stride * Float.BYTES, 64);
            for (int column = 1; column < stride; column++) {
                for (int r = 0; r < rows; r++) {
                    for (int j = 1; j < column; j++) {
                        x.setAtIndex(JAVA_FLOAT, (long) r * stride + j, Float.NEGATIVE_INFINITY);
                    }
                    x.setAtIndex(JAVA_FLOAT, (long) r * stride + column, logit(column, r));
                }
                Kernels.LOSS.softmax(p, x, stride, rows, column + 1);
                for (int r = 0; r < rows; r++) {
                    float e = ScalarMath.exp(logit(column, r));
                    float sum = 1f + e; // the first logit is 0, the others are -infinity
                    assertSame(logit(column, r), e / sum, p.getAtIndex(JAVA_FLOAT, (long) r * stride + column),
                            "softmax");
                }
            }
        }
    }

    /// Between 0 and -113, densest near 0.
    private static float logit(int column, int row) {
        float t = (row * 15 + column) / 61440f;
        return -113f * t * t;
    }
}
