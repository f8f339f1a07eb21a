// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// One implementation of every family of operations: the scalar specification, or vectors of one width. All sets give
/// the same bits.
public interface KernelSet {
    /// Linear layers of few outputs.
    NarrowKernels narrow();

    /// Linear regression with one output.
    RegressionKernels regression();

    /// Linear layers of many outputs.
    WideKernels wide();

    /// Losses and softmax.
    LossKernels loss();

    /// Losses of single outputs.
    ElementLossKernels elementLoss();

    /// Losses with class weights, ignored rows or margins.
    ClassLossKernels classLoss();

    /// Element-wise operations.
    ElementKernels element();

    /// Functions between layers.
    ActivationKernels activation();

    /// Functions between layers with exponentials in them.
    SmoothActivationKernels smoothActivation();

    /// Softmax as a layer.
    SoftmaxKernels softmax();

    /// Normalization of columns and rows.
    NormKernels norm();

    /// Optimizer steps.
    OptimizerKernels optimizer();

    /// Rows of a data set, brought together.
    DataKernels data();

    /// The machine's limits.
    RooflineKernels roofline();

    /// What runs, for reports: `scalar`, `simd-256 fma`, ...
    String name();
}
