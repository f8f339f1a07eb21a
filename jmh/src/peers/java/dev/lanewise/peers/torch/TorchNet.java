// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.torch;

import dev.lanewise.peers.Problem;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DropoutImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ReLUImpl;
import org.bytedeco.pytorch.SequentialImpl;
import org.bytedeco.pytorch.Tensor;

/// `nn::Sequential` of the problem's layers.
final class TorchNet implements AutoCloseable {
    final SequentialImpl sequential = new SequentialImpl();
    private final List<LinearImpl> layers = new ArrayList<>();
    private final List<Tensor> initial = new ArrayList<>();

    TorchNet(Problem problem) {
        int[] widths = problem.net.widths();
        for (int l = 0; l < problem.net.layers(); l++) {
            if (l > 0) {
                sequential.push_back(new ReLUImpl());
                if (problem.net.dropout() > 0) {
                    sequential.push_back(new DropoutImpl(problem.net.dropout()));
                }
            }
            LinearImpl layer = new LinearImpl(widths[l], widths[l + 1]);
            layers.add(layer);
            sequential.push_back(layer);
            initial.add(Tensors.of(problem.weights[l], widths[l + 1], widths[l]));
            initial.add(Tensors.of(problem.biases[l], widths[l + 1]));
        }
        reset();
    }

    /// Back to the initial weights, without gradients.
    void reset() {
        try (NoGradGuard guard = new NoGradGuard()) {
            for (int l = 0; l < layers.size(); l++) {
                layers.get(l).weight().copy_(initial.get(2 * l));
                layers.get(l).bias().copy_(initial.get(2 * l + 1));
            }
        }
        sequential.zero_grad(true);
    }

    /// Weight and bias of each layer.
    List<float[]> parameters() {
        List<float[]> parameters = new ArrayList<>();
        for (LinearImpl layer : layers) {
            parameters.add(Tensors.floats(layer.weight()));
            parameters.add(Tensors.floats(layer.bias()));
        }
        return parameters;
    }

    @Override
    public void close() {
        initial.forEach(Tensor::close);
        layers.forEach(LinearImpl::close);
        sequential.close();
    }
}
