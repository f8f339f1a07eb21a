// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active loss kernels against their scalar specification, bit for bit; the padding of inputs is poisoned with NaN
/// where it does not count.
@Tag("lanes")
class LossTwinTest {
    private static final int FROM = 2;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static Map<String, float[]> results(LossKernels kernels, float[] x, float[] y, int[] labels, int[] index,
            int rows, int cols, int cut) {
        Map<String, float[]> results = new LinkedHashMap<>();
        int stride = LinearCase.padded(cols);
        int yStride = stride + 16;
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment xs = memory.matrix(x, rows, cols, stride, Float.NaN);
            MemorySegment ys = memory.matrix(y, labels.length, cols, yStride, Float.NaN);
            MemorySegment paddedX = memory.matrix(x, rows, cols, stride, 0f);
            MemorySegment paddedY = memory.matrix(y, labels.length, cols, yStride, 0f);
            MemorySegment classes = memory.ints(labels);
            MemorySegment rowIndex = memory.ints(index);
            MemorySegment loss = memory.floats(rows);
            MemorySegment losses = memory.floats((long) rows * stride);
            MemorySegment dX = memory.floats((long) rows * stride);
            dX.fill((byte) 0xFF);
            losses.fill((byte) 0xFF);
            long right = 0;
            for (int r = 0; r < rows; r += cut) {
                int n = Math.min(cut, rows - r);
                kernels.softmaxCrossEntropy(loss, dX, xs, stride, classes, rowIndex, FROM, r, n, cols, 0.1f);
                right += kernels.countCorrect(xs, stride, classes, rowIndex, FROM, r, n, cols);
            }
            results.put("right", new float[]{right});
            double sum = LossSum.of(loss, 1, rows, 1);
            put(results, "crossEntropy", sum, loss, dX);
            dX.fill((byte) 0xFF);
            for (int r = 0; r < rows; r += cut) {
                kernels.softmaxCrossEntropyProbabilities(loss, dX, paddedX, stride, paddedY, yStride, rowIndex, FROM,
                        r, Math.min(cut, rows - r), cols, 0.1f);
            }
            sum = LossSum.of(loss, 1, rows, 1);
            put(results, "probabilities", sum, loss, dX);
            dX.fill((byte) 0xFF);
            for (int r = 0; r < rows; r += cut) {
                kernels.squaredError(losses, dX, xs, stride, ys, yStride, rowIndex, FROM, r, Math.min(cut, rows - r),
                        cols, 0.5f, 0.1f);
            }
            sum = LossSum.of(losses, stride, rows, cols);
            put(results, "squaredError", sum, losses, dX);
            dX.fill((byte) 0xFF);
            kernels.softmax(dX, xs, stride, rows, cols);
            results.put("softmax", GuardedMemory.read(dX));
            kernels.softmax(xs, xs, stride, rows, cols);
            results.put("softmax in place", GuardedMemory.read(xs));
            memory.assertGuardsIntact(rows + " rows, " + cols + " columns");
        }
        return results;
    }

    private static void put(Map<String, float[]> results, String name, double sum, MemorySegment loss,
            MemorySegment dX) {
        long bits = Double.doubleToLongBits(sum);
        results.put(name + " sum", new float[]{Float.intBitsToFloat((int) (bits >>> 40)), bits >>> 20 & 0xFFFFF,
                bits & 0xFFFFF});
        results.put(name + " losses", GuardedMemory.read(loss));
        results.put(name + " gradient", GuardedMemory.read(dX));
    }

    private static void assertTwins(int rows, int cols, boolean byIndex, int specialEvery) {
        String what = rows + " rows, " + cols + " columns, one special in " + specialEvery;
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "LossTwinTest", rows, cols, specialEvery);
        int table = rows + 3;
        float[] x = specialEvery == 0 ? Floats.mixed(random, rows * cols)
                : Floats.withSpecial(random, rows * cols, specialEvery);
        float[] y = specialEvery == 0 ? Floats.mixed(random, table * cols)
                : Floats.withSpecial(random, table * cols, specialEvery);
        int[] labels = random.ints(table, 0, cols).toArray();
        int[] index = byIndex ? random.ints(FROM + rows, 0, table).toArray() : new int[0];
        Map<String, float[]> expected = results(new ScalarKernels().loss(), x, y, labels, index, rows, cols, rows);
        Map<String, float[]> actual = results(Kernels.LOSS, x, y, labels, index, rows, cols, rows);
        Map<String, float[]> pieces = results(Kernels.LOSS, x, y, labels, index, rows, cols, 1 + (rows + cols) % 7);
        expected.forEach((name, values) -> {
            Floats.assertSameBits(values, actual.get(name), name + " of " + what);
            Floats.assertSameBits(values, pieces.get(name), name + " in pieces of " + what);
        });
        for (String name : new String[]{"crossEntropy gradient", "probabilities gradient", "squaredError losses",
                "squaredError gradient", "softmax", "softmax in place"}) {
            LinearCase.assertPadding(actual.get(name), LinearCase.padded(cols), cols, name + " of " + what);
        }
    }

    @Test
    void anyNumberOfColumns() {
        for (int cols = 1; cols <= 50; cols++) {
            assertTwins(4, cols, cols % 2 == 0, 0);
        }
        assertTwins(3, 127, true, 0);
        assertTwins(3, 257, false, 0);
        assertTwins(2, 1021, true, 0);
    }

    @Test
    void anyNumberOfRows() {
        for (int rows = 1; rows <= 34; rows++) {
            assertTwins(rows, 10, true, 0);
            assertTwins(rows, 1, false, 0);
        }
        for (int rows : new int[]{1023, 1024, 1025, 2049}) {
            assertTwins(rows, 3, true, 0);
        }
    }

    @Test
    void specialValues() {
        for (int every : new int[]{2, 5, 30}) {
            for (int cols : new int[]{1, 2, 10, 16, 17, 33}) {
                assertTwins(40, cols, true, every);
            }
        }
    }

    @Test
    void differencesFarBelowZero() {
        for (float gap = 80f; gap < 120f; gap += 0.37f) {
            float[] x = {0f, -gap, -gap / 2, -gap - 0.01f};
            float[] y = {0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0.25f, 0.5f, 0.25f, 0f};
            int[] labels = {1, 1, 1};
            Map<String, float[]> expected = results(new ScalarKernels().loss(), x, y, labels, new int[0], 1, 4, 1);
            Map<String, float[]> actual = results(Kernels.LOSS, x, y, labels, new int[0], 1, 4, 1);
            expected.forEach((name, values) -> Floats.assertSameBits(values, actual.get(name), name));
        }
    }
}
