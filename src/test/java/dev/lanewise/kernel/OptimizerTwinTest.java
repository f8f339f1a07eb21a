// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active optimizer kernels against their scalar specification, bit for bit: three steps in a row, any length and
/// place of the piece, in one or in pieces of 16, with special values.
@Tag("lanes")
class OptimizerTwinTest {
    private static final int BEFORE = 32;
    private static final int BEHIND = 16;
    private static final int STEPS = 3;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    /// The memory of a parameter, its state and a gradient in scratch.
    private record Parameter(MemorySegment w, MemorySegment first, MemorySegment second, MemorySegment g) {
    }

    @FunctionalInterface
    private interface Operation {
        void step(Parameter p, long at, long gFrom, int n, int t);
    }

    private static Map<String, Operation> operations(OptimizerKernels k) {
        Map<String, Operation> operations = new LinkedHashMap<>();
        for (float decay : new float[]{0f, 0.01f}) {
            for (float sign : new float[]{1f, -1f}) {
                String options = " decay " + decay + ", sign " + sign;
                operations.put("sgd" + options,
                        (p, at, from, n, _) -> k.sgdDecayStep(p.w, at, p.g, from, n, 0.1f, decay, sign));
                operations.put("momentum" + options, (p, at, from, n, t) -> k.sgdMomentumStep(p.w, p.first, at, p.g,
                        from, n, 0.1f, 0.9f, t == 0 ? 1f : 0.75f, decay, sign));
                operations.put("nesterov" + options,
                        (p, at, from, n, t) -> k.sgdNesterovStep(p.w, p.first, at, p.g, from, n, 0.1f, 0.9f, decay,
                                sign));
            }
            for (float eps : new float[]{1e-8f, Float.MIN_VALUE}) {
                operations.put("adam decay " + decay + ", eps " + eps,
                        (p, at, from, n, t) -> k.adamStep(p.w, p.first, p.second, at, p.g, from, n, 0.01f / (t + 1),
                                1f / (t + 2), 0.9f, 0.1f, 0.999f, 0.001f, eps, decay));
            }
        }
        return operations;
    }

    /// Weights, first and second state behind each other, after the steps. The last of the n values are padding.
    private static float[] run(Operation operation, float[] w, float[] g, int gFrom, int piece) {
        int n = w.length - BEFORE - BEHIND;
        try (GuardedMemory memory = new GuardedMemory()) {
            Parameter p = new Parameter(memory.floats(w), memory.floats(w.length), memory.floats(w.length),
                    memory.floats(g));
            for (int t = 0; t < STEPS; t++) {
                for (int i = 0; i < n; i += piece) {
                    operation.step(p, BEFORE + i, gFrom + i, Math.min(piece, n - i), t);
                }
            }
            memory.assertGuardsIntact(n + " values");
            float[] all = new float[3 * w.length];
            System.arraycopy(GuardedMemory.read(p.w), 0, all, 0, w.length);
            System.arraycopy(GuardedMemory.read(p.first), 0, all, w.length, w.length);
            System.arraycopy(GuardedMemory.read(p.second), 0, all, 2 * w.length, w.length);
            return all;
        }
    }

    private static void assertTwins(int values, int specialEvery) {
        int n = LinearCase.padded(values);
        int gFrom = 16 * (values % 3);
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "OptimizerTwinTest", values, specialEvery);
        float[] w = Floats.withSpecial(random, BEFORE + n + BEHIND, specialEvery);
        float[] g = Floats.withSpecial(random, gFrom + n, specialEvery);
        for (int i = values; i < n; i++) {
            w[BEFORE + i] = 0f;
            g[gFrom + i] = 0f;
        }
        Map<String, Operation> active = operations(Kernels.OPTIMIZER);
        operations(new ScalarKernels().optimizer()).forEach((name, operation) -> {
            String what = name + " of " + values + " values";
            float[] expected = run(operation, w, g, gFrom, n);
            Floats.assertSameBits(expected, run(active.get(name), w, g, gFrom, n), what);
            Floats.assertSameBits(expected, run(active.get(name), w, g, gFrom, 16), what + ", 16 at a time");
            assertUntouched(expected, w, values, what);
        });
    }

    private static void assertUntouched(float[] all, float[] w, int values, String what) {
        for (int i = 0; i < all.length; i++) {
            int at = i % w.length;
            boolean stepped = at >= BEFORE && at < BEFORE + values;
            if (!stepped) {
                assertEquals(Float.floatToIntBits(i < w.length ? w[at] : 0f), Float.floatToIntBits(all[i]),
                        what + ": float " + i);
            }
        }
    }

    @Test
    void anyLength() {
        for (int values : new int[]{1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 255, 257, 1000, 1021}) {
            assertTwins(values, 1000);
        }
    }

    @Test
    void specialValues() {
        for (int every : new int[]{2, 4, 20}) {
            assertTwins(500, every);
        }
    }
}
