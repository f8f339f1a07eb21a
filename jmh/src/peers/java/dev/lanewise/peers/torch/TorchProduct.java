// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.torch;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import dev.lanewise.peers.Workload.Kind;
import java.util.List;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// One matrix product into memory that is there already.
final class TorchProduct implements Work {
    private final Tensor left;
    private final Tensor right;
    private final Tensor product;

    TorchProduct(Problem problem) {
        int rows = problem.workload.rows();
        int in = problem.net.in();
        int out = problem.net.out();
        Tensor x = Tensors.of(problem.features, rows, in);
        if (problem.workload.kind == Kind.FORWARD_PRODUCT) {
            left = x;
            right = Tensors.of(problem.weights[0], out, in).t();
            product = torch.empty(rows, out);
        } else {
            left = Tensors.of(problem.outputGradients(), rows, out).t();
            right = x;
            product = torch.empty(out, in);
        }
    }

    @Override
    public void reset() {
        // a product is the same each time
    }

    @Override
    public void repeat(int times) {
        try (InferenceMode mode = new InferenceMode()) {
            for (int i = 0; i < times; i++) {
                torch.mm_out(product, left, right).close();
            }
        }
    }

    @Override
    public Evidence evidence() {
        repeat(1);
        return Evidence.of(new double[0], List.of(Tensors.floats(product)));
    }

    @Override
    public void close() {
        left.close();
        right.close();
        product.close();
    }
}
