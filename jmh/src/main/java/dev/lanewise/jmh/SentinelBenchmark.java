// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Do the largest kernels keep their speed whatever the program has done before? The cliffs that vectors fall off are
/// those of the JIT: it stops inlining where a graph grows large, and it bets on what call sites have seen. Behind each
/// of them vectors are objects, at a tenth of the speed or less.
///
/// With `-prof gc` every figure of `gc.alloc.rate.norm` must be 0 (the exit code is 70 if one is not), and for any
/// `before` the speed must be that of `nothing`.
///
/// Run: `jmh/run Sentinel -p kernels=simd -prof gc`
public class SentinelBenchmark extends KernelBenchmark {
    private static final int ROWS = 32;
    private static final int IN = 256;
    private static final int NARROW = 10;
    private static final int WIDE = 64;
    private static final int STRIDE = 16;
    private static final float SCALE = 1 / 32f;
    private static final float TIMED_RATE = 1e-30f;
    private static final int TIMES = 5_000;

    /// What the program has done before: nothing; worked on heap segments with the same vector API; called the same
    /// kernels for shapes whose loops turn once.
    @Param({"nothing", "heapSegments", "smallShapes"})
    public String before;

    /// (rows, in)
    private MemorySegment x;
    /// (rows)
    private MemorySegment index;
    /// (rows)
    private MemorySegment labels;
    /// (narrow, in)
    private MemorySegment w;
    /// (wide, in), in panel order
    private MemorySegment panels;
    /// (wide)
    private MemorySegment bias;
    /// (rows, narrow)
    private MemorySegment y;
    /// (rows, narrow)
    private MemorySegment dY;
    /// (rows, wide)
    private MemorySegment z;
    /// (wide, in), in panel order
    private MemorySegment dPanels;
    /// (narrow, in)
    private MemorySegment dW;
    /// (narrow, in)
    private MemorySegment velocity;
    private MemorySegment loss;
    private MemorySegment narrowScratch;
    private MemorySegment packed;
    private MemorySegment wideScratch;
    private GradientSink sink;

    @Override
    void allocate() {
        x = random("x", ROWS, IN);
        index = shuffledRows(ROWS);
        labels = shuffledRows(ROWS);
        for (int r = 0; r < ROWS; r++) {
            labels.setAtIndex(ValueLayout.JAVA_INT, r, r % NARROW);
        }
        w = random("w", NARROW, IN);
        panels = random("panels", WIDE / WideKernels.PANEL, IN * WideKernels.PANEL);
        bias = random("bias", 1, WIDE);
        y = zeros(ROWS, NARROW);
        dY = random("dY", ROWS, NARROW);
        z = random("z", ROWS, WIDE);
        dW = random("dW", NARROW, IN);
        velocity = zeros(NARROW, IN);
        loss = zeros(ROWS);
        dPanels = zeros(WideKernels.panelFloats(IN, WIDE));
        narrowScratch = zeros(NarrowKernels.scratchFloats(IN, NARROW));
        packed = zeros(WideKernels.packedFloats(ROWS, WIDE));
        wideScratch = zeros(WideKernels.scratchFloats(ROWS, IN, WIDE));
        sink = (g, gFrom, at, n) -> MemorySegment.copy(g, gFrom * Float.BYTES, dPanels, at * Float.BYTES,
                (long) n * Float.BYTES);
        switch (before) {
            case "nothing" -> {
            }
            case "heapSegments" -> useHeapSegments();
            case "smallShapes" -> useSmallShapes();
            default -> throw new IllegalArgumentException(
                    "before=" + before + " given, expected nothing, heapSegments or smallShapes");
        }
    }

