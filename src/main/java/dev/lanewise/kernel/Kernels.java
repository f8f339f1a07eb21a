// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import dev.lanewise.kernel.simd.SimdKernels;

import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/// The kernels that run, chosen once: vectors if the VM has the vector module, vectors of at least 128 bits and fused
/// multiply-add in hardware, else the scalar specification. Property `lanewise.lanes` ([LaneChoice]) decides otherwise.
///
/// Every choice gives the same bits; it is a question of speed alone.
public final class Kernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final boolean HARDWARE_FMA = HardwareFma.present();
    private static final @Nullable String SCALAR_REASON = scalarReason(LaneChoice.requested());
    private static final KernelSet ACTIVE = choose();
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /// Linear layers of few outputs.
    public static final NarrowKernels NARROW = ACTIVE.narrow();
    /// Linear regression with one output.
    public static final RegressionKernels REGRESSION = ACTIVE.regression();
    /// Linear layers of many outputs.
    public static final WideKernels WIDE = ACTIVE.wide();
    /// Losses and softmax.
    public static final LossKernels LOSS = ACTIVE.loss();
    /// Losses of single outputs.
    public static final ElementLossKernels ELEMENT_LOSS = ACTIVE.elementLoss();
    /// Losses with class weights, ignored rows or margins.
    public static final ClassLossKernels CLASS_LOSS = ACTIVE.classLoss();
    /// Element-wise operations.
    public static final ElementKernels ELEMENT = ACTIVE.element();
    /// Functions between layers.
    public static final ActivationKernels ACTIVATION = ACTIVE.activation();
    /// Functions between layers with exponentials in them.
    public static final SmoothActivationKernels SMOOTH_ACTIVATION = ACTIVE.smoothActivation();
    /// Softmax as a layer.
    public static final SoftmaxKernels SOFTMAX = ACTIVE.softmax();
    /// Normalization of columns and rows.
    public static final NormKernels NORM = ACTIVE.norm();
    /// Optimizer steps.
    public static final OptimizerKernels OPTIMIZER = ACTIVE.optimizer();
    /// Rows of a data set, brought together.
    public static final DataKernels DATA = ACTIVE.data();
    /// The machine's limits.
    public static final RooflineKernels ROOFLINE = ACTIVE.roofline();

    private Kernels() {
    }

    /// What runs, for reports: `simd-512 fma`, `simd-256 fma`, `simd-128 fma`, or `scalar`.
    public static String active() {
        return ACTIVE.name();
    }

    /// Why scalar kernels run although nobody asked for them (cause and remedy), or null.
    public static @Nullable String scalarReason() {
        return SCALAR_REASON;
    }

    /// Logs, once, that scalar kernels run although nobody asked for them. Modules call it when they are first used and
    /// not this class when it is loaded, so that a program may ask for [#scalarReason] first and refuse to run.
    public static void warnIfSlow() {
        if (SCALAR_REASON != null && !WARNED.getAndSet(true)) {
            System.getLogger("dev.lanewise").log(Level.WARNING, "Lanewise takes scalar kernels, many times slower: {0}",
                    SCALAR_REASON);
        }
    }

    private static KernelSet choose() {
        return SCALAR_REASON != null || LaneChoice.requested() == 0 ? new ScalarKernels() : simd();
    }

    // a method of its own, so that SimdKernels is linked only where the vector module is known to be readable
    private static KernelSet simd() {
        return new SimdKernels(HARDWARE_FMA);
    }

    private static @Nullable String scalarReason(int requested) {
        if (requested == 0) {
            return null;
        }
        if (!vectorModuleReadable()) {
            return "the module " + VECTOR_MODULE + " is not readable; start java with --add-modules " + VECTOR_MODULE
                    + ", or accept scalar kernels with -Dlanewise.lanes=0";
        }
        if (requested != LaneChoice.AUTO) {
            return null;
        }
        if (!HARDWARE_FMA) {
            return "this VM has no hardware multiply-add (UseFMA is off); start java without -XX:-UseFMA and -XX:UseAVX=0"
                    + " on a processor with FMA, or accept scalar kernels with -Dlanewise.lanes=0";
        }
        return preferredBits() >= LaneChoice.MIN_BITS ? null
                : "the VM's vectors have " + preferredBits() + " bits, fewer than " + LaneChoice.MIN_BITS
                        + "; start java without -XX:MaxVectorSize, or accept scalar kernels with -Dlanewise.lanes=0";
    }

    private static int preferredBits() {
        return SimdKernels.preferredBits();
    }

    private static boolean vectorModuleReadable() {
        Module own = Kernels.class.getModule();
        ModuleLayer layer = Optional.ofNullable(own.getLayer()).orElse(ModuleLayer.boot());
        return layer.findModule(VECTOR_MODULE).filter(own::canRead).isPresent();
    }
}
