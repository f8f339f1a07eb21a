// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active activation kernels against their scalar specification, bit for bit: any shape, special values, in place
/// and not, any cut of the rows. What lies beyond the padded columns and outside the rows is a mark that has to stay.
@Tag("lanes")
class ActivationTwinTest {
    private static final float MARK = 12345f;
    private static final int BEFORE = 2;
    private static final int BEHIND = 1;
    private static final long KEY = RandomStreams.key(Floats.seed(), "ActivationTwinTest");

    private record Shape(int rows, int cols, int stride) {
        int table() {
            return BEFORE + rows + BEHIND;
        }
    }

    @FunctionalInterface
    private interface Operation {
        void run(MemorySegment y, MemorySegment x, MemorySegment other, int first, int rows);
    }

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static Map<String, Operation> operations(KernelSet set, Shape s) {
        ActivationKernels k = set.activation();
        Map<String, Operation> operations = new LinkedHashMap<>();
        int stride = s.stride;
        int cols = s.cols;
        operations.put("relu", (y, x, o, first, rows) -> k.relu(y, x, stride, first, rows, cols));
        operations.put("reluGradient", (y, x, o, first, rows) -> k.reluGradient(y, x, o, stride, first, rows, cols));
        operations.put("sigmoid", (y, x, o, first, rows) -> k.sigmoid(y, x, stride, first, rows, cols));
        operations.put("sigmoidGradient",
                (y, x, o, first, rows) -> k.sigmoidGradient(y, x, o, stride, first, rows, cols));
        operations.put("tanh", (y, x, o, first, rows) -> k.tanh(y, x, stride, first, rows, cols));
        operations.put("tanhGradient", (y, x, o, first, rows) -> k.tanhGradient(y, x, o, stride, first, rows, cols));
        for (float p : new float[]{0f, 0.2f, 0.5f, Math.nextDown(1f), 1f}) {
            operations.put("dropout " + p,
                    (y, x, o, first, rows) -> k.dropout(y, x, stride, first, rows, cols, KEY, p));
        }
        for (float slope : new float[]{0.01f, 0f, -2f}) {
            operations.put("leakyRelu " + slope,
                    (y, x, o, first, rows) -> k.leakyRelu(y, x, stride, first, rows, cols, slope));
            operations.put("leakyReluGradient " + slope,
                    (y, x, o, first, rows) -> k.leakyReluGradient(y, x, o, stride, first, rows, cols, slope));
        }
        for (float min : new float[]{-1f, 0f, 0.5f}) {
            operations.put("hardtanh " + min,
                    (y, x, o, first, rows) -> k.hardtanh(y, x, stride, first, rows, cols, min, 6f));
            operations.put("hardtanhGradient " + min,
                    (y, x, o, first, rows) -> k.hardtanhGradient(y, x, o, stride, first, rows, cols, min, 6f));
        }
        addSmooth(operations, set.smoothActivation(), s);
        if (stride == LinearCase.padded(cols)) {
            addSoftmax(operations, set.softmax(), s);
        }
        return operations;
    }

    private static void addSoftmax(Map<String, Operation> operations, SoftmaxKernels k, Shape s) {
        int stride = s.stride;
        int cols = s.cols;
        MemorySegment scratch = Arena.ofAuto().allocate((long) SoftmaxKernels.scratchFloats(stride) * Float.BYTES, 64);
        operations.put("softmax", (y, x, o, first, rows) -> k.softmax(y, x, stride, first, rows, cols));
        operations.put("softmaxGradient",
                (y, x, o, first, rows) -> k.softmaxGradient(y, x, o, stride, first, rows, cols));
        operations.put("logSoftmax", (y, x, o, first, rows) -> k.logSoftmax(y, x, scratch, stride, first, rows, cols));
        operations.put("logSoftmaxGradient",
                (y, x, o, first, rows) -> k.logSoftmaxGradient(y, x, o, scratch, stride, first, rows, cols));
    }

