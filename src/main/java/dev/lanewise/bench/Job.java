// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import dev.lanewise.bench.Workload.Recipe;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/// A workload with its data in memory, ready to be timed.
abstract class Job implements AutoCloseable {
    /// Makes the data of `workload` and what there is of it before the first step.
    static Job open(Workload workload, int threads) {
        return switch (workload.kind()) {
            case TRAINING -> new TrainingJob(workload, workload.rows(), workload.batch(), threads);
            case PREDICTION -> new PredictionJob(workload, threads);
            case PRODUCT, GRADIENT_PRODUCT -> new ProductJob(workload, threads);
        };
    }

    /// The model of a workload, the same in every process.
    static Sequential net(Workload workload, int threads) {
        List<Module> modules = new ArrayList<>();
        for (int layer = 0; layer < workload.layers(); layer++) {
            modules.add(new Linear(workload.width(layer), workload.width(layer + 1)));
            if (layer + 1 < workload.layers()) {
                modules.add(new ReLU());
                if (workload.recipe() == Recipe.DROPOUT_MOMENTUM) {
                    modules.add(new Dropout(0.5f));
                }
            }
        }
        Sequential net = new Sequential(modules.toArray(Module[]::new)).init(0);
        net.threads(threads);
        return net;
    }

    /// Does one step: a batch, a row, a product.
    abstract void step();

    @Override
    public abstract void close();
}
