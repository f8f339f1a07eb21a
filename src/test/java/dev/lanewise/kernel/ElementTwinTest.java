// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active element-wise kernels against their scalar specification, bit for bit, special values included.
@Tag("lanes")
class ElementTwinTest {
    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static Map<String, float[]> results(ElementKernels kernels, float[] w, float[] g, int rows, int cols) {
        Map<String, float[]> results = new LinkedHashMap<>();
        int stride = LinearCase.padded(cols);
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment stepped = memory.matrix(w, rows, cols, stride, 0f);
            MemorySegment gradient = memory.matrix(g, rows, cols, stride, 0f);
            kernels.sgdStep(stepped, 0, gradient, 0, (long) rows * stride, 0.03f);
            results.put("sgdStep", GuardedMemory.read(stepped));
            kernels.scale(gradient, (long) rows * stride, 0.1f);
            results.put("scale", GuardedMemory.read(gradient));
            kernels.fill(gradient, stride, rows, cols, -0.5f);
            results.put("fill", GuardedMemory.read(gradient));
            MemorySegment sums = memory.floats(stride);
            MemorySegment terms = memory.matrix(w, rows, cols, stride, 0f);
            kernels.columnSums(sums, terms, stride, 1, rows - 1, cols, false);
            results.put("columnSums", GuardedMemory.read(sums));
            kernels.columnSums(sums, terms, stride, 0, rows / 2, cols, true);
            kernels.columnSums(sums, terms, stride, rows / 2, rows - rows / 2, cols, true);
            results.put("columnSums continued", GuardedMemory.read(sums));
            memory.assertGuardsIntact(rows + " rows, " + cols + " columns");
        }
        return results;
    }

    @Test
    void anyShape() {
        for (int rows : new int[]{2, 3, 17}) {
            for (int cols : new int[]{1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 257, 1021}) {
                RandomGenerator random = RandomStreams.stream(Floats.seed(), "ElementTwinTest", rows, cols);
                float[] w = Floats.withSpecial(random, rows * cols, 20);
                float[] g = Floats.withSpecial(random, rows * cols, 20);
                Map<String, float[]> expected = results(new ScalarKernels().element(), w, g, rows, cols);
                Map<String, float[]> actual = results(Kernels.ELEMENT, w, g, rows, cols);
                expected.forEach((operation, values) -> {
                    String what = operation + " of " + rows + " rows, " + cols + " columns";
                    Floats.assertSameBits(values, actual.get(operation), what);
                    LinearCase.assertPadding(actual.get(operation), LinearCase.padded(cols), cols, what);
                });
            }
        }
    }
}
