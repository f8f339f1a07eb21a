// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.kernel.Kernels;

/// Lanewise, through its public API only.
final class LanewiseContender implements Contender {
    private final int threads;

    LanewiseContender(int threads) {
        this.threads = threads;
    }

    @Override
    public String version() {
        return "kernels " + Kernels.active();
    }

    @Override
    public Work open(Problem problem) {
        return switch (problem.workload.kind) {
            case TRAINING -> new LanewiseTraining(problem, threads);
            case PREDICTION -> new LanewisePrediction(problem, threads);
            case FORWARD_PRODUCT, GRADIENT_PRODUCT -> new LanewiseProduct(problem, threads);
        };
    }
}
