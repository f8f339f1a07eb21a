// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The kernels allocate nothing once compiled: the alarm for vectors that have become objects.
///
/// Shapes are mixed in one JVM, because what C2 inlines where, and so what it can keep off the heap, depends on what
/// has run before.
/// A program that [KernelAllocationIT] starts in a JVM of its own.
public final class KernelAllocationProgram {
    private static final int TABLE_ROWS = 400;

    /// One training step of a linear layer with its losses, by every kernel.
    private static final class Step implements AutoCloseable {
        private final GuardedMemory memory = new GuardedMemory();
        private final int rows;
        private final int in;
        private final int out;
        private final int inStride;
        private final int outStride;
        private final MemorySegment x;
        private final int byteStride;
        private final MemorySegment bytes;
        private final MemorySegment targets;
        private final MemorySegment labels;
        private final MemorySegment index;
        private final MemorySegment w;
        private final MemorySegment bias;
        private final MemorySegment y;
        private final MemorySegment dY;
        private final MemorySegment dX;
        private final MemorySegment dW;
        private final MemorySegment loss;
        private final MemorySegment scratch;
        private double sum;

        Step(int rows, int in, int out) {
            this.rows = rows;
            this.in = in;
            this.out = out;
            inStride = LinearCase.padded(in);
            outStride = LinearCase.padded(out);
            RandomGenerator random = RandomStreams.stream(Floats.seed(), "KernelAllocationProgram", in, out);
            x = memory.matrix(Floats.mixed(random, TABLE_ROWS * in), TABLE_ROWS, in, inStride, 0f);
            byteStride = (in + 63) & -64;
            bytes = memory.floats((long) TABLE_ROWS * byteStride / Float.BYTES);
            targets = memory.matrix(Floats.mixed(random, TABLE_ROWS * out), TABLE_ROWS, out, outStride, 0f);
            labels = memory.ints(random.ints(TABLE_ROWS, 0, out).toArray());
            index = memory.ints(random.ints(rows, 0, TABLE_ROWS).toArray());
            w = memory.floats((long) out * inStride);
            bias = memory.floats(outStride);
            y = memory.floats((long) rows * outStride);
            dY = memory.floats((long) rows * outStride);
            dX = memory.floats((long) rows * inStride);
            dW = memory.floats((long) out * inStride);
            loss = memory.floats((long) rows * outStride);
            scratch = memory.floats(Math.max(NarrowKernels.scratchFloats(in, out), RegressionKernels.scratchFloats()));
        }

        Runnable[] calls() {
            Stream<Runnable> calls = Stream.concat(losses(), elements());
            if (out <= NarrowKernels.MAX_OUTPUTS) {
                calls = Stream.concat(narrow(), calls);
            }
            if (out == 1) {
                calls = Stream.concat(calls,
                        Stream.of(this::regression, this::regressionInOrder, this::regressionInPieces));
            }
            return calls.toArray(Runnable[]::new);
        }

        private Stream<Runnable> narrow() {
            NarrowKernels narrow = Kernels.NARROW;
            int half = rows / 2;
            return Stream.of(
                    () -> narrow.forward(y, outStride, x, inStride, index, 0, w, inStride, bias, 0, rows, in, out,
                            scratch),
                    () -> narrow.inputGradient(dX, inStride, dY, outStride, w, inStride, 0, rows, in, out),
                    () -> narrow.weightGradient(dW, inStride, x, inStride, index, 0, dY, outStride, 0, half, 0, in, out,
                            false, scratch),
                    () -> narrow.weightGradient(dW, inStride, x, inStride, index, 0, dY, outStride, half, rows - half,
                            0, in, out, true, scratch));
        }

        private Stream<Runnable> losses() {
            float scale = 1f / rows;
            LossKernels losses = Kernels.LOSS;
            return Stream.of(() -> losses.softmax(dY, y, outStride, rows, out),
                    () -> losses.softmaxCrossEntropyProbabilities(loss, dY, y, outStride, targets, outStride, index, 0,
                            0, rows, out, scale),
                    () -> losses.squaredError(loss, dY, y, outStride, targets, outStride, index, 0, 0, rows, out, 1f,
                            scale),
                    () -> losses.softmaxCrossEntropy(loss, dY, y, outStride, labels, index, 0, 0, rows, out, scale),
                    () -> sum += LossSum.of(loss, 1, rows, 1),
                    () -> sum += losses.countCorrect(y, outStride, labels, index, 0, 0, rows, out));
        }

        private void regression() {
            sum += Kernels.REGRESSION.squaredError(y, outStride, loss, x, inStride, index, 0, targets, outStride, index,
                    0, w, bias, dW, dX, 0, rows, in, 1f, 1f / rows, scratch);
        }

        /// Targets without padding.
        private void regressionInOrder() {
            sum += Kernels.REGRESSION.squaredError(y, outStride, loss, x, inStride, MemorySegment.NULL, 0, targets, 1,
                    MemorySegment.NULL, 0, w, bias, dW, dX, 0, rows, in, 1f, 1f / rows, scratch);
        }

        private void regressionInPieces() {
            int n = Math.min(rows, RegressionKernels.PIECE_ROWS);
            Kernels.REGRESSION.errors(y, outStride, loss, x, inStride, index, 0, targets, outStride, index, 0, w, bias,
                    0,
                    n, in, 1f, 1f / rows, scratch);
            sum += Kernels.REGRESSION.addErrors(sum, loss, dX, 0, n, scratch);
            Kernels.REGRESSION.addGradient(x, inStride, index, 0, dW, 0, n, 0, in, scratch);
        }

        private Stream<Runnable> elements() {
            ElementKernels element = Kernels.ELEMENT;
            return Stream.of(() -> element.columnSums(dX, dY, outStride, 0, rows, out, false),
                    () -> element.columnSums(dX, dY, outStride, 0, rows, out, true),
                    () -> element.sgdStep(w, 0, dW, 0, (long) out * inStride, 1e-9f),
                    () -> element.scale(dW, (long) out * inStride, 0.5f),
                    () -> element.fill(dX, inStride, rows, in, 0f),
                    () -> Kernels.DATA.gather(dX, inStride, 0, x, inStride, index, 0, 0, rows, in),
                    () -> Kernels.DATA.widen(dX, inStride, 0, bytes, byteStride, index, 0, 0, rows, in, 1f / 255f));
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

    private KernelAllocationProgram() {
    }

    /// Fails if any shape takes bytes.
    public static void main(String[] args) {
        KernelCalls.tellKernels();
        assertNoBytes(10, 2, 1);
        assertNoBytes(16, 64, 10);
        assertNoBytes(32, 17, 20);
        assertNoBytes(33, 784, 10);
        assertNoBytes(21, 300, 1);
        assertNoBytes(13, 5, 3);
        assertNoBytes(40, 100, 33);
        assertNoBytes(1, 20, 3);
        assertNoBytes(10, 2, 1);
    }
}
