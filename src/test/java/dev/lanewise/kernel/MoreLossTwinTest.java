// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The losses of single outputs and those with options of classes against their scalar specifications, bit for bit.
@Tag("lanes")
class MoreLossTwinTest {
    private static final int FROM = 2;
    private static final int IGNORE = -100;
    private static final float SCALE = 0.1f;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    /// What a loss kernel is given besides its settings.
    private record Memory(GuardedMemory guarded, int rows, int cols, MemorySegment loss, MemorySegment dX,
            MemorySegment x, int stride, MemorySegment y, MemorySegment signs, MemorySegment labels, int yStride,
            MemorySegment index, MemorySegment weights, MemorySegment tables) {
    }

    /// Runs the rows `first .. first + n - 1`.
    private interface Run {
        void rows(Memory m, int first, int n);
    }

    private static Map<String, Run> elements(ElementLossKernels kernels) {
        Map<String, Run> runs = new LinkedHashMap<>();
        for (float[] s : new float[][]{{0f, 1f, 1f}, {0.5f, 0.5f, 1f}, {1.5f, 1f, 1.5f}}) {
            runs.put("absolute error " + s[0], (m, r, n) -> kernels.absoluteError(m.loss, m.dX, m.x, m.stride, m.y,
                    m.yStride, m.index, FROM, r, n, m.cols, s[0], s[1], s[2], SCALE));
        }
        runs.put("logits", (m, r, n) -> kernels.binaryCrossEntropyLogits(m.loss, m.dX, m.x, m.stride, m.y, m.yStride,
                m.index, FROM, r, n, m.cols, m.tables, m.weights, SCALE));
        runs.put("probabilities", (m, r, n) -> kernels.binaryCrossEntropy(m.loss, m.dX, m.x, m.stride, m.y, m.yStride,
                m.index, FROM, r, n, m.cols, m.weights, SCALE));
        runs.put("hinge", (m, r, n) -> kernels.hinge(m.loss, m.dX, m.x, m.stride, m.signs, m.yStride, m.index, FROM,
                r, n, m.cols, 1f, SCALE));
        runs.put("hinge embedding", (m, r, n) -> kernels.hingeEmbedding(m.loss, m.dX, m.x, m.stride, m.signs,
                m.yStride, m.index, FROM, r, n, m.cols, 1f, SCALE));
        runs.put("weighed", (m, r, n) -> {
            kernels.absoluteError(m.loss, m.dX, m.x, m.stride, m.y, m.yStride, m.index, FROM, r, n, m.cols, 0f, 1f,
                    1f, 1f);
            kernels.weighRows(m.loss, m.stride, m.dX, m.stride, m.weights, 1, m.index, FROM, r, n, SCALE);
        });
        runs.put("scaled", (m, r, n) -> {
            MemorySegment.copy(m.x, (long) r * m.stride * 4, m.dX, (long) r * m.stride * 4, (long) n * m.stride * 4);
            kernels.scaleRows(m.dX, m.stride, r, n, m.cols, SCALE);
        });
        runs.put("penalty", (m, r, n) -> {
            MemorySegment.copy(m.x, (long) r * m.stride * 4, m.dX, (long) r * m.stride * 4, (long) n * m.stride * 4);
            kernels.addPenalty(m.dX, (long) r * m.stride, m.y, 16 + (long) r * m.stride, (long) n * m.stride, 0.25f,
                    0.5f);
        });
        return runs;
    }

    private static Map<String, Run> classes(ClassLossKernels kernels, ElementLossKernels element) {
        Map<String, Run> runs = new LinkedHashMap<>();
        runs.put("weighted cross-entropy", (m, r, n) -> kernels.weightedCrossEntropy(m.loss, m.stride, m.dX, m.x,
                m.stride, m.labels, m.index, FROM, r, n, m.cols, m.weights, MemorySegment.NULL, 1f, IGNORE, SCALE));
        runs.put("smoothed cross-entropy", (m, r, n) -> kernels.weightedCrossEntropy(m.loss, 1, m.dX, m.x, m.stride,
                m.labels, m.index, FROM, r, n, m.cols, m.weights, m.tables, 0.9f, IGNORE, SCALE));
        runs.put("smoothed probabilities", (m, r, n) -> kernels.weightedCrossEntropyProbabilities(m.loss, m.dX, m.x,
                m.stride, m.y, m.yStride, m.index, FROM, r, n, m.cols, m.weights, m.tables, SCALE));
        runs.put("log-likelihood", (m, r, n) -> kernels.negativeLogLikelihood(m.loss, 1, m.dX, m.x, m.stride,
                m.labels, m.index, FROM, r, n, m.cols, m.weights, IGNORE, SCALE));
        runs.put("weighed log-likelihood", (m, r, n) -> {
            kernels.negativeLogLikelihood(m.loss, 1, m.dX, m.x, m.stride, m.labels, m.index, FROM, r, n, m.cols,
                    m.weights, IGNORE, 1f);
            element.weighRows(m.loss, 1, m.dX, m.stride, m.weights, 1, m.index, FROM, r, n, SCALE);
        });
        for (boolean squared : new boolean[]{false, true}) {
            runs.put("margins, squared " + squared, (m, r, n) -> {
                for (int row = r; row < r + n; row++) {
                    boolean ignored = m.labels.getAtIndex(JAVA_INT,
                            RowIndex.row(m.index, FROM, row)) == IGNORE;
                    if (!ignored) {
                        kernels.multiMargin(m.loss, 1, m.dX, m.x, m.stride, m.labels, m.index, FROM, row, 1, m.cols,
                                m.weights, 1f, squared, SCALE);
                    }
                }
            });
        }
        return runs;
    }

