// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.torch;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Update;
import dev.lanewise.peers.Work;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Training as in PyTorch's tutorials: zero_grad, forward, loss, backward, step.
///
/// Batches in order are views; shuffled ones are taken with index_select. Features are always floats: index_select on
/// bytes and a conversion for each batch take twice as long. The value of the loss is read only for the comparison.
final class TorchTraining implements Work {
    private final Problem problem;
    private final TorchNet net;
    private final Tensor features;
    private final Tensor targets;
    private final int rows;
    private final int batch;
    private Optimizer optimizer;

    TorchTraining(Problem problem) {
        this.problem = problem;
        this.rows = problem.workload.rows();
        this.batch = problem.workload.batching.size();
        this.net = new TorchNet(problem);
        this.features = Tensors.of(problem.features, rows, problem.net.in());
        this.targets = problem.net.isRegression()
                ? Tensors.of(problem.targets, rows, 1)
                : Tensors.of(problem.labels);
        this.optimizer = optimizer();
    }

    private Optimizer optimizer() {
        Update update = problem.workload.update;
        TensorVector parameters = net.sequential.parameters();
        if (update.rule() == Update.Rule.ADAM) {
            return new Adam(parameters, new AdamOptions(update.learningRate()));
        }
        SGDOptions options = new SGDOptions(update.learningRate());
        options.momentum().put(update.momentum());
        return new SGD(parameters, options);
    }

    @Override
    public void reset() {
        net.reset();
        optimizer.close();
        optimizer = optimizer();
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            epoch(problem.workload.batching.isShuffled() ? torch.randperm(rows) : null, rows, false);
        }
    }

    /// An epoch or its first `end` rows; the mean loss of the epoch, or 0 if nobody asks for it.
    private double epoch(@Nullable Tensor order, int end, boolean readsLoss) {
        double sum = 0;
        for (int first = 0; first < end; first += batch) {
            int count = Math.min(batch, rows - first);
            try (PointerScope scope = new PointerScope()) {
                Tensor loss = step(order, first, count);
                if (readsLoss) {
                    sum += (double) loss.item_float() * count;
                }
            }
        }
        if (order != null) {
            order.close();
        }
        return sum / rows;
    }

    private Tensor step(@Nullable Tensor order, int first, int count) {
        Tensor x;
        Tensor y;
        if (order == null) {
            x = features.narrow(0, first, count);
            y = targets.narrow(0, first, count);
        } else {
            Tensor index = order.narrow(0, first, count);
            x = features.index_select(0, index);
            y = targets.index_select(0, index);
        }
        optimizer.zero_grad();
        Tensor prediction = net.sequential.forward(x);
        Tensor loss = problem.net.isRegression()
                ? torch.mse_loss(prediction, y)
                : torch.cross_entropy(prediction, y);
        loss.backward();
        optimizer.step();
        return loss;
    }

    @Override
    public Evidence evidence() {
        reset();
        epoch(order(0), Math.min(rows, Problem.COMPARED_STEPS * batch), false);
        List<float[]> weights = net.parameters();
        reset();
        double[] losses = new double[Problem.COMPARED_EPOCHS];
        for (int epoch = 0; epoch < losses.length; epoch++) {
            losses[epoch] = epoch(order(epoch), rows, true);
        }
        return Evidence.of(losses, weights);
    }

    private @Nullable Tensor order(int epoch) {
        int[] order = problem.order(epoch);
        return order == null ? null : Tensors.of(order);
    }

    @Override
    public void close() {
        optimizer.close();
        net.close();
        features.close();
        targets.close();
    }
}
