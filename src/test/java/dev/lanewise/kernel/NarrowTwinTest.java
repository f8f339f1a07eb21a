// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active kernels of narrow layers against their scalar specification, bit for bit, whole and cut into pieces.
@Tag("lanes")
class NarrowTwinTest {
    private static final int[] AWKWARD = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 79, 80, 81,
            127, 255};

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    /// Every result by name, padding included; rows are taken `cut` at a time, columns of the gradient `columns`.
    static Map<String, float[]> results(NarrowKernels kernels, LinearCase layer, int cut, int columns) {
        Map<String, float[]> results = new LinkedHashMap<>();
        int rows = layer.rows;
        int in = layer.in;
        int out = layer.out;
        int inStride = LinearCase.padded(in) + 16; // a stride wider than the row, as a view of a wider table has
        int outStride = LinearCase.padded(out) + (in % 3 == 0 ? 16 : 0);
        int xRows = layer.x.length / in;
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = memory.matrix(layer.x, xRows, in, inStride, 0f);
            MemorySegment w = memory.matrix(layer.w, out, in, inStride, 0f);
            MemorySegment bias = memory.matrix(layer.bias, 1, out, outStride, 0f);
            MemorySegment dY = memory.matrix(layer.dY, rows, out, outStride, 0f);
            MemorySegment index = memory.ints(layer.index);
            MemorySegment scratch = memory.floats(NarrowKernels.scratchFloats(in, out));
            MemorySegment y = memory.floats((long) rows * outStride);
            MemorySegment dX = memory.floats((long) rows * inStride);
            MemorySegment g = memory.floats((long) out * inStride);
            y.fill((byte) 0xFF);
            scratch.fill((byte) 0xFF); // NaN: nobody may rely on what stands there
            for (int r = 0; r < rows; r += cut) {
                int n = Math.min(cut, rows - r);
                kernels.forward(y, outStride, x, inStride, index, layer.from, w, inStride, bias, r, n, in, out,
                        scratch);
                kernels.inputGradient(dX, inStride, dY, outStride, w, inStride, r, n, in, out);
                for (int i = 0; i < in; i += columns) {
                    kernels.weightGradient(g, inStride, x, inStride, index, layer.from, dY, outStride, r, n, i,
                            Math.min(columns, in - i), out, r > 0, scratch);
                }
            }
            results.put("forward", GuardedMemory.read(y));
            results.put("inputGradient", GuardedMemory.read(dX));
            results.put("weightGradient", GuardedMemory.read(g));
            memory.assertGuardsIntact(layer.toString());
            LinearCase.assertPadding(results.get("forward"), outStride, out, "forward of " + layer);
            LinearCase.assertPadding(results.get("inputGradient"), inStride, in, "inputGradient of " + layer);
            LinearCase.assertPadding(results.get("weightGradient"), inStride, in, "weightGradient of " + layer);
        }
        return results;
    }

    private static void assertTwins(int rows, int in, int out, boolean byIndex, int specialEvery) {
        LinearCase layer = new LinearCase(rows, in, out, byIndex, specialEvery);
        Map<String, float[]> expected = results(new ScalarKernels().narrow(), layer, rows, in);
        assertSame(expected, results(Kernels.NARROW, layer, rows, in), "whole " + layer);
        int cut = 1 + (rows * 7 + in) % 13;
        int columns = 16 * (1 + (in / 16 + out) % 3);
        assertSame(expected, results(Kernels.NARROW, layer, cut, columns),
                cut + " rows and " + columns + " columns at a time of " + layer);
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual, String what) {
        expected.forEach(
                (operation, values) -> Floats.assertSameBits(values, actual.get(operation), operation + ", " + what));
    }

    @Test
    void anyNumberOfInputs() {
        for (int in : AWKWARD) {
            assertTwins(19, in, 7, true, 0);
            assertTwins(18, in, 1, false, 0);
        }
        assertTwins(11, 1000, 10, true, 0);
        assertTwins(5, 784, 10, true, 0);
        assertTwins(13, 1021, 3, false, 0);
    }

    @Test
    void anyNumberOfOutputs() {
        for (int out = 1; out <= NarrowKernels.MAX_OUTPUTS; out++) {
            assertTwins(11, 20, out, false, 0);
            assertTwins(10, 9, out, true, 0);
            assertTwins(9, 100, out, true, 0);
        }
    }

    @Test
    void anyNumberOfRows() {
        for (int rows = 1; rows <= 18; rows++) {
            assertTwins(rows, 37, 11, true, 0);
            assertTwins(rows, 2, 1, true, 0);
            assertTwins(rows, 150, 1, false, 0);
        }
        for (int rows : new int[]{31, 32, 33, 63, 64, 65, 127, 200}) {
            assertTwins(rows, 17, 6, false, 0);
            assertTwins(rows, 3, 1, true, 0);
        }
    }

    @Test
    void manyRowsInTilesOfEveryShape() {
        assertTwins(70, 80, 10, true, 0);
        assertTwins(130, 144, 16, false, 50);
        assertTwins(67, 33, 5, true, 0);
    }

    /// More than 4 MB: rows are fetched ahead.
    @Test
    void tablesThatDoNotFitInCache() {
        assertTwins(71, 16400, 10, true, 0);
        assertTwins(70, 16400, 6, false, 0);
    }

    @Test
    void specialValues() {
        for (int every : new int[]{3, 40}) {
            assertTwins(9, 18, 10, true, every);
            assertTwins(14, 35, 16, false, every);
            assertTwins(33, 70, 5, false, every);
            assertTwins(11, 2, 1, true, every);
            assertTwins(12, 40, 1, true, every);
        }
    }
}
