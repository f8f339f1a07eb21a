// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.util.List;

/// Training with `trainStep`, whose loss is always computed.
final class LanewiseTraining implements Work {
    private final Problem problem;
    private final LanewiseNet net;
    private final Dataset data;
    private final Batches batches;
    private final LossFunction loss;
    private Trainer trainer;

    LanewiseTraining(Problem problem, int threads) {
        this.problem = problem;
        net = new LanewiseNet(problem, threads);
        int rows = problem.workload.rows();
        int in = problem.net.in();
        data = problem.net.isRegression()
                ? Dataset.of(problem.features, rows, in, problem.targets)
                : Dataset.of(problem.features, rows, in, problem.labels);
        batches = data.batches(problem.workload.batching.size());
        if (problem.workload.batching.isShuffled()) {
            batches.shuffle(Problem.SEED);
        }
        loss = problem.net.isRegression() ? new MSELoss() : new CrossEntropyLoss();
        trainer = trainer();
    }

    private Trainer trainer() {
        Update update = problem.workload.update;
        Optimizer optimizer = switch (update.rule()) {
            case SGD -> new SGD(net.sequential.parameters(), update.learningRate());
            case MOMENTUM, ADAM -> throw new UnsupportedOperationException(update.toString());
        };
        return new Trainer(net.sequential, loss, optimizer);
    }

    @Override
    public void reset() {
        trainer.close();
        net.reset();
        trainer = trainer();
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            epoch();
        }
    }

    private double epoch() {
        double sum = 0;
        for (Batch batch : batches) {
            sum += trainer.trainStep(batch) * batch.size();
        }
        return sum / batches.rows();
    }

    @Override
    public Evidence evidence() {
        reset();
        batches.epoch(0);
        double[] losses = new double[Problem.COMPARED_EPOCHS];
        List<float[]> weights = List.of();
        for (int epoch = 0; epoch < losses.length; epoch++) {
            losses[epoch] = epoch();
            weights = epoch == 0 ? net.parameters() : weights;
        }
        return Evidence.of(losses, weights);
    }

    @Override
    public void close() {
        trainer.close();
        net.close();
        batches.close();
        data.close();
    }
}
