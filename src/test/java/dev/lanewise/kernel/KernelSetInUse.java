// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// The kernels that [Kernels] has chosen, as a set.
final class KernelSetInUse implements KernelSet {
    @Override
    public NarrowKernels narrow() {
        return Kernels.NARROW;
    }

    @Override
    public RegressionKernels regression() {
        return Kernels.REGRESSION;
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
    public ElementLossKernels elementLoss() {
        return Kernels.ELEMENT_LOSS;
    }

    @Override
    public ClassLossKernels classLoss() {
        return Kernels.CLASS_LOSS;
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
    public RooflineKernels roofline() {
        return Kernels.ROOFLINE;
    }

    @Override
    public String name() {
        return Kernels.active();
    }
}