    private static void useHeapSegments() {
        MemorySegment heap = MemorySegment.ofArray(new float[2 * FloatVector.SPECIES_PREFERRED.length()]);
        for (int i = 0; i < TIMES; i++) {
            FloatVector.fromMemorySegment(FloatVector.SPECIES_PREFERRED, heap, 0, ByteOrder.nativeOrder()).add(1)
                    .intoMemorySegment(heap, 0, ByteOrder.nativeOrder());
            heap.setAtIndex(ValueLayout.JAVA_FLOAT, 0, heap.asSlice(4).getAtIndex(ValueLayout.JAVA_FLOAT, 0));
        }
    }

    private void useSmallShapes() {
        for (int i = 0; i < TIMES; i++) {
            forward(contender, 1, STRIDE);
            weightGradient(contender, 1, STRIDE);
            contender.wide().forward(z, WIDE, x, IN, index, 0, panels, bias, 0, 1, 1, STRIDE, wideScratch);
            softmaxCrossEntropy(contender, 1);
            contender.optimizer().sgdMomentumStep(w, velocity, 0, dW, 0, STRIDE, TIMED_RATE, 0.9f, 1, 0, 1);
        }
    }

    @Override
    void compare() {
        requireEqualBits("narrowForward", k -> forward(k, ROWS, IN), y);
        requireEqualBits("narrowWeightGradient", k -> weightGradient(k, ROWS, IN), dW);
        requireEqualBits("wideForward", this::wideForward, z);
        requireEqualBits("wideWeightGradient", this::wideWeightGradient, dPanels);
        requireEqualBits("softmaxCrossEntropy", k -> softmaxCrossEntropy(k, ROWS), loss, dY);
        requireEqualBits("momentum", this::momentum, w, velocity);
    }

    @Benchmark
    public void narrowForward(FloatOperations work) {
        work.count(2e-9 * ROWS * IN * NARROW);
        forward(contender, ROWS, IN);
    }

    @Benchmark
    public void narrowWeightGradient(FloatOperations work) {
        work.count(2e-9 * ROWS * IN * NARROW);
        weightGradient(contender, ROWS, IN);
    }

    @Benchmark
    public void wideForward(FloatOperations work) {
        work.count(2e-9 * ROWS * IN * WIDE);
        wideForward(contender);
    }

    @Benchmark
    public void wideWeightGradient(FloatOperations work) {
        work.count(2e-9 * ROWS * IN * WIDE);
        wideWeightGradient(contender);
    }

    @Benchmark
    public void softmaxCrossEntropy(BytesMoved work) {
        work.gbyte += 2e-9 * ROWS * NARROW * Float.BYTES;
        softmaxCrossEntropy(contender, ROWS);
    }

    @Benchmark
    public void momentum(BytesMoved work) {
        work.gbyte += 5e-9 * NARROW * IN * Float.BYTES;
        momentum(contender);
    }

    private void forward(KernelSet k, int rows, int in) {
        k.narrow().forward(y, STRIDE, x, IN, index, 0, w, IN, bias, 0, rows, in, NARROW, narrowScratch);
    }

    private void weightGradient(KernelSet k, int rows, int in) {
        k.narrow().weightGradient(dW, IN, x, IN, index, 0, dY, STRIDE, 0, rows, 0, in, NARROW, false, narrowScratch);
    }

    private void wideForward(KernelSet k) {
        k.wide().forward(z, WIDE, x, IN, index, 0, panels, bias, 0, ROWS, IN, WIDE, wideScratch);
    }

    private void wideWeightGradient(KernelSet k) {
        k.wide().packGradient(packed, z, WIDE, 0, ROWS, ROWS, WIDE);
        k.wide().weightGradient(sink, x, IN, index, 0, packed, ROWS, 0, IN, IN, WIDE, wideScratch);
    }

    private void softmaxCrossEntropy(KernelSet k, int rows) {
        k.loss().softmaxCrossEntropy(loss, dY, y, STRIDE, labels, index, 0, 0, rows, NARROW, SCALE);
    }

    private void momentum(KernelSet k) {
        k.optimizer().sgdMomentumStep(w, velocity, 0, dW, 0, (long) NARROW * IN, TIMED_RATE, 0.9f, 1, 0, 1);
    }
}
