// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.util.Iterator;
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
        data = dataset(rows, problem.net.in());
        batches = data.batches(problem.workload.batching.size());
        if (problem.workload.batching.isShuffled()) {
            batches.shuffle(Problem.SEED);
        }
        loss = problem.net.isRegression() ? new MSELoss() : new CrossEntropyLoss();
        trainer = trainer();
    }

    private Dataset dataset(int rows, int in) {
        if (problem.bytes.length > 0) {
            return Dataset.of(ByteMatrix.copyOf(problem.bytes, rows, in, Problem.SCALE),
                    ClassLabels.copyOf(problem.labels), problem.net.out());
        }
        return problem.net.isRegression()
                ? Dataset.of(problem.features, rows, in, problem.targets)
                : Dataset.of(problem.features, rows, in, problem.labels);
    }

    private Trainer trainer() {
        Update update = problem.workload.update;
        Optimizer optimizer = switch (update.rule()) {
            case SGD -> new SGD(net.sequential.parameters(), update.learningRate());
            case MOMENTUM -> new SGD(net.sequential.parameters(), update.learningRate()).momentum(update.momentum());
            case ADAM -> new Adam(net.sequential.parameters(), update.learningRate());
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
        Iterator<Batch> first = batches.iterator();
        for (int step = 0; step < Problem.COMPARED_STEPS && first.hasNext(); step++) {
            trainer.trainStep(first.next());
        }
        List<float[]> weights = net.parameters();
        reset();
        batches.epoch(0);
        double[] losses = new double[Problem.COMPARED_EPOCHS];
        for (int epoch = 0; epoch < losses.length; epoch++) {
            losses[epoch] = epoch();
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
