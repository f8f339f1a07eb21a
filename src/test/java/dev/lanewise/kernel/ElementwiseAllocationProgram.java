// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Activations and optimizers allocate nothing once compiled, whatever shapes have run before.
/// A program that [KernelAllocationIT] starts in a JVM of its own.
public final class ElementwiseAllocationProgram {

    /// The memory is small and read over and over, so that values stay finite or do not matter.
    private static Stream<Runnable> activations(MemorySegment a, MemorySegment b, MemorySegment c, int stride, int rows,
            int cols) {
        ActivationKernels activation = Kernels.ACTIVATION;
        return Stream.of(() -> activation.relu(b, a, stride, 0, rows, cols),
                () -> activation.reluGradient(c, a, b, stride, 0, rows, cols),
                () -> activation.tanh(b, a, stride, 0, rows, cols),
                () -> activation.tanhGradient(c, a, b, stride, 0, rows, cols),
                () -> activation.sigmoid(b, a, stride, 0, rows, cols),
                () -> activation.sigmoidGradient(c, a, b, stride, 0, rows, cols),
                () -> activation.dropout(c, a, stride, 0, rows, cols, 7, 0.5f),
                () -> activation.leakyRelu(b, a, stride, 0, rows, cols, 0.01f),
                () -> activation.leakyReluGradient(c, a, a, stride, 0, rows, cols, 0.01f),
                () -> activation.hardtanh(b, a, stride, 0, rows, cols, -1f, 1f),
                () -> activation.hardtanhGradient(c, a, b, stride, 0, rows, cols, -1f, 1f));
    }

    private static Stream<Runnable> smooth(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d,
            int stride,
            int rows, int cols) {
        SmoothActivationKernels smooth = Kernels.SMOOTH_ACTIVATION;
        SoftmaxKernels softmax = Kernels.SOFTMAX;
        return Stream.of(() -> smooth.gate(b, a, stride, 0, rows, cols, 1, 0.07),
                () -> smooth.gateGradient(c, a, a, stride, 0, rows, cols, 1, 0.07),
                () -> smooth.gelu(b, a, stride, 0, rows, cols),
                () -> smooth.geluGradient(c, a, a, stride, 0, rows, cols),
                () -> smooth.elu(b, a, stride, 0, rows, cols, 1, 1),
                () -> smooth.eluGradient(c, a, a, stride, 0, rows, cols, 1, 1),
                () -> smooth.softplus(b, a, stride, 0, rows, cols, 1, 20),
                () -> smooth.softplusGradient(c, a, a, stride, 0, rows, cols, 1, 20),
                () -> smooth.mish(b, a, stride, 0, rows, cols),
                () -> smooth.mishGradient(c, a, a, stride, 0, rows, cols),
                () -> softmax.softmax(b, a, stride, 0, rows, cols),
                () -> softmax.softmaxGradient(c, a, b, stride, 0, rows, cols),
                () -> softmax.logSoftmax(b, a, d, stride, 0, rows, cols),
                () -> softmax.logSoftmaxGradient(c, a, b, d, stride, 0, rows, cols));
    }

    private static Stream<Runnable> decayed(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d,
            MemorySegment e, long n, float decay) {
        OptimizerKernels optimizer = Kernels.OPTIMIZER;
        return Stream.of(() -> optimizer.sgdDecayStep(b, 0, a, 0, n, 1e-3f, decay, 1f),
                () -> optimizer.sgdMomentumStep(b, c, 0, a, 0, n, 1e-3f, 0.9f, 1f, decay, 1f),
                () -> optimizer.sgdNesterovStep(b, c, 0, a, 0, n, 1e-3f, 0.9f, decay, -1f),
                () -> optimizer.adamStep(b, c, d, 0, a, 0, n, 1e-3f, 1f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, decay, 0f,
                        1f),
                () -> optimizer.adamStep(b, c, d, 0, a, 0, n, 1e-3f, 1f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0f, decay,
                        1f),
                () -> optimizer.amsgradStep(b, c, d, e, 0, a, 0, n, 1e-3f, 1f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, decay,
                        0f, 1f),
                () -> optimizer.amsgradStep(b, c, d, e, 0, a, 0, n, 1e-3f, 1f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0f,
                        decay, 1f));
    }

    private static Stream<Runnable> steps(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d,
            MemorySegment e, long n) {
        OptimizerKernels optimizer = Kernels.OPTIMIZER;
        return Stream.of(() -> optimizer.rmspropStep(b, c, 0, a, 0, n, 1e-3f, 0.9f, 0.1f, 1e-8f, 0f, 1f),
                () -> optimizer.rmspropMomentumStep(b, c, d, 0, a, 0, n, 1e-3f, 0.9f, 0.9f, 0.1f, 1e-8f, 0f, 1f),
                () -> optimizer.centeredStep(b, c, d, 0, a, 0, n, 1e-3f, 0.9f, 0.1f, 1e-8f, 0f, 1f),
                () -> optimizer.centeredMomentumStep(b, c, d, e, 0, a, 0, n, 1e-3f, 0.9f, 0.9f, 0.1f, 1e-8f, 0f, 1f),
                () -> optimizer.adagradStep(b, c, 0, a, 0, n, 1e-3f, 1e-10f, 0f, 1f),
                () -> optimizer.clamp(c, 0, n, 1f), () -> optimizer.average(c, b, n, 0.1f),
                () -> optimizer.addSquares(e, a, n));
    }

    private static void assertNoBytes(int rows, int cols) {
        int stride = LinearCase.padded(cols);
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "ElementwiseAllocationProgram", rows, cols);
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment a = memory.matrix(Floats.mixed(random, rows * cols), rows, cols, stride, 0f);
            MemorySegment b = memory.floats((long) rows * stride);
            MemorySegment c = memory.floats((long) rows * stride);
            MemorySegment d = memory.floats(Math.max((long) rows * stride, SoftmaxKernels.scratchFloats(stride)));
            MemorySegment e = memory.floats(Math.max(32, (long) rows * stride));
            long n = (long) rows * stride;
            KernelCalls.assertNoBytes(rows + " rows, " + cols + " columns",
                    Stream.of(activations(a, b, c, stride, rows, cols), smooth(a, b, c, d, stride, rows, cols),
                            decayed(a, b, c, d, e, n, 0f), decayed(a, b, c, d, e, n, 1e-3f), steps(a, b, c, d, e, n))
                            .flatMap(calls -> calls).toArray(Runnable[]::new));
            memory.assertGuardsIntact("allocation test");
        }
    }

    private ElementwiseAllocationProgram() {
    }

    /// Fails if any shape takes bytes.
    public static void main(String[] args) {
        KernelCalls.tellKernels();
        assertNoBytes(32, 256);
        assertNoBytes(1, 10);
        assertNoBytes(10, 17);
        assertNoBytes(32, 256);
    }
}
