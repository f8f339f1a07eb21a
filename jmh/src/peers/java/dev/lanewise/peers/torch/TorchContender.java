// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.torch;

import dev.lanewise.peers.Contender;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/// libtorch as its tutorials use it: modules, autograd and its own optimizers; data in memory, no DataLoader.
public final class TorchContender implements Contender {
    /// libtorch's matrix products are those of OpenBLAS, whose threads the environment sets.
    public TorchContender(int threads) {
        Loader.load(torch.class);
        torch.set_num_threads(threads);
        torch.set_num_interop_threads(1);
        torch.manual_seed(Problem.SEED);
    }

    @Override
    public String version() throws IOException {
        return "org.bytedeco:pytorch " + Loader.getVersion("org.bytedeco", "pytorch") + ", "
                + torch.get_cpu_capability().getString();
    }

    @Override
    public Work open(Problem problem) {
        return switch (problem.workload.kind) {
            case TRAINING -> new TorchTraining(problem);
            case PREDICTION -> new TorchPrediction(problem);
            case FORWARD_PRODUCT, GRADIENT_PRODUCT -> new TorchProduct(problem);
        };
    }
}
