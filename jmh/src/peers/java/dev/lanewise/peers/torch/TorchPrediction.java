// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.torch;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;

/// Predictions of one row at a time, in inference mode.
final class TorchPrediction implements Work {
    private final TorchNet net;
    private final List<Tensor> rows = new ArrayList<>();

    TorchPrediction(Problem problem) {
        net = new TorchNet(problem);
        net.sequential.eval();
        Tensor features = Tensors.of(problem.features, problem.workload.rows(), problem.net.in());
        for (int r = 0; r < problem.workload.rows(); r++) {
            rows.add(features.narrow(0, r, 1));
        }
    }

    @Override
    public void reset() {
        // predictions change nothing
    }

    @Override
    public void repeat(int times) {
        try (InferenceMode mode = new InferenceMode()) {
            for (int i = 0; i < times; i++) {
                for (Tensor row : rows) {
                    net.sequential.forward(row).close();
                }
            }
        }
    }

    @Override
    public Evidence evidence() {
        List<float[]> outputs = new ArrayList<>();
        try (PointerScope scope = new PointerScope(); InferenceMode mode = new InferenceMode()) {
            for (Tensor row : rows) {
                outputs.add(Tensors.floats(net.sequential.forward(row)));
            }
        }
        return Evidence.of(new double[0], outputs);
    }

    @Override
    public void close() {
        rows.forEach(Tensor::close);
        net.close();
    }
}
