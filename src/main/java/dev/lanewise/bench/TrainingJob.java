// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Steps of a trainer, epoch after epoch.
final class TrainingJob extends Job {
    private static final float LEARNING_RATE = 0.01f;
    private static final float MOMENTUM = 0.9f;

    private final Workload workload;
    private final int threads;
    private final Dataset data;
    private final Batches batches;
    private @Nullable Iterator<Batch> walk;
    private @Nullable Model model;

    /// What the first step makes, since that belongs to the time it takes to get under way.
    private record Model(Sequential net, Trainer trainer) {
        static Model of(Workload workload, int threads) {
            Sequential net = Job.net(workload, threads);
            LossFunction loss = workload.outputs() == 1 ? new MSELoss() : new CrossEntropyLoss();
            return new Model(net, new Trainer(net, loss, optimizer(workload, net)));
        }

        private static Optimizer optimizer(Workload workload, Sequential net) {
            return switch (workload.recipe()) {
                case SGD -> new SGD(net.parameters(), LEARNING_RATE);
                case DROPOUT_MOMENTUM -> new SGD(net.parameters(), LEARNING_RATE).momentum(MOMENTUM);
                case ADAM -> new Adam(net.parameters());
            };
        }
    }

    /// Training on so many rows of the workload's shape.
    TrainingJob(Workload workload, int rows, int batch, int threads) {
        this.workload = workload;
        this.threads = threads;
        this.data = MadeUpData.dataset(rows, workload.width(0), workload.outputs(), workload.bytes());
        this.batches = data.batches(batch);
        if (workload.shuffled()) {
            batches.shuffle(0);
        }
    }

    @Override
    void step() {
        model().trainer.trainStep(next());
    }

    /// What [#step] is defined as, call by call.
    void stepCallByCall() {
        Trainer trainer = model().trainer;
        trainer.zeroGrad();
        trainer.forward(next());
        trainer.backward();
        trainer.step();
    }

    Sequential net() {
        return model().net;
    }

    private Model model() {
        Model made = model;
        if (made == null) {
            made = Model.of(workload, threads);
            model = made;
        }
        return made;
    }

    private Batch next() {
        Iterator<Batch> epoch = walk;
        if (epoch == null || !epoch.hasNext()) {
            epoch = batches.iterator();
            walk = epoch;
        }
        return epoch.next();
    }

    @Override
    public void close() {
        if (model != null) {
            model.trainer.close();
            model.net.close();
        }
        batches.close();
        data.close();
    }
}
