// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.ActivationKernels;
import dev.lanewise.kernel.ClassLossKernels;
import dev.lanewise.kernel.DataKernels;
import dev.lanewise.kernel.ElementKernels;
import dev.lanewise.kernel.ElementLossKernels;
import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.LossKernels;
import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.kernel.NormKernels;
import dev.lanewise.kernel.OptimizerKernels;
import dev.lanewise.kernel.RegressionKernels;
import dev.lanewise.kernel.RooflineKernels;
import dev.lanewise.kernel.SmoothActivationKernels;
import dev.lanewise.kernel.SoftmaxKernels;
import dev.lanewise.kernel.WideKernels;

/// The vector kernels of the width that [Lanes] has chosen.
public final class SimdKernels implements KernelSet {
    private final NarrowKernels narrow = new SimdNarrow();
    private final RegressionKernels regression = new SimdRegression();
    private final WideKernels wide = new SimdWide();
    private final LossKernels loss = new SimdLoss();
    private final ElementLossKernels elementLoss = new SimdElementLoss();
    private final ClassLossKernels classLoss = new SimdClassLoss();
    private final ElementKernels element = new SimdElement();
    private final ActivationKernels activation = new SimdActivation();
    private final SmoothActivationKernels smoothActivation = new SimdSmoothActivation();
    private final SoftmaxKernels softmax = new SimdSoftmax();
    private final NormKernels norm = new SimdNorm();
    private final OptimizerKernels optimizer = new SimdOptimizer();
    private final DataKernels data = new SimdData();
    private final RooflineKernels roofline = new SimdRoofline();
    private final String name;

    /// The kernels; `fma` says whether multiply-adds are in hardware, for the name only.
    public SimdKernels(boolean fma) {
        SegmentClasses.load();
        name = "simd-" + Lanes.BYTES * Byte.SIZE + (fma ? " fma" : "");
    }

    /// Bits of the vectors that this VM prefers on this machine.
    public static int preferredBits() {
        return Lanes.preferredBits();
    }

    @Override
    public NarrowKernels narrow() {
        return narrow;
    }

    @Override
    public RegressionKernels regression() {
        return regression;
    }

    @Override
    public WideKernels wide() {
        return wide;
    }

    @Override
    public LossKernels loss() {
        return loss;
    }

    @Override
    public ElementLossKernels elementLoss() {
        return elementLoss;
    }

    @Override
    public ClassLossKernels classLoss() {
        return classLoss;
    }

    @Override
    public ElementKernels element() {
        return element;
    }

    @Override
    public ActivationKernels activation() {
        return activation;
    }

    @Override
    public SmoothActivationKernels smoothActivation() {
        return smoothActivation;
    }

    @Override
    public SoftmaxKernels softmax() {
        return softmax;
    }

    @Override
    public NormKernels norm() {
        return norm;
    }

    @Override
    public OptimizerKernels optimizer() {
        return optimizer;
    }

    @Override
    public DataKernels data() {
        return data;
    }

    @Override
    public RooflineKernels roofline() {
        return roofline;
    }

    @Override
    public String name() {
        return name;
    }
}
