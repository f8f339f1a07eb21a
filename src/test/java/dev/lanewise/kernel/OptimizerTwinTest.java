// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private record Parameter(MemorySegment w, MemorySegment first, MemorySegment second, MemorySegment third,
            MemorySegment g) {
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
                for (float sign : new float[]{1f, -1f}) {
                    String options = " decay " + decay + ", eps " + eps + ", sign " + sign;
                    addAdam(operations, k, options, eps, decay, 0f, sign);
                    addRmsprop(operations, k, options, eps, decay, sign);
                }
            }
            addAdam(operations, k, "w shrink " + decay, 1e-8f, 0f, decay, 1f);
        }
        return operations;
    }

    private static void addAdam(Map<String, Operation> operations, OptimizerKernels k, String options, float eps,
            float decay, float shrink, float sign) {
        operations.put("adam" + options,
                (p, at, from, n, t) -> k.adamStep(p.w, p.first, p.second, at, p.g, from, n, 0.01f / (t + 1),
                        1f / (t + 2), 0.9f, 0.1f, 0.999f, 0.001f, eps, decay, shrink, sign));
        operations.put("amsgrad" + options,
                (p, at, from, n, t) -> k.amsgradStep(p.w, p.first, p.second, p.third, at, p.g, from, n,
                        0.01f / (t + 1), 1f / (t + 2), 0.9f, 0.1f, 0.5f, 0.5f, eps, decay, shrink, sign));
    }

    private static void addRmsprop(Map<String, Operation> operations, OptimizerKernels k, String options, float eps,
            float decay, float sign) {
        operations.put("rmsprop" + options, (p, at, from, n, _) -> k.rmspropStep(p.w, p.first, at, p.g, from, n, 0.1f,
                0.9f, 0.1f, eps, decay, sign));
        operations.put("rmsprop momentum" + options, (p, at, from, n, _) -> k.rmspropMomentumStep(p.w, p.first,
                p.second, at, p.g, from, n, 0.1f, 0.75f, 0.9f, 0.1f, eps, decay, sign));
        operations.put("centered" + options, (p, at, from, n, _) -> k.centeredStep(p.w, p.first, p.second, at, p.g,
                from, n, 0.1f, 0.9f, 0.1f, eps, decay, sign));
        operations.put("centered momentum" + options, (p, at, from, n, _) -> k.centeredMomentumStep(p.w, p.first,
                p.second, p.third, at, p.g, from, n, 0.1f, 0.75f, 0.9f, 0.1f, eps, decay, sign));
        operations.put("adagrad" + options,
                (p, at, from, n, t) -> k.adagradStep(p.w, p.first, at, p.g, from, n, 0.1f / (t + 1), eps, decay, sign));
        operations.put("clamp" + options, (p, at, from, n, _) -> k.clamp(p.w, at, n, eps == 1e-8f ? 0.5f : 0f));
    }

    /// Weights, first, second and third state behind each other, after the steps. The last of the n values are padding.
    private static float[] run(Operation operation, float[] w, float[] g, int gFrom, int piece) {
        int n = w.length - BEFORE - BEHIND;
        try (GuardedMemory memory = new GuardedMemory()) {
            Parameter p = new Parameter(memory.floats(w), memory.floats(w.length), memory.floats(w.length),
                    memory.floats(w.length), memory.floats(g));
            for (int t = 0; t < STEPS; t++) {
                for (int i = 0; i < n; i += piece) {
                    operation.step(p, BEFORE + i, gFrom + i, Math.min(piece, n - i), t);
                }
            }
            memory.assertGuardsIntact(n + " values");
            float[] all = new float[4 * w.length];
            System.arraycopy(GuardedMemory.read(p.w), 0, all, 0, w.length);
            System.arraycopy(GuardedMemory.read(p.first), 0, all, w.length, w.length);
            System.arraycopy(GuardedMemory.read(p.second), 0, all, 2 * w.length, w.length);
            System.arraycopy(GuardedMemory.read(p.third), 0, all, 3 * w.length, w.length);
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

    private static float[] average(OptimizerKernels k, float[] a, float[] w, float factor) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment averages = memory.floats(a);
            k.average(averages, memory.floats(w), w.length, factor);
            memory.assertGuardsIntact(w.length + " averages");
            return GuardedMemory.read(averages);
        }
    }

    private static double[] squares(OptimizerKernels k, float[] first, float[] second) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment sums = memory.floats(32);
            k.addSquares(sums, memory.floats(first), first.length);
            k.addSquares(sums, memory.floats(second), second.length);
            memory.assertGuardsIntact(first.length + " squares");
            return sums.toArray(ValueLayout.JAVA_DOUBLE);
        }
    }

    @Test
    void averagesAndSquares() {
        OptimizerKernels scalar = new ScalarKernels().optimizer();
        for (int n : new int[]{16, 32, 48, 64, 1024, 2032, 2048, 2064, 10_000}) {
            for (int every : new int[]{5, 100_000}) {
                RandomGenerator random = RandomStreams.stream(Floats.seed(), "averagesAndSquares", n, every);
                float[] a = Floats.withSpecial(random, n, every);
                float[] w = Floats.withSpecial(random, n, every);
                Floats.assertSameBits(average(scalar, a, w, 0.001f), average(Kernels.OPTIMIZER, a, w, 0.001f),
                        n + " averages");
                double[] expected = squares(scalar, a, w);
                double[] sums = squares(Kernels.OPTIMIZER, a, w);
                for (int lane = 0; lane < sums.length; lane++) {
                    assertEquals(Double.doubleToLongBits(expected[lane]), Double.doubleToLongBits(sums[lane]),
                            n + " squares, sum " + lane);
                }
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
