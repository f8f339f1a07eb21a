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
import dev.lanewise.nn.Identity;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Reduction;
import dev.lanewise.optim.NonFiniteGradientException;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Updater;
import dev.lanewise.schedule.LRScheduler;
import dev.lanewise.schedule.ReduceLROnPlateau;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whole epochs: training, evaluation and prediction over a data set.
///
/// The static methods do one thing each. For many epochs with schedules, validation, early stopping and listeners:
///
/// ```java
/// FitResult result = new Fit(net, loss, optimizer)
///         .schedule(new CosineAnnealingLR(optimizer, 50), Every.EPOCH)
///         .validation(validationRows)
///         .earlyStopping(new EarlyStopping(Monitor.VALIDATION_LOSS).patience(5))
///         .run(trainingRows.batches(256).shuffle(0), 50);
/// ```
///
/// **Threads**: one at a time.
public final class Fit {
    /// Rows that evaluation takes at a time; the unit of the kernels' loss sums, so that the way of cutting cannot
    /// show.
    public static final int CHUNK_ROWS = 1024;

    private final Module net;
    private final LossFunction loss;
    private final Optimizer optimizer;
    private final List<LRScheduler> stepSchedules = new ArrayList<>();
    private final List<LRScheduler> epochSchedules = new ArrayList<>();
    private final Map<ReduceLROnPlateau, Monitor> plateaus = new LinkedHashMap<>();
    private final List<FitListener> listeners = new ArrayList<>();
    private List<String> featureNames = List.of();
    private @Nullable Dataset validation;
    private @Nullable EarlyStopping earlyStopping;

    /// Training of `net` with a loss and an optimizer; a loss with reduction NONE is back-propagated as its mean.
    public Fit(Module net, LossFunction loss, Optimizer optimizer) {
        this.net = net;
        this.loss = loss;
        this.optimizer = optimizer;
    }

    /// Steps `schedule` after every step of the optimizer or every epoch; several schedules are stepped in this order.
    ///
    /// **Throws** `IllegalArgumentException` if it is of another optimizer.
    public Fit schedule(LRScheduler schedule, Every every) {
        requireSame(schedule, schedule.optimizer());
        (every == Every.STEP ? stepSchedules : epochSchedules).add(schedule);
        return this;
    }

    /// Tells `schedule` after every epoch what `monitor` says.
    ///
    /// **Throws** `IllegalArgumentException` if it is of another optimizer.
    public Fit schedule(ReduceLROnPlateau schedule, Monitor monitor) {
        requireSame(schedule, schedule.optimizer());
        plateaus.put(schedule, monitor);
        return this;
    }

    private void requireSame(Object schedule, Optimizer its) {
        if (!its.equals(optimizer)) {
            throw new IllegalArgumentException(
                    "Fit.schedule: " + schedule + " is of another optimizer, " + its + ", expected one made of the "
                            + optimizer + " that trains");
        }
    }

    /// Evaluates the module on these rows after every epoch.
    public Fit validation(Dataset rows) {
        validation = rows;
        return this;
    }

    /// Stops when a value no longer improves.
    public Fit earlyStopping(EarlyStopping stopping) {
        earlyStopping = stopping;
        return this;
    }

    /// Adds one that is told how training comes on.
    public Fit listener(FitListener listener) {
        listeners.add(listener);
        return this;
    }

    /// Names the features, for messages; [#run] wants as many as there are, or none.
    public Fit featureNames(List<String> names) {
        featureNames = List.copyOf(names);
        return this;
    }

