// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.Fit;
import dev.lanewise.FitResult;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.data.TrainTest;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.model.ModelConfig;
import dev.lanewise.model.ModelFile;
import dev.lanewise.model.NamedTensor;
import dev.lanewise.model.StateDict;
import dev.lanewise.model.WeightsHash;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.TrainingMemory;
import dev.lanewise.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `lanewise train`: reads data, trains, tests after every epoch, and saves at the very end.
final class TrainCommand {
    private final TrainOptions options;
    private final Output out;
    private final Console console;
    private final long start;

    TrainCommand(TrainOptions options, Output out, Console console, long start) {
        this.options = options;
        this.out = out;
        this.console = console;
        this.start = start;
    }

    /// Runs it, with a warm-up that may have begun before the options were known.
    void run(@Nullable KernelWarmUp early) throws IOException {
        Version.requireKernels();
        Path file = options.out();
        if (file != null) {
            OutputPath.check("--out", file, options.inputs());
            ModelFile.check(file, options.overwrite());
        }
        try (KernelWarmUp warmUp = KernelWarmUp.start(options, early);
                TrainingData data = TrainingReader.read(options, console)) {
            StandardScaler scaling = options.scaled() ? data.standardise() : null;
            int in = data.rows().train().cols();
            ModelConfig config = new ModelConfig(data.task(), data.kind(), data.label(), data.features(),
                    options.network().layers(in, data.outputs()), data.labels(), scaling);
            try (Sequential net = NetworkOptions.module(config.layers())) {
                int batchSize = options.batchSize(data.rows().train().rows());
                ThreadChoice threads = ThreadChoice.of(options.threads(), net, batchSize, in, console);
                net.threads(threads.threads());
                Optimizer optimizer = options.optimizer().make(net.parameters(), data.task());
                TrainingMemory memory = memory(data, net, optimizer, batchSize);
                requireBatches(data.rows().train().rows());
                requireMemory(memory, data);
                net.init(options.seed());
                if (warmUp != null) {
                    warmUp.finish(net.summary(in).parameters() * data.rows().train().rows() * options.epochs());
                }
                describe(data, net, threads, memory); // once the memory of the warm-up is free
                finish(train(data, net, optimizer), net, config);
            }
        }
    }

    /// What the epochs came to; `test` is an accuracy or, for regression, a loss, and NaN without test rows.
    private record Outcome(TrainingData data, FitResult result, double test, long nanos, int batchSize, int threads,
            double secondsToFullSpeed) {

        long rows() {
            return data.rows().train().rows();
        }

        int epochs() {
            return result.epochs().size();
        }

        long steps() {
            return result.epochs().stream().mapToLong(epoch -> epoch.training().steps()).sum();
        }
    }

    private static TrainingMemory memory(TrainingData data, Sequential net, Optimizer optimizer, int batchSize) {
        TrainTest rows = data.rows();
        Dataset validation = data.validation();
        int evaluated = Math.max(rows.hasTest() ? rows.test().rows() : 0, validation == null ? 0 : validation.rows());
        return TrainingMemory.of(net, rows.train().features(), rows.train().targets(),
                Math.min(batchSize, rows.train().rows()),
                Math.min(evaluated, Fit.CHUNK_ROWS), optimizer.statePlanes());
    }

    /// All of it at once and before anything is allocated: a refusal in the middle of the first step comes late.
    private static void requireMemory(TrainingMemory memory, TrainingData data) {
        long available = OffHeap.budgetBytes() - OffHeap.openBytes() - orderBytes(data);
        if (memory.total() > available) {
            throw new CommandException(ExitCode.RESOURCES, "out of memory: training needs "
                    + Text.bytes(memory.total()) + " of native memory (parameters " + Text.bytes(memory.parameters())
                    + ", optimizer " + Text.bytes(memory.optimizerState()) + ", batches "
                    + Text.bytes(memory.batches()) + ", transposed weights and sums of gradients "
                    + Text.bytes(memory.layers()) + ", threads " + Text.bytes(memory.scratch()) + "), "
                    + Text.bytes(Math.max(0, available))
                    + " available; use smaller layers or batches, fewer threads, or a machine"
                    + " with more memory");
        }
    }

    /// The order of the rows of an epoch.
    private static long orderBytes(TrainingData data) {
        return (long) data.rows().train().rows() * Integer.BYTES;
    }

    private Outcome train(TrainingData data, Sequential net, Optimizer optimizer) {
        TrainTest rows = data.rows();
        LossFunction loss = data.task() == Task.CLASSIFICATION ? new CrossEntropyLoss() : new MSELoss();
        Batches batches = rows.train().batches(options.batchSize(rows.train().rows())).shuffle(options.seed());
        EpochProgress progress = new EpochProgress(console, rows.train().rows(), options.epochs());
        EpochReports reports = new EpochReports(console, data, net, loss);
        Fit fit = new Fit(net, loss, optimizer).featureNames(data.features()).listener(progress).listener(reports);
        if (options.schedule() != null) {
            options.schedule().applyTo(fit, optimizer, options.epochs(), batches.size());
        }
        StoppingOptions stopping = options.stopping();
        if (stopping != null && data.validation() != null) {
            fit.validation(data.validation()).earlyStopping(stopping.stopping());
        }
        FitResult result = fit.run(batches, options.epochs());
        if (stopping != null && result.bestEpoch() > 0) {
            String why = Text.count(stopping.patience(), "epoch") + " in a row without a smaller validation loss";
            console.line((result.stopped() ? why + ": stopped; " : "") + "kept the model of epoch "
                    + result.bestEpoch());
        }
        double test = reports.test(result.bestEpoch() > 0 ? result.bestEpoch() : result.epochs().size());
        return new Outcome(data, result, test, reports.nanos(), batches.batchSize(), net.threads(),
                progress.log().secondsToFullSpeed(start, reports.lastRate()));
    }

