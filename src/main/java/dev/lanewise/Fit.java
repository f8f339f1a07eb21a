// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.metrics.Classification;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Reduction;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Updater;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// Whole epochs: training, evaluation and prediction over a data set.
public final class Fit {
    /// Rows that evaluation takes at a time; the unit of the kernels' loss sums, so that the way of cutting cannot show.
    private static final int CHUNK_ROWS = 1024;

    private Fit() {
    }

    /// Trains `net` for one epoch over `data` with an optimizer.
    ///
    /// Loss and accuracy are those of each batch before its step. The loss is the mean of all single losses, whatever the
    /// reduction (a mean over a batch counts as often as the batch has losses). A loss with reduction NONE is
    /// back-propagated as its mean.
    ///
    /// **Throws** `IllegalArgumentException` if `data` has no batches, [DivergedException] at the first loss that is not
    /// finite.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Optimizer optimizer) {
        return trainEpoch(net, data, loss, optimizer, rows -> {
        });
    }

    /// As [#trainEpoch(Module, Batches, LossFunction, Optimizer)]; `progress` is told the rows done so far after each
    /// step.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Optimizer optimizer,
            LongConsumer progress) {
        net.train();
        EpochSums sums = new EpochSums(optimizer.learningRate());
        try (Trainer trainer = new Trainer(net, loss, optimizer)) {
            for (Batch batch : data) {
                trainer.trainStep(batch);
                sums.add(trainer.loss(), trainer.output(), batch.y());
                progress.accept(sums.rows);
            }
        }
        return sums.result();
    }

    /// Trains `net` for one epoch over `data` with an update rule of the user's, which is called with the rows of each
    /// batch after `backward` on the sum of its losses.
    ///
    /// **Throws** `IllegalArgumentException` if `data` has no batches or the loss is mean-reduced (an updater divides by
    /// the rows itself), [DivergedException] at the first loss that is not finite.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Updater updater) {
        if (loss.reduction() == Reduction.MEAN) {
            throw new IllegalArgumentException("Fit.trainEpoch: " + loss
                    + " is divided by the rows, and the updater divides again; use Reduction.NONE or SUM");
        }
        net.train();
        EpochSums sums = new EpochSums(0);
        for (Batch batch : data) {
            Output prediction = net.forward(batch.x());
            Loss computed = loss.of(prediction, batch.y());
            computed.sum().backward();
            updater.update(batch.size());
            sums.add(computed, prediction, batch.y());
        }
        return sums.result();
    }

    /// The share of rows of `data` that `net` predicts right, in evaluation mode.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateAccuracy(Module net, Dataset data) {
        boolean training = net.isTraining();
        net.eval();
        try {
            long right = 0;
            Rows x = new Rows(data.features(), 0, 0);
            Rows y = new Rows(data.targets(), 0, 0);
            for (int first = 0; first < data.rows(); first += CHUNK_ROWS) {
                int rows = Math.min(CHUNK_ROWS, data.rows() - first);
                x.moveTo(first, rows);
                y.moveTo(first, rows);
                right += Classification.accuracy(net.forward(x), y);
            }
            return (double) right / data.rows();
        } finally {
            restore(net, training);
        }
    }

    /// The mean loss of `net` over `data`, in evaluation mode: that of all rows at once, whatever the reduction.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateLoss(Module net, Dataset data, LossFunction loss) {
        boolean training = net.isTraining();
        net.eval();
        try {
            double sum = 0;
            long count = 0;
            Rows x = new Rows(data.features(), 0, 0);
            Rows y = new Rows(data.targets(), 0, 0);
            for (int first = 0; first < data.rows(); first += CHUNK_ROWS) {
                int rows = Math.min(CHUNK_ROWS, data.rows() - first);
                x.moveTo(first, rows);
                y.moveTo(first, rows);
                Loss computed = loss.of(net.forward(x), y);
                sum += computed.total();
                count += computed.size();
            }
            return sum / count;
        } finally {
            restore(net, training);
        }
    }

    /// The outputs of `net` for all rows of `features`, in evaluation mode: (rows, outFeatures), owned by the caller.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static FloatMatrix predict(Module net, Table features) {
        FloatMatrix predictions = FloatMatrix.allocate(features.rows(), net.outFeatures(features.cols()));
        boolean training = net.isTraining();
        net.eval();
        try {
            predict(predictions, net, features);
            return predictions;
        } catch (RuntimeException e) {
            predictions.close();
            throw e;
        } finally {
            restore(net, training);
        }
    }

    private static void predict(FloatMatrix predictions, Module net, Table features) {
        Rows x = new Rows(features, 0, 0);
        long rowBytes = (long) predictions.stride() * Float.BYTES;
        for (int first = 0; first < features.rows(); first += CHUNK_ROWS) {
            int rows = Math.min(CHUNK_ROWS, features.rows() - first);
            x.moveTo(first, rows);
            Output output = net.forward(x);
            MemorySegment.copy(output.matrix().segment(), 0, predictions.segment(), first * rowBytes, rows * rowBytes);
        }
    }

    private static void restore(Module net, boolean training) {
        if (training) {
            net.train();
        }
    }

    /// The running sums of an epoch.
    private static final class EpochSums {
        private final float learningRate;
        private double loss;
        private long losses;
        private double lastFiniteLoss = Double.NaN;
        private long right;
        private long rows;
        private long steps;

        EpochSums(float learningRate) {
            this.learningRate = learningRate;
        }

        void add(Loss batchLoss, Output prediction, Rows target) {
            double mean = batchLoss.total() / batchLoss.size();
            steps++;
            rows += batchLoss.rows();
            if (!Double.isFinite(mean)) {
                throw new DivergedException(steps, mean, lastFiniteLoss, learningRate);
            }
            lastFiniteLoss = mean;
            loss += batchLoss.total();
            losses += batchLoss.size();
            right += Classification.accuracy(prediction, target);
        }

        EpochResult result() {
            if (steps == 0) {
                throw new IllegalArgumentException("Fit.trainEpoch: the data has no batches, expected at least one");
            }
            return new EpochResult(loss / losses, (double) right / rows, rows, steps);
        }
    }
}