    /// Trains for `epochs` more epochs of `data`, whose number counts on from [Batches#epoch].
    ///
    /// After each epoch, in this order: validation, schedules, early stopping, listeners; so a listener may save a
    /// [dev.lanewise.model.Checkpoint]. Resumed within an epoch, the first report is that of the rest. A module in
    /// evaluation mode is put into training mode; in one that is in training mode already, parts keep the mode that they
    /// have.
    ///
    /// **Throws** `IllegalArgumentException` if `epochs` is less than 1, or features are named but not each of them,
    /// `IllegalStateException` if something goes by validation and there is none, [DivergedException] when a loss, the
    /// norm of gradients that is clipped, or a parameter is no longer finite; and what listeners and schedules throw.
    /// The module can be used after any of them. After a [DivergedException], or arguments that a loss refuses, it is
    /// in the best state if early stopping has kept one, else as the last step has left it; the optimizer's state is
    /// that of the last step in any case.
    public FitResult run(Batches data, int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("Fit.run: epochs is " + epochs + ", expected at least 1");
        }
        if (!featureNames.isEmpty() && featureNames.size() != data.cols()) {
            throw new IllegalArgumentException("Fit.run: featureNames has " + featureNames.size()
                    + " names, expected one for each of the " + data.cols() + " features, or none");
        }
        requireValidation();
        FitProgress progress = new FitProgress();
        List<EpochReport> reports = new ArrayList<>();
        int restored = 0;
        boolean before = optimizer.errorIfNonfinite();
        optimizer.errorIfNonfinite(true);
        EarlyStopping stopping = earlyStopping == null ? null : earlyStopping.begin(net);
        try (Trainer trainer = new Trainer(net, loss, optimizer)) {
            boolean over = false;
            while (!over && reports.size() < epochs && begins(data, progress)) {
                EpochReport report = epoch(trainer, data, progress);
                reports.add(report);
                over = (stopping != null && stopping.isOver()) || progress.isStopped();
            }
            restored = stopping == null ? 0 : stopping.restore();
        } catch (DivergedException | IllegalArgumentException e) {
            if (stopping != null) { // all that the epochs before have learnt would be lost with it
                stopping.restore();
            }
            throw e;
        } finally {
            optimizer.errorIfNonfinite(before);
        }
        return new FitResult(reports, reports.size() < epochs || progress.isStopped(), restored);
    }

    private void requireValidation() {
        boolean needed = earlyStopping != null && earlyStopping.monitor().needsValidation();
        for (Monitor monitor : plateaus.values()) {
            needed |= monitor.needsValidation();
        }
        if (needed && validation == null) {
            throw new IllegalStateException(
                    "Fit.run: something goes by validation, but there are no rows for it; call validation(rows) first");
        }
    }

    private boolean begins(Batches data, FitProgress progress) {
        progress.beginEpoch(data.epoch() + 1, optimizer.learningRate());
        listeners.forEach(listener -> listener.epochBegin(progress));
        return !progress.isStopped();
    }

    /// Tells early stopping, which keeps the state of the module if it is the best so far.
    private void observe(EpochReport report) {
        if (earlyStopping != null && earlyStopping.observe(report)) {
            earlyStopping.keep(net);
        }
    }

    private EpochReport epoch(Trainer trainer, Batches data, FitProgress progress) {
        EpochSums sums = new EpochSums(progress.epoch(), loss);
        beginTraining(net);
        Iterator<Batch> batches = data.iterator();
        Batch batch = null; // none if training goes on behind the last one of an epoch
        while (batches.hasNext() && !progress.isStopped()) {
            batch = batches.next();
            step(trainer, batch, sums);
            progress.endStep(sums, optimizer.learningRate());
            if (optimizer.gathered() == 0) {
                for (int i = 0; i < stepSchedules.size(); i++) { // an iterator would be an object in every step
                    stepSchedules.get(i).step();
                }
            }
            for (int i = 0; i < listeners.size(); i++) {
                listeners.get(i).stepEnd(progress);
            }
        }
        if (batch != null && !Divergence.firstNotFinite(net).isEmpty()) {
            throw diverged(batch, sums, progress.learningRate(), null);
        }
        return endOfEpoch(sums, progress);
    }

    /// A part that the user has put into evaluation mode by itself, such as a frozen batch norm, stays there.
    private static void beginTraining(Module net) {
        if (!net.isTraining()) {
            net.train();
        }
    }

    private void step(Trainer trainer, Batch batch, EpochSums sums) {
        sums.begin(batch);
        try {
            trainer.trainStep(batch.x(), batch.y(), sums);
        } catch (EpochSums.NotFinite | NonFiniteGradientException e) {
            throw diverged(batch, sums, optimizer.learningRate(), e);
        }
    }

    private DivergedException diverged(Batch batch, EpochSums sums, double learningRate, @Nullable Throwable cause) {
        return new DivergedException(Divergence.of(net, batch, loss, sums, learningRate, featureNames), cause);
    }

    private EpochReport endOfEpoch(EpochSums sums, FitProgress progress) {
        Dataset rows = validation;
        EpochReport report = new EpochReport(sums.epoch(), sums.result(),
                rows == null ? Double.NaN : evaluateLoss(net, rows, loss),
                validationAccuracy(rows), progress.learningRate());
        epochSchedules.forEach(LRScheduler::step);
        plateaus.forEach((plateau, monitor) -> plateau.step(monitor.of(report)));
        observe(report);
        listeners.forEach(listener -> listener.epochEnd(progress, report));
        return report;
    }

    private double validationAccuracy(@Nullable Dataset rows) {
        return rows != null ? evaluateAccuracy(net, rows, loss) : Double.NaN;
    }

    /// Trains `net` for one epoch over `data` with an optimizer.
    ///
    /// Loss and accuracy are those of each batch before its step. The loss is the mean of all single losses, whatever
    /// the reduction (a mean over a batch counts as often as what it divides by), plus the mean penalty. A loss with
    /// reduction NONE is back-propagated as its mean. Batches without a row that counts (all ignored) are stepped, as in
    /// PyTorch, with a gradient of 0.
    ///
    /// **Throws** [DivergedException] at the first loss that is not finite, or, if the optimizer clips by norm, at the
    /// first such norm, before it changes the parameters, and if a parameter is not finite after the epoch.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Optimizer optimizer) {
        return trainEpoch(net, data, loss, optimizer, rows -> {
        });
    }

    /// As [#trainEpoch(Module, Batches, LossFunction, Optimizer)]; `progress` is told the rows done so far after each
    /// step.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Optimizer optimizer,
            LongConsumer progress) {
        return new Fit(net, loss, optimizer).listener(new FitListener() {
            @Override
            public void stepEnd(FitProgress reached) {
                progress.accept(reached.rows());
            }
        }).run(data, 1).last().training();
    }

    /// Trains `net` for one epoch over `data` with an update rule of the user's, which is called with the rows of each
    /// batch after `backward` on the sum of its losses.
    ///
    /// **Throws** `IllegalArgumentException` if the loss is mean-reduced (an updater divides by the rows itself),
    /// [DivergedException] at the first loss that is not finite, and if a parameter is not finite after the epoch.
    public static EpochResult trainEpoch(Module net, Batches data, LossFunction loss, Updater updater) {
        if (loss.reduction() == Reduction.MEAN) {
            throw new IllegalArgumentException("Fit.trainEpoch: " + loss
                    + " is divided by the rows, and the updater divides again; use Reduction.NONE or SUM");
        }
        beginTraining(net);
        EpochSums sums = new EpochSums(data.epoch() + 1, loss);
        Batch last = null;
        for (Batch batch : data) {
            last = batch;
            Loss computed = loss.of(net.forward(batch.x()), batch.y());
            sums.begin(batch);
            try {
                sums.check(computed);
            } catch (EpochSums.NotFinite e) {
                throw new DivergedException(Divergence.of(net, batch, loss, sums, 0, List.of()), e);
            }
            computed.sum().backward();
            updater.update(batch.size());
        }
        if (last != null && !Divergence.firstNotFinite(net).isEmpty()) {
            throw new DivergedException(Divergence.of(net, last, loss, sums, 0, List.of()), null);
        }
        return sums.result();
    }

    /// The share of rows of `data` that `net` predicts right, in evaluation mode; rows of the label
    /// [ClassLabels#IGNORED] are left out, and without any other it is NaN.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateAccuracy(Module net, Dataset data) {
        return inEvaluation(net, () -> accuracy(net::forward, data, RightCount.OF_CLASSES));
    }

    /// The share that `net` predicts right, in evaluation mode, as `loss` understands the targets and
    /// [EpochResult#accuracy] counts: of rows, or, for [dev.lanewise.nn.BCEWithLogitsLoss], [dev.lanewise.nn.BCELoss]
    /// and [dev.lanewise.nn.HingeLoss], of single labels. NaN where nothing can be counted.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateAccuracy(Module net, Dataset data, LossFunction loss) {
        RightCount count = RightCount.of(loss);
        return count.fits(net.outFeatures(data.cols()), data.targets())
                ? inEvaluation(net, () -> accuracy(net::forward, data, count))
                : Double.NaN;
    }

    private static double accuracy(Forward model, Dataset data, RightCount count) {
        Accumulator sums = new Accumulator(2); // the right ones, and those that count
        Rows y = new Rows(data.targets(), 0, 0);
        forEachChunk(model, data.features(), (output, first, rows) -> {
            y.moveTo(first, rows);
            sums.add((double) count.right(output, y), (double) count.counted(y));
        });
        return sums.get(0) / sums.get(1);
    }

    /// The mean loss of `net` over `data`, in evaluation mode: that of all rows at once, whatever the reduction, plus the
    /// penalty of the loss.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit.
    public static double evaluateLoss(Module net, Dataset data, LossFunction loss) {
        return inEvaluation(net, () -> meanLoss(net::forward, data, loss));
    }

    private static double meanLoss(Forward model, Dataset data, LossFunction loss) {
        Accumulator sums = new Accumulator(2); // losses, and what their mean divides by
        double[] penalty = new double[1];
        Rows y = new Rows(data.targets(), 0, 0).weights(data.weights());
        forEachChunk(model, data.features(), (output, first, rows) -> {
            y.moveTo(first, rows);
            Loss computed = loss.of(output, y);
            sums.add(computed.total(), computed.divisor());
            penalty[0] = computed.penalty();
            computed.discard(); // a loss of before may be the same object, and its backward would be that of these rows
        });
        return sums.get(0) / sums.get(1) + penalty[0];
    }

    /// The share of rows of `data` that a plain function predicts right.
    ///
    /// It is given up to 1024 rows at a time, one part after the other, and returns their outputs in rows of floats:
    /// `x -> net.forward(x)`, or values of its own. Nobody switches any module to evaluation mode for it.
    ///
    /// **Throws** `IllegalArgumentException` if it returns another number of rows, or shapes do not fit.
    public static double evaluateAccuracy(Function<? super Rows, ? extends Rows> model, Dataset data) {
        try (Identity outputs = new Identity()) {
            return accuracy(features -> outputs.forward(apply(model, features)), data, RightCount.OF_CLASSES);
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

    /// Does `work` while `net` is in evaluation mode; the modes of all its modules are then as they were.
    private static <T> T inEvaluation(Module net, Supplier<T> work) {
        Map<Module, Boolean> modes = new LinkedHashMap<>();
        net.namedModules().values().forEach(module -> modes.put(module, module.isTraining()));
        net.eval();
        try {
            return work.get();
        } finally {
            modes.forEach((module, training) -> { // children come after their parents, which take them along
                if (training) {
                    module.train();
                } else {
                    module.eval();
                }
            });
        }
    }
}
