// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.metrics.Accumulator;
import dev.lanewise.metrics.Classification;
import dev.lanewise.nn.Identity;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.StepCheck;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Updater;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whole epochs: training, evaluation and prediction over a data set.
public final class Fit {
    /// Rows that evaluation takes at a time; the unit of the kernels' loss sums, so that the way of cutting cannot
    /// show.
    private static final int CHUNK_ROWS = 1024;

    private Fit() {
    }

    /// Trains `net` for one epoch over `data` with an optimizer.
    ///
    /// Loss and accuracy are those of each batch before its step. The loss is the mean of all single losses, whatever
    /// the reduction (a mean over a batch counts as often as the batch has losses). A loss with reduction NONE is
    /// back-propagated as its mean.
    ///
    /// **Throws** `IllegalArgumentException` if `data` has no batches, [DivergedException] at the first loss that is
    /// not finite, before it changes the parameters.
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
                sums.target = batch.y();
                trainer.trainStep(batch.x(), batch.y(), sums);
                progress.accept(sums.rows);
            }
        }
        return sums.result();
    }

    /// Trains `net` for one epoch over `data` with an update rule of the user's, which is called with the rows of each
    /// batch after `backward` on the sum of its losses.
    ///
    /// **Throws** `IllegalArgumentException` if `data` has no batches or the loss is mean-reduced (an updater divides
    /// by the rows itself), [DivergedException] at the first loss that is not finite.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Updater updater) {
        if (loss.reduction() == Reduction.MEAN) {
            throw new IllegalArgumentException("Fit.trainEpoch: " + loss
                    + " is divided by the rows, and the updater divides again; use Reduction.NONE or SUM");
        }
        net.train();
        EpochSums sums = new EpochSums(0);
        for (Batch batch : data) {
            Loss computed = loss.of(net.forward(batch.x()), batch.y());
            sums.target = batch.y();
            sums.check(computed);
            computed.sum().backward();
            updater.update(batch.size());
        }
        return sums.result();
    }

    /// The share of rows of `data` that `net` predicts right, in evaluation mode.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateAccuracy(Module net, Dataset data) {
        return inEvaluation(net, () -> accuracy(net::forward, data));
    }

    private static double accuracy(Forward model, Dataset data) {
        Accumulator right = new Accumulator(1);
        Rows y = new Rows(data.targets(), 0, 0);
        forEachChunk(model, data.features(), (output, first, rows) -> {
            y.moveTo(first, rows);
            right.add((double) countRight(output, y));
        });
        return right.get(0) / data.rows();
    }

    /// The mean loss of `net` over `data`, in evaluation mode: that of all rows at once, whatever the reduction.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateLoss(Module net, Dataset data, LossFunction loss) {
        return inEvaluation(net, () -> meanLoss(net::forward, data, loss));
    }

    private static double meanLoss(Forward model, Dataset data, LossFunction loss) {
        Accumulator sums = new Accumulator(2); // losses, and how many
        Rows y = new Rows(data.targets(), 0, 0);
        forEachChunk(model, data.features(), (output, first, rows) -> {
            y.moveTo(first, rows);
            Loss computed = loss.of(output, y);
            sums.add(computed.total(), (double) computed.size());
        });
        return sums.get(0) / sums.get(1);
    }

    /// The share of rows of `data` that a plain function predicts right.
    ///
    /// It is given up to 1024 rows at a time, one part after the other, and returns their outputs in rows of floats:
    /// `x -> net.forward(x)`, or values of its own. Nobody switches any module to evaluation mode for it.
    ///
    /// **Throws** `IllegalArgumentException` if it returns another number of rows, or shapes do not fit.
    public static double evaluateAccuracy(Function<? super Rows, ? extends Rows> model, Dataset data) {
        try (Identity outputs = new Identity()) {
            return accuracy(features -> outputs.forward(apply(model, features)), data);
        }
    }

    /// The mean loss of a plain function over `data`: that of all rows at once, whatever the reduction.
    ///
    /// **Throws** as [#evaluateAccuracy(Function, Dataset)].
    public static double evaluateLoss(Function<? super Rows, ? extends Rows> model, Dataset data, LossFunction loss) {
        try (Identity outputs = new Identity()) {
            return meanLoss(features -> outputs.forward(apply(model, features)), data, loss);
        }
    }

    private static Rows apply(Function<? super Rows, ? extends Rows> model, Rows x) {
        Rows outputs = model.apply(x);
        if (outputs.count() != x.count()) {
            throw new IllegalArgumentException("Fit: the function returned " + outputs.count() + " rows for "
                    + x.count() + ", expected as many");
        }
        return outputs;
    }

    /// The outputs of `net` for all rows of `features`, in evaluation mode: (rows, outFeatures), owned by the caller.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static FloatMatrix predict(Module net, Table features) {
        FloatMatrix predictions = FloatMatrix.allocate(features.rows(), net.outFeatures(features.cols()));
        long rowBytes = (long) predictions.stride() * Float.BYTES;
        try {
            return inEvaluation(net, () -> {
                forEachChunk(net::forward, features, (output, first, rows) -> MemorySegment.copy(
                        output.matrix().segment(), 0, predictions.segment(), first * rowBytes, rows * rowBytes));
                return predictions;
            });
        } catch (RuntimeException e) {
            predictions.close();
            throw e;
        }
    }

    /// The probabilities of the classes for all rows of `features`, in evaluation mode: the softmax of [#predict].
    ///
    /// **Shape**: (rows, classes), owned by the caller. **Throws** `IllegalArgumentException` if shapes do not fit.
    public static FloatMatrix predictProbabilities(Module net, Table features) {
        FloatMatrix values = predict(net, features);
        Kernels.LOSS.softmax(values.segment(), values.segment(), values.stride(), values.rows(), values.cols());
        return values;
    }

    /// [Classification#accuracy] with the kernel for class labels, which every epoch asks for.
    private static long countRight(Output predictions, Rows targets) {
        if (predictions.cols() == 1 || !(targets.table() instanceof ClassLabels labels)) {
            return Classification.accuracy(predictions, targets);
        }
        FloatMatrix logits = predictions.matrix();
        return Kernels.LOSS.countCorrect(logits.segment(), logits.stride(), labels.segment(), targets.index(),
                targets.first(), 0, predictions.count(), predictions.cols());
    }

    /// What is done with the outputs of the rows `first .. first + rows - 1`, which are overwritten by the next ones.
    private interface ChunkConsumer {
        void accept(Output output, int first, int rows);
    }

    /// A model, or a function and what makes an [Output] of its values.
    private interface Forward {
        Output of(Rows x);
    }

    /// Hands all rows of `features` to `model`, some at a time.
    private static void forEachChunk(Forward model, Table features, ChunkConsumer consumer) {
        Rows x = new Rows(features, 0, 0);
        int rows;
        for (int first = 0; first < features.rows(); first += rows) {
            rows = Math.min(CHUNK_ROWS, features.rows() - first);
            x.moveTo(first, rows);
            consumer.accept(model.of(x), first, rows);
        }
    }

    /// Does `work` while `net` is in evaluation mode; the mode is then as it was.
    private static <T> T inEvaluation(Module net, Supplier<T> work) {
        boolean training = net.isTraining();
        net.eval();
        try {
            return work.get();
        } finally {
            if (training) {
                net.train();
            }
        }
    }

    /// The running sums of an epoch.
    private static final class EpochSums implements StepCheck {
        private final float learningRate;
        private double loss;
        private long losses;
        private double lastFiniteLoss = Double.NaN;
        private long right;
        private long rows;
        private long steps;
        private @Nullable Rows target;

        EpochSums(float learningRate) {
            this.learningRate = learningRate;
        }

        /// Before the step: NaN shall not reach the parameters.
        @Override
        public void check(Loss batchLoss) {
            double mean = batchLoss.total() / batchLoss.size();
            steps++;
            rows += batchLoss.rows();
            if (!Double.isFinite(mean)) {
                throw new DivergedException(steps, mean, lastFiniteLoss, learningRate);
            }
            lastFiniteLoss = mean;
            loss += batchLoss.total();
            losses += batchLoss.size();
            right += countRight(batchLoss.prediction(), Objects.requireNonNull(target));
        }

        EpochResult result() {
            if (steps == 0) {
                throw new IllegalArgumentException("Fit.trainEpoch: the data has no batches, expected at least one");
            }
            return new EpochResult(loss / losses, (double) right / rows, rows, steps);
        }
    }
}
