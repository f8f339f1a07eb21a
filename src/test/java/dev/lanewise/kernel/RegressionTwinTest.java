// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active walk over the rows of a linear regression against its scalar specification, and this against the single
/// operations that it stands for, bit for bit; what is written before has been poisoned.
@Tag("lanes")
class RegressionTwinTest {
    private static final int FROM = 2;
    private static final float FACTOR = 0.5f;
    private static final float SCALE = 0.1f;
    private static final float RATE = 0.3f;
    private static final float BIAS_RATE = 0.7f;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    /// The rows of a batch and their targets, in tables with a few rows more.
    private static final class Case {
        private final int first;
        private final int rows;
        private final int in;
        private final int table;
        private final float[] x;
        private final float[] targets;
        private final float[] w;
        private final float[] bias;
        private final int[] xIndex;
        private final int[] tIndex;

        /// Floats from one target to the next: with padding or without.
        private int tStride = 16;

        Case(int first, int rows, int in, boolean byIndex, int specialEvery) {
            this(first, rows, in, byIndex, specialEvery, 3);
        }

        Case(int first, int rows, int in, boolean byIndex, int specialEvery, int spare) {
            this.first = first;
            this.rows = rows;
            this.in = in;
            RandomGenerator random = RandomStreams.stream(Floats.seed(), "RegressionTwinTest", rows, in, specialEvery);
            table = FROM + first + rows + spare;
            int entries = byIndex ? FROM + first + rows : 0;
            x = values(random, table * in, specialEvery);
            targets = values(random, table, specialEvery);
            w = values(random, in, specialEvery);
            bias = Floats.mixed(random, 1);
            xIndex = random.ints(entries, 0, table).toArray();
            tIndex = random.ints(entries, 0, table).toArray();
        }

        private static float[] values(RandomGenerator random, int n, int specialEvery) {
            return specialEvery == 0 ? Floats.mixed(random, n) : Floats.withSpecial(random, n, specialEvery);
        }
    }

    private interface Operation {
        double run(MemorySegment[] m, int stride, Case c);
    }

