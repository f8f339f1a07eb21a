// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Contender;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import java.io.IOException;

/// OpenBLAS for the products and gradients by hand: what a specialist writes who needs no framework.
public final class BlasContender implements Contender {
    public BlasContender(int threads) {
        Blas.setThreads(threads);
    }

    @Override
    public String version() throws IOException {
        return Blas.configuration();
    }

    @Override
    public Work open(Problem problem) {
        return switch (problem.workload.kind) {
            case TRAINING -> problem.net.isRegression() ? new BlasRegression(problem) : new BlasTraining(problem);
            case PREDICTION -> new BlasPrediction(problem);
            case FORWARD_PRODUCT, GRADIENT_PRODUCT -> new BlasProduct(problem);
        };
    }
}
