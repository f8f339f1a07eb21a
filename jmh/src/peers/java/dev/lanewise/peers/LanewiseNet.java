// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.model.NamedTensor;
import dev.lanewise.model.StateDict;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/// The problem's layers with the problem's weights.
final class LanewiseNet implements AutoCloseable {
    final Sequential sequential;
    private final List<NamedTensor> initial;

    LanewiseNet(Problem problem, int threads) {
        int[] widths = problem.net.widths();
        List<Module> modules = new ArrayList<>();
        for (int l = 0; l < problem.net.layers(); l++) {
            if (l > 0) {
                modules.add(new ReLU());
                if (problem.net.dropout() > 0) {
                    modules.add(new Dropout(problem.net.dropout()));
                }
            }
            modules.add(new Linear(widths[l], widths[l + 1]));
        }
        sequential = new Sequential(modules.toArray(Module[]::new));
        sequential.threads(threads);
        initial = new ArrayList<>();
        int layer = 0;
        for (NamedTensor tensor : StateDict.of(sequential)) {
            boolean isWeight = tensor.name().endsWith("weight");
            int rows = isWeight ? widths[layer + 1] : 1;
            int cols = isWeight ? widths[layer] : widths[layer + 1];
            FloatMatrix values = FloatMatrix.copyOf(isWeight ? problem.weights[layer] : problem.biases[layer], rows,
                    cols);
            initial.add(isWeight
                    ? NamedTensor.matrix(tensor.name(), values)
                    : NamedTensor.vector(tensor.name(), values));
            layer += isWeight ? 0 : 1;
        }
        reset();
    }

    /// Back to the initial weights.
    void reset() {
        StateDict.load(sequential, initial);
        sequential.zeroGrad();
    }

    /// Weight and bias of each layer.
    List<float[]> parameters() {
        List<float[]> parameters = new ArrayList<>();
        for (NamedTensor tensor : StateDict.of(sequential)) {
            parameters.addAll(List.of(tensor.values().toArray()));
        }
        return parameters;
    }

    @Override
    public void close() {
        sequential.close();
        initial.forEach(tensor -> tensor.values().close());
    }
}