    private static Map<String, float[]> results(Map<String, Run> runs, float[] x, float[] y, int[] labels, int[] index,
            int rows, int cols, int cut) {
        int stride = LinearCase.padded(cols);
        int table = labels.length;
        float[] signs = new float[y.length];
        for (int i = 0; i < y.length; i++) {
            signs[i] = Float.isNaN(y[i]) || y[i] > 5 ? y[i] : y[i] < 0 ? -1 : 1;
        }
        float[] weights = new float[Math.max(stride, table)];
        float[] tables = new float[stride];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i < cols || i < table ? (i * 7 % 5) * 0.5f : 0f;
        }
        for (int j = 0; j < cols; j++) {
            tables[j] = 0.01f * (j % 4);
        }
        Map<String, float[]> results = new LinkedHashMap<>();
        runs.forEach((name, run) -> {
            try (GuardedMemory memory = new GuardedMemory()) {
                float poison = name.contains("cross-entropy") || name.contains("smoothed") || name.equals("penalty")
                        ? 0f : Float.NaN;
                float[] w = weights.clone();
                for (int j = cols; j < stride && !name.contains("weighed"); j++) {
                    w[j] = 0f; // a table of columns, padded
                }
                Memory m = new Memory(memory, rows, cols, memory.floats((long) rows * stride),
                        memory.floats((long) rows * stride), memory.matrix(x, rows, cols, stride, poison), stride,
                        memory.matrix(y, table, cols, stride + 16, poison),
                        memory.matrix(signs, table, cols, stride + 16, poison), memory.ints(labels), stride + 16,
                        memory.ints(index), memory.floats(w), memory.floats(tables));
                for (int r = 0; r < rows; r += cut) {
                    run.rows(m, r, Math.min(cut, rows - r));
                }
                results.put(name + " loss", GuardedMemory.read(m.loss));
                results.put(name + " gradient", GuardedMemory.read(m.dX));
                memory.assertGuardsIntact(name + ", " + rows + " rows, " + cols + " columns");
            }
        });
        return results;
    }

    private static Map<String, Run> all(ElementLossKernels element, ClassLossKernels byClass) {
        Map<String, Run> runs = elements(element);
        runs.putAll(classes(byClass, element));
        return runs;
    }

    private static void assertTwins(int rows, int cols, boolean byIndex, int specialEvery) {
        String what = rows + " rows, " + cols + " columns, one special in " + specialEvery;
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "MoreLossTwinTest", rows, cols, specialEvery);
        int table = rows + 3;
        float[] x = specialEvery == 0 ? Floats.mixed(random, rows * cols)
                : Floats.withSpecial(random, rows * cols, specialEvery);
        float[] y = specialEvery == 0 ? Floats.mixed(random, table * cols)
                : Floats.withSpecial(random, table * cols, specialEvery);
        for (int i = 0; i < x.length; i += 3) {
            x[i] = Float.isFinite(x[i]) ? Math.abs(x[i]) / 128 : x[i]; // probabilities, too
        }
        int[] labels = random.ints(table, 0, cols).toArray();
        for (int i = 0; i < table; i += 4) {
            labels[i] = IGNORE;
        }
        int[] index = byIndex ? random.ints(FROM + rows, 0, table).toArray() : new int[0];
        ScalarKernels scalar = new ScalarKernels();
        Map<String, Run> specification = all(scalar.elementLoss(), scalar.classLoss());
        Map<String, Run> active = all(Kernels.ELEMENT_LOSS, Kernels.CLASS_LOSS);
        Map<String, float[]> expected = results(specification, x, y, labels, index, rows, cols, rows);
        Map<String, float[]> actual = results(active, x, y, labels, index, rows, cols, rows);
        Map<String, float[]> pieces = results(active, x, y, labels, index, rows, cols, 1 + (rows + cols) % 7);
        expected.forEach((name, values) -> {
            Floats.assertSameBits(values, actual.get(name), name + " of " + what);
            Floats.assertSameBits(values, pieces.get(name), name + " in pieces of " + what);
            if (name.endsWith("gradient") && !name.startsWith("penalty") && !name.startsWith("weighed")) {
                LinearCase.assertPadding(values, LinearCase.padded(cols), cols, name + " of " + what);
            }
        });
    }

    @Test
    void anyNumberOfColumns() {
        for (int cols = 1; cols <= 50; cols++) {
            assertTwins(4, cols, cols % 2 == 0, 0);
        }
        assertTwins(3, 257, false, 0);
        assertTwins(2, 1021, true, 0);
    }

    @Test
    void anyNumberOfRows() {
        for (int rows = 1; rows <= 34; rows++) {
            assertTwins(rows, 10, true, 0);
            assertTwins(rows, 1, false, 0);
        }
        assertTwins(300, 3, true, 0);
    }

    @Test
    void specialValues() {
        for (int every : new int[]{2, 5, 30}) {
            for (int cols : new int[]{1, 2, 10, 16, 17, 33}) {
                assertTwins(40, cols, true, every);
            }
        }
    }
}
