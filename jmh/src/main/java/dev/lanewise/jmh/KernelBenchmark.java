// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.ActivationKernels;
import dev.lanewise.kernel.ClassLossKernels;
import dev.lanewise.kernel.DataKernels;
import dev.lanewise.kernel.ElementKernels;
import dev.lanewise.kernel.ElementLossKernels;
import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LossKernels;
import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.kernel.NormKernels;
import dev.lanewise.kernel.OptimizerKernels;
import dev.lanewise.kernel.RegressionKernels;
import dev.lanewise.kernel.RooflineKernels;
import dev.lanewise.kernel.SmoothActivationKernels;
import dev.lanewise.kernel.SoftmaxKernels;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Param;

/// A benchmark of kernels: the scalar specification against the vector kernels that the library has chosen.
///
/// An operation is written once, as a method that takes the kernels to use; the gate and the timed method both call it.
public abstract class KernelBenchmark extends GatedBenchmark {
    @Param({"scalar", "simd"})
    public String kernels;

    /// What is timed.
    KernelSet contender;
    private String timed;
    private boolean compared;

    /// Makes what the kernels work on.
    abstract void allocate();

    /// Calls [#requireEqualBits] for every operation of the class, by the name of its timed method.
    abstract void compare();

    @Override
    final void prepare() {
        contender = switch (kernels) {
            case "scalar" -> SPECIFICATION;
            case "simd" -> new ChosenKernels();
            default -> throw new IllegalArgumentException("kernels=" + kernels + " given, expected scalar or simd");
        };
        if (kernels.equals("simd") && !Kernels.active().startsWith("simd")) {
            throw new IllegalStateException("kernels=simd given, but the library has chosen " + Kernels.active()
                    + "; leave out -Dlanewise.lanes=0, or measure -p kernels=scalar alone");
        }
        allocate();
    }

    @Override
    final void gate(String method) {
        if (contender == SPECIFICATION) {
            return;
        }
        timed = method;
        compare();
        if (!compared) {
            throw new IllegalStateException(
                    method + " is timed, but nothing compares its bits; call requireEqualBits(\"" + method
                            + "\", ...)");
        }
    }

    /// Runs `operation` with the scalar specification and with the contender, both from the present contents of
    /// `outputs`, and compares all bytes of these, padding included. In the end the contents are the present ones
    /// again. Does nothing for an operation that is not the one to be timed: it has its turn.
    final void requireEqualBits(String operation, Consumer<KernelSet> call, MemorySegment... outputs) {
        if (!operation.equals(timed)) {
            return;
        }
        compared = true;
        try (Arena copies = Arena.ofShared()) {
            MemorySegment[] before = copy(outputs, copies);
            call.accept(SPECIFICATION);
            MemorySegment[] expected = copy(outputs, copies);
            restore(outputs, before);
            call.accept(contender);
            for (int i = 0; i < outputs.length; i++) {
                requireEqualBits(operation + ": output " + i + " of " + Kernels.active(), outputs[i], expected[i]);
            }
            restore(outputs, before);
        }
    }

    private static MemorySegment[] copy(MemorySegment[] segments, Arena arena) {
        MemorySegment[] copies = new MemorySegment[segments.length];
        for (int i = 0; i < segments.length; i++) {
            copies[i] = arena.allocate(segments[i].byteSize()).copyFrom(segments[i]);
        }
        return copies;
    }

    private static void restore(MemorySegment[] segments, MemorySegment[] before) {
        for (int i = 0; i < segments.length; i++) {
            segments[i].copyFrom(before[i]);
        }
    }

    /// The kernels behind the constants that the library itself calls.
    private record ChosenKernels() implements KernelSet {
        @Override
        public NarrowKernels narrow() {
            return Kernels.NARROW;
        }

        @Override
        public WideKernels wide() {
            return Kernels.WIDE;
        }

        @Override
        public LossKernels loss() {
            return Kernels.LOSS;
        }

        @Override
        public ElementKernels element() {
            return Kernels.ELEMENT;
        }

        @Override
        public ActivationKernels activation() {
            return Kernels.ACTIVATION;
        }

        @Override
        public ElementLossKernels elementLoss() {
            return Kernels.ELEMENT_LOSS;
        }

        @Override
        public ClassLossKernels classLoss() {
            return Kernels.CLASS_LOSS;
        }

        @Override
        public SmoothActivationKernels smoothActivation() {
            return Kernels.SMOOTH_ACTIVATION;
        }

        @Override
        public SoftmaxKernels softmax() {
            return Kernels.SOFTMAX;
        }

        @Override
        public NormKernels norm() {
            return Kernels.NORM;
        }

        @Override
        public OptimizerKernels optimizer() {
            return Kernels.OPTIMIZER;
        }

        @Override
        public DataKernels data() {
            return Kernels.DATA;
        }

        @Override
        public RegressionKernels regression() {
            return Kernels.REGRESSION;
        }

        @Override
        public RooflineKernels roofline() {
            return Kernels.ROOFLINE;
        }

        @Override
        public String name() {
            return Kernels.active();
        }
    }
}
