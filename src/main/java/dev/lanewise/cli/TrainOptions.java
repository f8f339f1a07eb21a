// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The options of `train`, understood and free of contradictions.
///
/// @param source what to train on
/// @param label label column of a CSV file
/// @param test CSV file to test on
/// @param testFraction share of the rows to test on, or null for [#DEFAULT_TEST_FRACTION]
/// @param task what `--task` says
/// @param scaled whether features are standardised
/// @param epochs passes over the rows
/// @param batchSize rows to a step, or null for [#DEFAULT_BATCH_SIZE]
/// @param network the layers
/// @param optimizer how they are trained
/// @param schedule what the learning rate does over the epochs, or null to keep it
/// @param stopping when training ends early, or null for never
/// @param seed seed of everything random
/// @param threads number of threads, or [ThreadChoice#AUTO]
/// @param out where the model goes
/// @param overwrite whether an existing file is replaced
/// @param json whether the result is printed as JSON
record TrainOptions(Source source, @Nullable String label, @Nullable Path test, @Nullable Fraction testFraction,
        TaskChoice task, boolean scaled, int epochs, @Nullable Integer batchSize,
        NetworkOptions network, OptimizerOptions optimizer, @Nullable ScheduleChoice schedule,
        @Nullable StoppingOptions stopping, long seed, int threads, @Nullable Path out, boolean overwrite,
        boolean json) {

    static final double DEFAULT_TEST_FRACTION = 0.2;
    private static final int DEFAULT_BATCH_SIZE = 256;
    private static final int DIGITS_BATCH_SIZE = 16;
    private static final int DEFAULT_EPOCHS = 10;
    private static final int DIGITS_EPOCHS = 50;

    /// The values of `--task`.
    enum TaskChoice {
        AUTO, REGRESSION, CLASSIFICATION
    }

    /// The values of `--scale`.
    enum ScaleChoice {
        STANDARD, NONE
    }

    /// **Throws** [CommandException] (usage) if a value is wrong or options contradict each other.
    static TrainOptions of(Arguments given) {
        String data = given.value("--data");
        Source source = Source.of(data == null ? "digits" : data);
        checkSource(given, source);
        String task = given.value("--task");
        TaskChoice choice = task == null ? TaskChoice.AUTO : Grammar.choice("--task", task, TaskChoice.values());
        checkTask(source, choice);
        String scale = given.value("--scale");
        boolean scaled = scale == null ? source instanceof Source.Csv
                : Grammar.choice("--scale", scale, ScaleChoice.values()) == ScaleChoice.STANDARD;
        String fraction = given.value("--test-fraction");
        String epochs = given.value("--epochs");
        String batchSize = given.value("--batch-size");
        String schedule = given.value("--schedule");
        String seed = given.value("--seed");
        String threads = given.value("--threads");
        int passes = epochs == null ? defaultEpochs(source) : Grammar.count("--epochs", epochs);
        ScheduleChoice scheduleChoice = schedule == null ? null : ScheduleChoice.of(schedule, passes);
        return new TrainOptions(source, given.value("--label"), given.path("--test"),
                fraction == null ? null : Grammar.fraction("--test-fraction", fraction), choice, scaled,
                passes,
                batchSize == null ? null : Grammar.count("--batch-size", batchSize),
                NetworkOptions.of(given), OptimizerOptions.of(given), scheduleChoice,
                StoppingOptions.of(given, source),
                seed == null ? 0 : Grammar.seed("--seed", seed),
                threads == null ? ThreadChoice.AUTO : Grammar.threads("--threads", threads), given.path("--out"),
                given.flag("--overwrite"),
                given.flag("--json"));
    }

    private static void checkSource(Arguments given, Source source) {
        switch (source) {
            case Source.Csv csv -> {
                if (!given.has("--label")) {
                    throw CommandException.usage("--label: missing, expected the name of the label column of "
                            + Text.escaped(csv.file().toString()));
                }
                if (given.has("--test")) {
                    given.refuse("--test-fraction", "given together with --test, expected one of them");
                }
            }
            case Source.Synthetic _ -> {
                given.refuse("--label", "synthetic data has no columns to name; leave --label out");
                given.refuse("--test", "synthetic data is tested on rows of its own; leave --test out");
            }
            case Source.Digits _,Source.Idx _ -> {
                String name = source instanceof Source.Digits ? "digits" : "idx";
                given.refuse("--label", name + " data has no columns to name; leave --label out");
                given.refuse("--test", name + " data has a test set of its own; leave --test out");
                given.refuse("--test-fraction", name + " data has a test set of its own; leave --test-fraction out");
            }
        }
    }

    private static void checkTask(Source source, TaskChoice choice) {
        boolean classes = source instanceof Source.Digits || source instanceof Source.Idx;
        if (classes && choice == TaskChoice.REGRESSION) {
            throw CommandException.usage("--task", "this data has class labels", "regression",
                    "auto or classification");
        }
        if (source instanceof Source.Synthetic && choice == TaskChoice.CLASSIFICATION) {
            throw CommandException.usage("--task", "synthetic data is a regression", "classification",
                    "auto or regression");
        }
    }

    private static int defaultEpochs(Source source) {
        return source instanceof Source.Digits ? DIGITS_EPOCHS : DEFAULT_EPOCHS;
    }

    /// The files and folders that are read.
    List<Path> inputs() {
        List<Path> inputs = new ArrayList<>(source.inputs());
        if (test != null) {
            inputs.add(test);
        }
        if (stopping != null && stopping.validation() != null) {
            inputs.add(stopping.validation());
        }
        return inputs;
    }

    /// Rows to a step for data of `rows` rows.
    int batchSize(int rows) {
        int asked = batchSize != null ? batchSize
                : source instanceof Source.Digits ? DIGITS_BATCH_SIZE : DEFAULT_BATCH_SIZE;
        return Math.min(asked, rows);
    }
}
