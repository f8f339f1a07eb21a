// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/// What the active kernels make of a few rows of logits: softmax (rows, classes), losses (rows), their sum, and
/// gradients (rows, classes). The padding of the logits is NaN, which must not show.
@SuppressWarnings("ArrayRecordComponent") // read only, by the test that made it
record SoftmaxRun(float[][] softmax, float[] loss, double sum, float[][] gradient) {
    /// The rows with their labels.
    static SoftmaxRun of(float scale, int[] labels, float[]... logits) {
        int rows = logits.length;
        int classes = logits[0].length;
        int stride = LinearCase.padded(classes);
        float[] flat = new float[rows * classes];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(logits[r], 0, flat, r * classes, classes);
        }
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment x = memory.matrix(flat, rows, classes, stride, Float.NaN);
            MemorySegment p = memory.floats((long) rows * stride);
            MemorySegment dX = memory.floats((long) rows * stride);
            MemorySegment loss = memory.floats(rows);
            Kernels.LOSS.softmax(p, x, stride, rows, classes);
            Kernels.LOSS.softmaxCrossEntropy(loss, dX, x, stride, memory.ints(labels), memory.ints(), 0,
                    0, rows, classes, scale);
            double sum = LossSum.of(loss, 1, rows, 1);
            memory.assertGuardsIntact("softmax");
            return new SoftmaxRun(rows(p, rows, classes, stride), GuardedMemory.read(loss), sum,
                    rows(dX, rows, classes, stride));
        }
    }

    /// One row, as often as it has classes, with each of them as label in turn.
    static SoftmaxRun each(float scale, float... logits) {
        float[][] rows = new float[logits.length][];
        Arrays.fill(rows, logits);
        SoftmaxRun run = of(scale, IntStream.range(0, logits.length).toArray(), rows);
        for (float[] row : run.softmax) {
            assertArrayEquals(run.softmax[0], row, "equal rows have equal results");
        }
        return run;
    }

    private static float[][] rows(MemorySegment a, int rows, int cols, int stride) {
        float[][] values = new float[rows][cols];
        for (int r = 0; r < rows; r++) {
            MemorySegment.copy(a, JAVA_FLOAT, (long) r * stride * Float.BYTES, values[r], 0, cols);
        }
        return values;
    }
}