    private static Map<String, float[]> results(Case c, Operation operation) {
        int stride = LinearCase.padded(c.in);
        int last = c.first + c.rows;
        Map<String, float[]> results = new LinkedHashMap<>();
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment[] m = {memory.floats(last * 16L), memory.floats(last),
                    memory.matrix(c.x, c.table, c.in, stride, 0f), memory.ints(c.xIndex),
                    memory.matrix(c.targets, c.table, 1, c.tStride, Float.NaN), memory.ints(c.tIndex),
                    memory.matrix(c.w, 1, c.in, stride, 0f), memory.matrix(c.bias, 1, 1, 16, 0f),
                    memory.floats(stride), memory.floats(16),
                    memory.floats(Math.max(RegressionKernels.scratchFloats(), NarrowKernels.scratchFloats(c.in, 1)))};
            m[1].fill((byte) 0xFF);
            m[8].fill((byte) 0xFF);
            m[9].asSlice(0, Float.BYTES).fill((byte) 0xFF);
            m[10].fill((byte) 0xFF);
            long bits = Double.doubleToLongBits(operation.run(m, stride, c));
            results.put("sum", new float[]{Float.intBitsToFloat((int) (bits >>> 40)), bits >>> 20 & 0xFFFFF,
                    bits & 0xFFFFF});
            results.put("outputs", GuardedMemory.read(m[0]));
            results.put("losses", GuardedMemory.read(m[1]));
            results.put("gradient", GuardedMemory.read(m[8]));
            results.put("bias gradient", GuardedMemory.read(m[9]));
            results.put("weights", GuardedMemory.read(m[6]));
            results.put("bias", GuardedMemory.read(m[7]));
            memory.assertGuardsIntact(c.rows + " rows, " + c.in + " inputs");
        }
        return results;
    }

    private static double walk(RegressionKernels kernels, MemorySegment[] m, int stride, Case c) {
        return kernels.squaredError(m[0], 16, m[1], m[2], stride, m[3], FROM, m[4], c.tStride, m[5], FROM, m[6], m[7],
                m[8],
                m[9], c.first, c.rows, c.in, FACTOR, SCALE, m[10]);
    }

    /// The operations that threads take in turn, in pieces of rows and of columns.
    private static double inPieces(RegressionKernels kernels, MemorySegment[] m, int stride, Case c, int piece) {
        double sum = 0;
        int half = stride / 32 * 16;
        for (int r = c.first; r < c.first + c.rows; r += piece) {
            int n = Math.min(piece, c.first + c.rows - r);
            kernels.errors(m[0], 16, m[1], m[2], stride, m[3], FROM, m[4], c.tStride, m[5], FROM, m[6], m[7], r, n,
                    c.in,
                    FACTOR,
                    SCALE, m[10]);
            sum = kernels.addErrors(sum, m[1], m[9], r, n, m[10]);
            kernels.addGradient(m[2], stride, m[3], FROM, m[8], r, n, half, c.in - half, m[10]);
            if (half > 0) {
                kernels.addGradient(m[2], stride, m[3], FROM, m[8], r, n, 0, half, m[10]);
            }
        }
        return sum;
    }

    /// The operations of the specification that a step is made of, one after the other.
    private static double oneByOne(MemorySegment[] m, int stride, Case c) {
        KernelSet k = new ScalarKernels();
        k.narrow().forward(m[0], 16, m[2], stride, m[3], FROM, m[6], stride, m[7], c.first, c.rows, c.in, 1, m[10]);
        try (GuardedMemory memory = new GuardedMemory()) {
            int last = c.first + c.rows;
            MemorySegment losses = memory.floats(last * 16L);
            MemorySegment dY = memory.floats(last * 16L);
            k.loss().squaredError(losses, dY, m[0], 16, m[4], c.tStride, m[5], FROM, c.first, c.rows, 1, FACTOR, SCALE);
            m[8].fill((byte) 0);
            k.narrow().weightGradient(m[8], stride, m[2], stride, m[3], FROM, dY, 16, c.first, c.rows, 0, c.in, 1,
                    false, m[10]);
            k.element().columnSums(m[9], dY, 16, c.first, c.rows, 1, false);
            for (int r = c.first; r < last; r++) {
                MemorySegment.copy(losses, r * 64L, m[1], r * 4L, Float.BYTES);
            }
            return LossSum.of(losses.asSlice(c.first * 64L), 16, c.rows, 1);
        }
    }

    private static void assertTwins(int first, int rows, int in, boolean byIndex, int specialEvery) {
        String what = rows + " rows from " + first + ", " + in + " inputs, one special in " + specialEvery;
        assertTwins(new Case(first, rows, in, byIndex, specialEvery), what);
    }

    private static void assertTwins(Case c, String what) {
        for (int tStride : new int[]{16, 1}) {
            c.tStride = tStride;
            assertSame(c, what + ", targets " + tStride + " apart");
        }
    }

    private static void assertSame(Case c, String what) {
        Map<String, float[]> expected = results(c, (m, stride, k) -> walk(new ScalarKernels().regression(), m, stride,
                k));
        Map<String, float[]> single = results(c, RegressionTwinTest::oneByOne);
        Map<String, float[]> actual = results(c, (m, stride, k) -> walk(Kernels.REGRESSION, m, stride, k));
        int piece = c.rows < 20 ? 3 : 16 << c.rows % 6;
        Map<String, float[]> pieces = results(c, (m, stride, k) -> inPieces(Kernels.REGRESSION, m, stride, k, piece));
        Map<String, float[]> scalar = results(c, (m, stride, k) -> inPieces(new ScalarKernels().regression(), m, stride,
                k, piece));
        expected.forEach((name, values) -> {
            Floats.assertSameBits(single.get(name), values, name + " one by one of " + what);
            Floats.assertSameBits(values, actual.get(name), name + " of " + what);
            Floats.assertSameBits(values, pieces.get(name), name + " in pieces of " + what);
            Floats.assertSameBits(values, scalar.get(name), name + " in pieces, scalar, of " + what);
        });
        assertDescends(c, what);
    }

    private static double walkDown(RegressionKernels kernels, MemorySegment[] m, int stride, Case c) {
        return kernels.squaredErrorDescent(m[0], 16, m[1], m[2], stride, m[3], FROM, m[4], c.tStride, m[5], FROM, m[6],
                m[7],
                m[8], m[9], c.first, c.rows, c.in, FACTOR, SCALE, m[10], RATE, BIAS_RATE);
    }

    /// The walk and the descent behind it, at once and one after the other; the padding of the weights stays +0.0.
    private static void assertDescends(Case c, String what) {
        Map<String, float[]> expected = results(c, (m, stride, k) -> walkDown(new ScalarKernels().regression(), m,
                stride, k));
        Map<String, float[]> single = results(c, (m, stride, k) -> {
            double sum = walk(Kernels.REGRESSION, m, stride, k);
            Kernels.REGRESSION.descend(m[6], m[7], m[8], m[9], k.in, RATE, BIAS_RATE);
            return sum;
        });
        Map<String, float[]> atOnce = results(c, (m, stride, k) -> walkDown(Kernels.REGRESSION, m, stride, k));
        for (String name : new String[]{"sum", "outputs", "losses", "weights", "bias"}) {
            Floats.assertSameBits(expected.get(name), single.get(name), name + " one by one of " + what);
            Floats.assertSameBits(expected.get(name), atOnce.get(name), name + " of " + what);
        }
    }

    @Test
    void anyNumberOfInputs() {
        for (int in = 1; in <= 130; in++) {
            assertTwins(0, 5, in, in % 2 == 0, 0);
        }
        for (int in : new int[]{224, 257, 449, 672, 784, RegressionKernels.MAX_INPUTS}) {
            assertTwins(0, 37, in, true, 0);
        }
    }

    @Test
    void anyNumberOfRows() {
        for (int rows = 1; rows <= 70; rows++) {
            assertTwins(0, rows, 2, rows % 2 == 0, 0);
            assertTwins(0, rows, 100, rows % 2 == 1, 0);
        }
        assertTwins(0, 129, 100, false, 0);
        assertTwins(0, 300, 100, true, 0);
        assertTwins(0, WideKernels.BLOCK_ROWS, 100, false, 0);
        assertTwins(WideKernels.BLOCK_ROWS, 33, 100, false, 0);
        assertTwins(WideKernels.BLOCK_ROWS, 33, 7, true, 0);
    }

    /// Of these, pieces of rows are read in another order than those of tables in cache.
    @Test
    void tableOfMoreThanTheCaches() {
        for (int rows : new int[]{WideKernels.BLOCK_ROWS, 515, 770}) {
            for (int in : new int[]{17, 100, 112}) {
                assertTwins(new Case(0, rows, in, rows == 770, 0, (5 << 20) / (in * Float.BYTES)),
                        rows + " of many rows, " + in + " inputs");
            }
        }
    }

    @Test
    void specialValues() {
        for (int every : new int[]{2, 10, 300}) {
            for (int in : new int[]{1, 2, 8, 9, 16, 17, 100, 113}) {
                assertTwins(0, 40, in, true, every);
            }
        }
    }

    /// Products that underflow to -0.0 meet the +0.0 of the padding.
    @Test
    void minusZero() {
        for (int in : new int[]{1, 2, 3, 16, 17, 100}) {
            Case c = new Case(0, 5, in, false, 0);
            Arrays.fill(c.x, -1e-30f);
            Arrays.fill(c.w, 1e-30f);
            c.bias[0] = -0f;
            assertTwins(c, in + " inputs that underflow");
            float[] outputs = results(c, (m, stride, k) -> walk(Kernels.REGRESSION, m, stride, k)).get("outputs");
            float expected = in % 16 == 0 ? -0f : 0f;
            assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(outputs[0]), in + " inputs");
        }
    }
}