    private static void addSmooth(Map<String, Operation> operations, SmoothActivationKernels k, Shape s) {
        int stride = s.stride;
        int cols = s.cols;
        for (double cubic : new double[]{0, 0.07}) {
            operations.put("gate " + cubic,
                    (y, x, o, first, rows) -> k.gate(y, x, stride, first, rows, cols, 1, cubic));
            operations.put("gateGradient " + cubic,
                    (y, x, o, first, rows) -> k.gateGradient(y, x, o, stride, first, rows, cols, 1, cubic));
        }
        operations.put("gelu", (y, x, o, first, rows) -> k.gelu(y, x, stride, first, rows, cols));
        operations.put("geluGradient", (y, x, o, first, rows) -> k.geluGradient(y, x, o, stride, first, rows, cols));
        for (double alpha : new double[]{1, -0.3}) {
            operations.put("elu " + alpha,
                    (y, x, o, first, rows) -> k.elu(y, x, stride, first, rows, cols, 1.05, alpha));
            operations.put("eluGradient " + alpha,
                    (y, x, o, first, rows) -> k.eluGradient(y, x, o, stride, first, rows, cols, 1.05, alpha));
        }
        for (double beta : new double[]{1, -1, 0.7f}) {
            for (double threshold : new double[]{20, -5, Double.POSITIVE_INFINITY}) {
                operations.put("softplus " + beta + " " + threshold,
                        (y, x, o, first, rows) -> k.softplus(y, x, stride, first, rows, cols, beta, threshold));
                operations.put("softplusGradient " + beta + " " + threshold, (y, x, o, first, rows) -> k
                        .softplusGradient(y, x, o, stride, first, rows, cols, beta, threshold));
            }
        }
        operations.put("mish", (y, x, o, first, rows) -> k.mish(y, x, stride, first, rows, cols));
        operations.put("mishGradient", (y, x, o, first, rows) -> k.mishGradient(y, x, o, stride, first, rows, cols));
    }

    /// A table whose rows in the middle hold `values`, padded with +0.0; everything else is the mark.
    private static MemorySegment table(GuardedMemory memory, Shape s, float[] values) {
        float[] table = new float[s.table() * s.stride];
        for (int i = 0; i < table.length; i++) {
            int r = i / s.stride - BEFORE;
            int c = i % s.stride;
            boolean inside = r >= 0 && r < s.rows && c < LinearCase.padded(s.cols);
            table[i] = !inside ? MARK : c < s.cols ? values[r * s.cols + c] : 0f;
        }
        return memory.floats(table);
    }

    private static float[] run(Operation operation, Shape s, float[] x, float[] other, boolean inPlace, int cut) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment in = table(memory, s, x);
            MemorySegment out = inPlace ? in : table(memory, s, new float[x.length]);
            MemorySegment output = table(memory, s, other);
            for (int first = 0; first < s.rows; first += cut) {
                operation.run(out, in, output, BEFORE + first, Math.min(cut, s.rows - first));
            }
            memory.assertGuardsIntact(s.toString());
            return GuardedMemory.read(out);
        }
    }

    private static void assertTwins(Shape s, int specialEvery) {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "ActivationTwinTest", s.rows, s.cols,
                specialEvery);
        float[] x = Floats.withSpecial(random, s.rows * s.cols, specialEvery);
        float[] other = Floats.withSpecial(random, s.rows * s.cols, specialEvery);
        Map<String, Operation> specified = operations(new ScalarKernels(), s);
        Map<String, Operation> active = operations(new KernelSetInUse(), s);
        specified.forEach((name, operation) -> {
            String what = name + " of " + s;
            float[] expected = run(operation, s, x, other, false, s.rows);
            Operation actual = active.get(name);
            Floats.assertSameBits(expected, run(actual, s, x, other, false, s.rows), what);
            Floats.assertSameBits(expected, run(actual, s, x, other, true, s.rows), what + " in place");
            Floats.assertSameBits(expected, run(actual, s, x, other, true, 3), what + ", three rows at a time");
            assertRest(expected, s, what);
        });
    }

    /// Fails unless padding is +0.0 and what no kernel may touch is the mark.
    private static void assertRest(float[] table, Shape s, String what) {
        for (int i = 0; i < table.length; i++) {
            int r = i / s.stride - BEFORE;
            int c = i % s.stride;
            boolean inside = r >= 0 && r < s.rows && c < LinearCase.padded(s.cols);
            if (!inside || c >= s.cols) {
                assertEquals(Float.floatToRawIntBits(inside ? 0f : MARK), Float.floatToRawIntBits(table[i]),
                        what + ": float " + i);
            }
        }
    }

    @Test
    void anyShape() {
        for (int rows : new int[]{1, 2, 7, 33}) {
            for (int cols : new int[]{1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 257}) {
                assertTwins(new Shape(rows, cols, LinearCase.padded(cols)), 20);
            }
        }
    }

    @Test
    void rowsFurtherApart() {
        for (int cols : new int[]{1, 15, 16, 17, 100}) {
            assertTwins(new Shape(7, cols, LinearCase.padded(cols) + 32), 20);
        }
    }

    @Test
    void specialValues() {
        for (int every : new int[]{2, 4}) {
            for (int cols : new int[]{5, 16, 40}) {
                assertTwins(new Shape(40, cols, LinearCase.padded(cols)), every);
            }
        }
    }
}