    /// A variance takes two rows.
    private void requireBatches(int rows) {
        int batch = Math.min(options.batchSize(rows), rows);
        if (options.network().batchNorm() && rows % batch == (batch == 1 ? 0 : 1)) {
            throw CommandException
                    .usage("--batch-norm: batches of " + batch + " leave one of a single row of the " + rows
                            + " rows to train on, expected at least two rows in each; choose another --batch-size");
        }
    }

    private void describe(TrainingData data, Sequential net, ThreadChoice threads, TrainingMemory memory) {
        TrainTest rows = data.rows();
        int trainRows = rows.train().rows();
        console.line("task " + data.task().text() + ": " + data.reason());
        console.line("data: " + Text.count(trainRows, "row") + " to train on, "
                + (data.validation() == null ? "" : data.validation().rows() + " to validate on, ")
                + (rows.hasTest() ? rows.test().rows() + " to test on" : "none to test on") + ", "
                + Text.count(rows.train().cols(), "feature")
                + (data.task() == Task.CLASSIFICATION ? ", " + data.labels().size() + " classes" : ""));
        if (options.batchSize() != null && options.batchSize() > trainRows) {
            console.warning("--batch-size " + options.batchSize() + " is more than the " + trainRows
                    + " rows to train on; each step uses all rows");
        }
        long training = memory.total() - memory.parameters() + orderBytes(data);
        console.line("memory: " + Text.bytes(OffHeap.openBytes() + training)
                + " off-heap for data, model and training, limit " + Text.bytes(OffHeap.budgetBytes()) + "; heap limit "
                + Text.bytes(Runtime.getRuntime().maxMemory()));
        console.line("model " + net + ", batch " + options.batchSize(trainRows) + ", learning rate "
                + options.optimizer().learningRate(data.task()) + options.optimizer().text()
                + (options.schedule() == null ? "" : ", schedule " + options.schedule().text()) + ", seed "
                + options.seed() + ", kernels " + Kernels.active()
                + ", threads " + threads);
    }

    private void finish(Outcome outcome, Sequential net, ModelConfig config) throws IOException {
        List<NamedTensor> tensors = StateDict.of(net);
        Path file = options.out();
        String bad = StateDict.firstNotFinite(tensors);
        if (!bad.isEmpty()) { // statistics of a normalization: parameters have been looked at
            throw new CommandException(ExitCode.DIVERGED, "diverged: " + bad
                    + " has a value that is not finite after training, no model was saved; try scaled features");
        }
        if (file != null) {
            ModelFile.write(file, tensors, config, options.overwrite());
        }
        String hash = WeightsHash.sha256(tensors);
        console.line("trained " + Text.count(outcome.steps(), "step") + " in " + Text.fixed(outcome.nanos / 1e9, 3)
                + " s, weights sha256 " + hash);
        console.line(file == null ? "hint: the model was not saved; --out MODEL.safetensors saves it"
                : "saved " + file);
        if (options.json()) {
            out.write(json(outcome, net, hash).end());
        }
    }

    private JsonResult json(Outcome outcome, Sequential net, String hash) {
        TrainTest rows = outcome.data.rows();
        boolean classes = outcome.data.task() == Task.CLASSIFICATION;
        JsonResult json = new JsonResult().put("task", outcome.data.task().text());
        if (rows.hasTest()) {
            json.put(classes ? "test_accuracy" : "test_loss", outcome.test);
        }
        json.put("train_loss", outcome.result.last().training().loss());
        if (classes) {
            json.put("train_accuracy", outcome.result.last().training().accuracy()).put("classes",
                    outcome.data.labels().size());
        }
        Path file = options.out();
        if (outcome.data.validation() != null) {
            int best = outcome.result.bestEpoch();
            json.put("validation_loss",
                    best == 0 ? Double.NaN : outcome.result.epochs().get(best - 1).validationLoss())
                    .put("best_epoch", best).put("validation_rows", outcome.data.validation().rows());
        }
        return json.put("epochs", outcome.epochs()).put("steps", outcome.steps()).put("rows", outcome.rows())
                .put("test_rows", rows.hasTest() ? rows.test().rows() : 0).put("features", rows.train().cols())
                .put("network", net.toString())
                .put("parameters", net.summary(rows.train().cols()).parameters())
                .put("batch_size", outcome.batchSize).put("optimizer", options.optimizer().name())
                .put("learning_rate", options.optimizer().learningRate(outcome.data.task()))
                .put("momentum", options.optimizer().momentum())
                .put("nesterov", options.optimizer().nesterov())
                .put("weight_decay", options.optimizer().weightDecay())
                .put("schedule", options.schedule() == null ? null : options.schedule().text())
                .put("seed", options.seed())
                .put("samples_per_second", EpochProgress.perSecond(outcome.rows() * outcome.epochs(), outcome.nanos))
                .put("seconds_total", (System.nanoTime() - start) / 1e9)
                .put("seconds_training", outcome.nanos / 1e9)
                .put("seconds_to_full_speed", outcome.secondsToFullSpeed).put("kernels", Kernels.active())
                .put("threads", outcome.threads).put("weights_sha256", hash)
                .put("model", file == null ? null : file.toString());
    }
}
