// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active normalization kernels against their scalar specification, bit for bit: any shape, special values, any cut
/// of rows and columns, rows of a larger table.
@Tag("lanes")
class NormTwinTest {
    private static final int FROM = 2;
    private static final float EPS = 1e-5f;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private record Case(int rows, int cols, int every) {
        int stride() {
            return LinearCase.padded(cols);
        }

        RandomGenerator random(String what) {
            return RandomStreams.stream(Floats.seed(), "NormTwinTest " + what, rows, cols, every);
        }

        MemorySegment table(GuardedMemory memory, String what, int tableRows, int special) {
            float[] values = special == 0 ? Floats.mixed(random(what), tableRows * cols)
                    : Floats.withSpecial(random(what), tableRows * cols, special);
            return memory.matrix(values, tableRows, cols, stride(), 0f);
        }
    }

    /// All results of a forward and a backward by columns, rows `cut` and columns `colCut` at a time.
    private static List<float[]> columns(NormKernels k, Case c, int cut, int colCut) {
        List<float[]> results = new ArrayList<>();
        int stride = c.stride();
        int rows = c.rows;
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = c.table(memory, "x", FROM + rows, c.every);
            MemorySegment dY = c.table(memory, "dY", rows, c.every);
            MemorySegment weight = c.table(memory, "weight", 1, c.every);
            MemorySegment bias = c.table(memory, "bias", 1, 0);
            MemorySegment stats = memory.floats((long) NormKernels.STATISTICS * stride);
            MemorySegment y = memory.floats((long) rows * stride);
            MemorySegment dX = memory.floats((long) rows * stride);
            MemorySegment scaled = memory.floats((long) rows * stride);
            for (int col = 0; col < c.cols; col += colCut) {
                int n = Math.min(colCut, c.cols - col);
                k.columnSums(stats, stride, x, stride, FROM, rows, col, n);
                NormStatistics.means(stats, stride, rows, col, n);
                k.columnSquares(stats, stride, x, stride, FROM, rows, col, n);
                NormStatistics.inverses(stats, stride, rows, col, n, EPS);
            }
            results.add(doubles(stats, NormKernels.SQUARES, c));
            for (int col = 0; col < c.cols; col += colCut) {
                int n = Math.min(colCut, c.cols - col);
                k.columnGradientSums(stats, stride, dY, stride, x, stride, FROM, rows, col, n);
                NormStatistics.gradients(stats, stride, rows, col, n);
            }
            for (int first = 0; first < rows; first += cut) {
                int n = Math.min(cut, rows - first);
                k.normalizeColumns(y, stride, x, stride, FROM, stats, stride, weight, bias, first, n, c.cols);
                k.columnsInputGradient(dX, stride, dY, stride, x, stride, FROM, stats, stride, weight, first, n,
                        c.cols);
                k.scaleColumns(scaled, stride, dY, stride, stats, stride, weight, first, n, c.cols);
            }
            for (int row : new int[]{NormKernels.SUMS, NormKernels.SQUARES}) {
                results.add(doubles(stats, row, c));
            }
            for (int row : new int[]{NormKernels.MEAN, NormKernels.MEAN_LOW, NormKernels.INVERSE,
                    NormKernels.PRODUCT_MEAN, NormKernels.WEIGHT_GRADIENT, NormKernels.BIAS_GRADIENT}) {
                results.add(GuardedMemory.read(stats.asSlice((long) row * stride * Float.BYTES,
                        (long) stride * Float.BYTES)));
            }
            results.add(GuardedMemory.read(y));
            results.add(GuardedMemory.read(dX));
            results.add(GuardedMemory.read(scaled));
            memory.assertGuardsIntact(c.toString());
        }
        return results;
    }

    /// All results of a forward and a backward by rows.
    private static List<float[]> rows(NormKernels k, Case c, int cut, int colCut) {
        List<float[]> results = new ArrayList<>();
        int stride = c.stride();
        int rows = c.rows;
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = c.table(memory, "x", FROM + rows, c.every);
            MemorySegment dY = c.table(memory, "dY", rows, c.every);
            MemorySegment weight = c.table(memory, "weight", 1, c.every);
            MemorySegment bias = c.table(memory, "bias", 1, 0);
            MemorySegment stats = memory.floats((long) rows * NormKernels.ROW_STATISTICS);
            MemorySegment sums = memory.floats((long) NormKernels.STATISTICS * stride);
            MemorySegment scratch = memory.floats(NormKernels.scratchFloats(c.cols));
            MemorySegment y = memory.floats((long) rows * stride);
            MemorySegment dX = memory.floats((long) rows * stride);
            for (int first = 0; first < rows; first += cut) {
                int n = Math.min(cut, rows - first);
                k.normalizeRows(y, stride, stats, x, stride, FROM, weight, bias, first, n, c.cols, EPS, scratch);
                k.rowsInputGradient(dX, stride, dY, stride, stats, x, stride, FROM, weight, first, n, c.cols, scratch);
            }
            for (int col = 0; col < c.cols; col += colCut) {
                k.rowsGradientSums(sums, stride, dY, stride, stats, x, stride, FROM, rows, col,
                        Math.min(colCut, c.cols - col));
            }
            results.add(GuardedMemory.read(stats));
            results.add(doubles(sums, NormKernels.SUMS, c));
            results.add(doubles(sums, NormKernels.SQUARES, c));
            results.add(GuardedMemory.read(y));
            results.add(GuardedMemory.read(dX));
            memory.assertGuardsIntact(c.toString());
        }
        return results;
    }

    /// The doubles of the columns, each as two floats: rounded, and the rest.
    private static float[] doubles(MemorySegment stats, int row, Case c) {
        float[] values = new float[2 * c.cols];
        for (int col = 0; col < c.cols; col++) {
            double value = NormStatistics.getDouble(stats, row, c.stride(), col);
            values[2 * col] = (float) value;
            values[2 * col + 1] = (float) (value - (float) value);
        }
        return values;
    }

    private interface Run {
        List<float[]> of(NormKernels k, Case c, int cut, int colCut);
    }

    private static void assertTwins(String name, Run run, Case c) {
        List<float[]> expected = run.of(new ScalarKernels().norm(), c, c.rows, c.cols);
        for (int cut : new int[]{c.rows, 3}) {
            for (int colCut : new int[]{c.cols, 16}) {
                List<float[]> actual = run.of(Kernels.NORM, c, cut, colCut);
                assertEquals(expected.size(), actual.size());
                for (int i = 0; i < expected.size(); i++) {
                    Floats.assertSameBits(expected.get(i), actual.get(i), name + " of " + c + ", result " + i
                            + ", cut at " + cut + " rows, " + colCut + " columns");
                }
            }
        }
    }

    private static void assertTwins(Case c) {
        assertTwins("columns", NormTwinTest::columns, c);
        assertTwins("rows", NormTwinTest::rows, c);
    }

    @Test
    void anyShape() {
        for (int rows : new int[]{1, 2, 7, 33}) {
            for (int cols : new int[]{1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 257}) {
                assertTwins(new Case(rows, cols, 0));
            }
        }
        assertTwins(new Case(2049, 18, 0));
    }

    @Test
    void specialValues() {
        for (int every : new int[]{2, 20, 300}) {
            for (int cols : new int[]{5, 16, 40, 100}) {
                assertTwins(new Case(40, cols, every));
            }
        }
    }
}
