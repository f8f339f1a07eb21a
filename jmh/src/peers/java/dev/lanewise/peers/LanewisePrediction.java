// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.util.ArrayList;
import java.util.List;

/// Predictions of one row at a time, in evaluation mode.
final class LanewisePrediction implements Work {
    private final LanewiseNet net;
    private final FloatMatrix features;
    private final Rows row;

    LanewisePrediction(Problem problem, int threads) {
        net = new LanewiseNet(problem, threads);
        net.sequential.eval();
        features = FloatMatrix.copyOf(problem.features, problem.workload.rows(), problem.net.in());
        row = new Rows(features, 0, 1);
    }

    @Override
    public void reset() {
        // predictions change nothing
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            for (int r = 0; r < features.rows(); r++) {
                row.moveTo(r, 1);
                net.sequential.forward(row);
            }
        }
    }

    @Override
    public Evidence evidence() {
        List<float[]> outputs = new ArrayList<>();
        for (int r = 0; r < features.rows(); r++) {
            row.moveTo(r, 1);
            outputs.add(net.sequential.forward(row).matrix().row(0));
        }
        return Evidence.of(new double[0], outputs);
    }

    @Override
    public void close() {
        features.close();
        net.close();
    }
}
