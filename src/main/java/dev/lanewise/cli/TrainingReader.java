// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.cli.TrainOptions.TaskChoice;
import dev.lanewise.data.CsvReader;
import dev.lanewise.data.CsvTable;
import dev.lanewise.data.DataFormatException;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Digits;
import dev.lanewise.data.FeatureStorage;
import dev.lanewise.data.IdxReader;
import dev.lanewise.data.LabelDictionary;
import dev.lanewise.data.Synthetic;
import dev.lanewise.data.Task;
import dev.lanewise.data.TrainTest;
import dev.lanewise.model.DataKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what `train` needs, from wherever `--data` says, and decides the task.
final class TrainingReader {
    private TrainingReader() {
    }

    static TrainingData read(TrainOptions options, Console console) throws IOException {
        TrainingData data = readAll(options, console);
        StoppingOptions stopping = options.stopping();
        if (stopping == null || data.validation() != null) {
            return data;
        }
        boolean split = false;
        try {
            int rows = data.rows().train().rows();
            long validation = Math.round(stopping.fraction().value() * rows);
            if (validation == 0 || validation == rows) {
                throw CommandException.usage("--val-fraction: " + stopping.fraction() + " of the "
                        + Text.count(rows, "row") + " to train on leaves none to "
                        + (validation == 0 ? "validate" : "train") + " on, expected at least one of each");
            }
            TrainingData parts = data.heldOut(stopping.fraction().value(), options.seed());
            split = true;
            return parts;
        } finally {
            if (!split) {
                data.close();
            }
        }
    }

    private static TrainingData readAll(TrainOptions options, Console console) throws IOException {
        return switch (options.source()) {
            case Source.Digits _ ->
                classes(Digits.load(), "digits are labelled 0 to 9", DataKind.DIGITS);
            case Source.Idx idx ->
                classes(IdxReader.read(idx.directory(), storage(options.scaled())), "IDX label files hold classes",
                        DataKind.IDX);
            case Source.Synthetic size -> synthetic(options, size, console);
            case Source.Csv csv -> csv(csv.file(), options, console);
        };
    }

    /// Bytes, unless something needs floats.
    private static FeatureStorage storage(boolean scaled) {
        return scaled ? FeatureStorage.FLOATS : FeatureStorage.BYTES;
    }

    private static TrainingData csv(Path file, TrainOptions options, Console console) throws IOException {
        String label = options.label() == null ? "" : options.label();
        try (CsvTable table = new CsvReader(file).label(label).read()) {
            table.warnings().forEach(console::warning);
            boolean classes = isClassification(table, options.task());
            String reason = options.task() == TaskChoice.AUTO ? table.taskReason() : "asked for by --task";
            LabelDictionary labels = classes ? labels(table, label, options.task()) : null;
            List<String> features = table.featureNames();
            Dataset all = labels == null ? table.toRegression() : table.toClassification(labels);
            TrainTest rows;
            if (options.test() == null) {
                try (all) {
                    rows = split(all, options, console);
                }
            } else {
                rows = withTest(all, options.test(), label, features, labels, console);
            }
            return new TrainingData(rows, validation(rows, options, label, features, labels, console),
                    classes ? Task.CLASSIFICATION : Task.REGRESSION, reason, DataKind.CSV, label,
                    features, labels == null ? List.of() : Arrays.stream(labels.labels()).boxed().toList());
        }
    }

    private static boolean isClassification(CsvTable table, TaskChoice choice) {
        return choice == TaskChoice.CLASSIFICATION
                || (choice == TaskChoice.AUTO && table.task() == Task.CLASSIFICATION);
    }

    /// The classes. A single one is a fault of the data, or of the command line that calls its column classes.
    private static LabelDictionary labels(CsvTable table, String label, TaskChoice choice) throws IOException {
        try {
            return table.labels();
        } catch (DataFormatException e) {
            boolean single = table.task() == Task.CLASSIFICATION;
            if (single && choice == TaskChoice.CLASSIFICATION) {
                CommandException usage = CommandException.usage("--label", "a label column needs at least 2 distinct "
                        + "values for classification, this one has 1", label, "another column, or --task regression");
                usage.initCause(e);
                throw usage;
            }
            throw e;
        }
    }

    private static TrainTest withTest(Dataset train, Path file, String label, List<String> features,
            @Nullable LabelDictionary labels, Console console) throws IOException {
        boolean whole = false;
        try {
            TrainTest rows = new TrainTest(train, more(file, label, features, labels, console));
            whole = true;
            return rows;
        } finally {
            if (!whole) {
                train.close();
            }
        }
    }

    /// The rows of `--val`, or null; closes those read before if that fails.
    private static @Nullable Dataset validation(TrainTest read, TrainOptions options, String label,
            List<String> features, @Nullable LabelDictionary labels, Console console) throws IOException {
        Path file = options.stopping() == null ? null : options.stopping().validation();
        if (file == null) {
            return null;
        }
        boolean whole = false;
        try {
            Dataset rows = more(file, label, features, labels, console);
            whole = true;
            return rows;
        } finally {
            if (!whole) {
                read.close();
            }
        }
    }

    /// Another file with the columns and the labels of the first.
    private static Dataset more(Path file, String label, List<String> features, @Nullable LabelDictionary labels,
            Console console) throws IOException {
        try (CsvTable table = new CsvReader(file).label(label).features(features).read()) {
            table.warnings().forEach(console::warning);
            return labels == null ? table.toRegression() : table.toClassification(labels);
        }
    }

    private static TrainingData classes(TrainTest rows, String reason, DataKind kind) {
        List<Long> labels = new ArrayList<>();
        for (long label = 0; label < rows.train().classes(); label++) {
            labels.add(label);
        }
        return new TrainingData(rows, null, Task.CLASSIFICATION, reason, kind, "", List.of(), labels);
    }

    private static TrainingData synthetic(TrainOptions options, Source.Synthetic size, Console console) {
        try (Dataset all = Synthetic.tutorial(size.rows(), size.cols(), options.seed())) {
            return new TrainingData(split(all, options, console), null, Task.REGRESSION,
                    "synthetic data has numbers as labels", DataKind.SYNTHETIC, "", List.of(), List.of());
        }
    }

    /// The split that `--test-fraction` asks for. A default fraction may leave no test rows, one asked for may not.
    private static TrainTest split(Dataset all, TrainOptions options, Console console) {
        Fraction asked = options.testFraction();
        double fraction = asked == null ? TrainOptions.DEFAULT_TEST_FRACTION : asked.value();
        long testRows = Math.round(fraction * all.rows());
        if (asked != null && (testRows == 0 || testRows == all.rows())) {
            throw CommandException.usage("--test-fraction",
                    "of " + all.rows() + " rows it leaves none to " + (testRows == 0 ? "test on" : "train on"),
                    asked.text(), "a fraction that leaves at least one of each");
        }
        if (testRows == 0) {
            console.warning("too few rows for a test set (" + all.rows() + "); there will be no test figure");
        }
        return all.split(fraction, options.seed());
    }
}
