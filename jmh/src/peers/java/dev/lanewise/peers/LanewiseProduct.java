// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Reduction;
import dev.lanewise.peers.Workload.Kind;
import java.util.List;

/// One matrix product: the forward pass of a layer without bias, or its `backward`, which makes the weight gradient.
final class LanewiseProduct implements Work {
    private final boolean isForward;
    private final FloatMatrix features;
    private final FloatMatrix targets;
    private final Linear layer;
    private final MSELoss loss = new MSELoss(Reduction.SUM);

    LanewiseProduct(Problem problem, int threads) {
        isForward = problem.workload.kind == Kind.FORWARD_PRODUCT;
        int rows = problem.workload.rows();
        int in = problem.net.in();
        int out = problem.net.out();
        features = FloatMatrix.copyOf(problem.features, rows, in);
        layer = new Linear(in, out, false);
        layer.threads(threads);
        targets = FloatMatrix.allocate(rows, out);
        float[] weights = isForward ? problem.weights[0] : new float[out * in];
        float[] row = new float[in];
        for (int r = 0; r < out; r++) {
            System.arraycopy(weights, r * in, row, 0, in);
            layer.weight().value().setRow(r, row);
        }
        // the outputs are 0, so that the gradient of the squared error is that of the problem
        float[] gradients = problem.outputGradients();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < out; c++) {
                targets.set(r, c, gradients[r * out + c] / -2);
            }
        }
    }

    @Override
    public void reset() {
        // a product is the same each time
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            layer.forward(features);
        }
    }

    @Override
    public long time(int times) {
        if (isForward) {
            return Work.super.time(times);
        }
        long nanos = 0;
        for (int i = 0; i < times; i++) {
            nanos += backward();
        }
        return nanos;
    }

    private long backward() {
        Output output = layer.forward(features);
        Loss sum = loss.of(output, targets);
        layer.zeroGrad();
        long start = System.nanoTime();
        sum.backward();
        return System.nanoTime() - start;
    }

    @Override
    public Evidence evidence() {
        if (isForward) {
            return Evidence.of(new double[0], List.of(layer.forward(features).matrix().toArray()));
        }
        backward();
        return Evidence.of(new double[0], List.of(layer.weight().grad().toArray()));
    }

    @Override
    public void close() {
        layer.close();
        features.close();
        targets.close();
    }
}
