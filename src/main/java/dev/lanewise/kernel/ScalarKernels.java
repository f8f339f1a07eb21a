// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// The scalar specification: plain Java that defines the result of every operation to the last bit.
///
/// It is oracle for the vector kernels, fallback where there are no vectors, and documentation: each operation reads
/// like its formula, in the order in which the terms are added.
public final class ScalarKernels implements KernelSet {
    private final NarrowKernels narrow = new ScalarNarrow();
    private final RegressionKernels regression = new ScalarRegression();
    private final WideKernels wide = new ScalarWide();
    private final LossKernels loss = new ScalarLoss();
    private final ElementLossKernels elementLoss = new ScalarElementLoss();
    private final ClassLossKernels classLoss = new ScalarClassLoss();
    private final ElementKernels element = new ScalarElement();
    private final ActivationKernels activation = new ScalarActivation();
    private final SmoothActivationKernels smoothActivation = new ScalarSmoothActivation();
    private final SoftmaxKernels softmax = new ScalarSoftmax();
    private final NormKernels norm = new ScalarNorm();
    private final OptimizerKernels optimizer = new ScalarOptimizer();
    private final DataKernels data = new ScalarData();
    private final RooflineKernels roofline = new ScalarRoofline();

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
        return "scalar";
    }
}
