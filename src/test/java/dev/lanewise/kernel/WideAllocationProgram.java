// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// The kernels of linear layers of many outputs allocate nothing once compiled: the alarm for vectors that have become
/// objects. Shapes are mixed in one JVM, as in [KernelAllocationTest].
/// A program that [KernelAllocationIT] starts in a JVM of its own.
public final class WideAllocationProgram {
    private static final int TABLE_ROWS = 400;

    /// A step of a layer: forward, both gradients.
    private static final class Step implements AutoCloseable {
        private final GuardedMemory memory = new GuardedMemory();
        private final int rows;
        private final int in;
        private final int out;
        private final int inStride;
        private final int outStride;
        private final MemorySegment x;
        private final MemorySegment index;
        private final MemorySegment w;
        private final MemorySegment wT;
        private final MemorySegment bias;
        private final MemorySegment y;
        private final MemorySegment dX;
        private final MemorySegment dW;
        private final MemorySegment scratch;
        private final MemorySegment packed;
        private final GradientSink sink;

        Step(int rows, int in, int out) {
            this.rows = rows;
            this.in = in;
            this.out = out;
            inStride = LinearCase.padded(in);
            outStride = LinearCase.padded(out);
            RandomGenerator random = RandomStreams.stream(Floats.seed(), "WideAllocationProgram", in, out);
            x = memory.matrix(Floats.mixed(random, TABLE_ROWS * in), TABLE_ROWS, in, inStride, 0f);
            index = memory.ints(random.ints(rows, 0, TABLE_ROWS).toArray());
            w = memory.floats(Floats.mixed(random, (int) WideKernels.panelFloats(in, out)));
            wT = memory.floats(WideKernels.panelFloats(out, in));
            bias = memory.floats(outStride);
            y = memory.floats((long) rows * outStride);
            dX = memory.floats((long) rows * inStride);
            dW = memory.floats(WideKernels.panelFloats(in, out));
            packed = memory.floats(WideKernels.packedFloats(rows, out));
            scratch = memory.floats(WideKernels.scratchFloats(rows, in, out));
            sink = (g, gFrom, at, n) -> MemorySegment.copy(g, gFrom * Float.BYTES, dW, at * Float.BYTES,
                    (long) n * Float.BYTES);
        }

        Runnable[] calls() {
            WideKernels wide = Kernels.WIDE;
            return new Runnable[]{
                    () -> wide.forward(y, outStride, x, inStride, index, 0, w, bias, 0, rows, in, out, scratch),
                    () -> wide.transpose(wT, w, in, out, 0, inStride / WideKernels.PANEL),
                    () -> wide.inputGradient(dX, inStride, y, outStride, wT, 0, rows, in, out, scratch),
                    () -> wide.packGradient(packed, y, outStride, 0, rows, rows, out),
                    () -> wide.weightGradient(sink, x, inStride, index, 0, packed, rows, 0, in, in, out, scratch)};
        }

        @Override
        public void close() {
            memory.assertGuardsIntact("allocation test");
            memory.close();
        }
    }

    private static void assertNoBytes(int rows, int in, int out) {
        try (Step step = new Step(rows, in, out)) {
            KernelCalls.assertNoBytes(rows + " rows, " + in + " to " + out, step.calls());
        }
    }

    private WideAllocationProgram() {
    }

    /// Fails if any shape takes bytes.
    public static void main(String[] args) {
        KernelCalls.tellKernels();
        assertNoBytes(10, 2, 17);
        assertNoBytes(1, 64, 40);
        assertNoBytes(32, 17, 20);
        assertNoBytes(33, 300, 32);
        assertNoBytes(5, 100, 100);
        assertNoBytes(1030, 7, 18);
        assertNoBytes(2, 20, 33);
        assertNoBytes(10, 2, 17);
    }
}
