// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.data.CsvReader;
import dev.lanewise.data.CsvTable;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Digits;
import dev.lanewise.data.FeatureStorage;
import dev.lanewise.data.IdxReader;
import dev.lanewise.data.LabelDictionary;
import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Synthetic;
import dev.lanewise.data.Task;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.Table;
import dev.lanewise.model.DataKind;
import dev.lanewise.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Rows for a model that is there already: features found by name and scaled as in training, labels as its classes.
final class ModelInput implements AutoCloseable {
    private static final int IDX_LABELS = 256;

    private final Table features;
    private final @Nullable Dataset rows;

    private ModelInput(Table features, @Nullable Dataset rows) {
        this.features = features;
        this.rows = rows;
    }

    private static ModelInput of(Dataset rows) {
        return new ModelInput(rows.features(), rows);
    }

    /// Reads the rows with their labels.
    static ModelInput labelled(UseOptions options, ModelConfig config, Console console) throws IOException {
        ModelInput input = options.source() instanceof Source.Csv csv
                ? of(labelledCsv(csv.file(), options, config, console))
                : of(generated(options.source(), options.seed(), config));
        return input.prepared(options.source(), config, true, console);
    }

    /// Reads the rows without labels.
    static ModelInput unlabelled(UseOptions options, ModelConfig config, Console console) throws IOException {
        ModelInput input = options.source() instanceof Source.Csv csv
                ? new ModelInput(csvFeatures(csv.file(), config, console), null)
                : of(generated(options.source(), options.seed(), config));
        return input.prepared(options.source(), config, false, console);
    }

    /// The features.
    Table features() {
        return features;
    }

    /// Features and labels.
    Dataset rows() {
        if (rows == null) {
            throw new IllegalStateException("the rows were read without labels");
        }
        return rows;
    }

    @Override
    public void close() {
        features.close();
        if (rows != null) {
            rows.close();
        }
    }

    /// Rows that are not from a CSV file: the test rows of digits and IDX, all rows of synthetic data.
    private static Dataset generated(Source source, long seed, ModelConfig config) throws IOException {
        return switch (source) {
            case Source.Synthetic size -> Synthetic.tutorial(size.rows(), size.cols(), seed);
            case Source.Idx idx -> IdxReader.readTest(idx.directory(), IDX_LABELS,
                    config.scaling() == null ? FeatureStorage.BYTES : FeatureStorage.FLOATS);
            case Source.Digits _ -> {
                TrainTest digits = Digits.load();
                digits.train().close();
                yield digits.test();
            }
            case Source.Csv _ -> throw new IllegalArgumentException("CSV rows are read from their file");
        };
    }

    private static Dataset labelledCsv(Path file, UseOptions options, ModelConfig config, Console console)
            throws IOException {
        String label = options.label() == null ? config.label() : options.label();
        if (label.isEmpty()) {
            throw CommandException.usage("--label: missing, expected the name of the label column of "
                    + Text.escaped(file.toString()) + ", as the model names none");
        }
        if (config.features().contains(label)) {
            throw CommandException.usage("--label", "the model has this column as a feature", label,
                    "a column that is none");
        }
        try (CsvTable table = columns(new CsvReader(file).label(label), config).read()) {
            table.warnings().forEach(console::warning);
            return config.task() == Task.CLASSIFICATION ? table.toClassification(dictionary(config))
                    : table.toRegression();
        }
    }

    private static Table csvFeatures(Path file, ModelConfig config, Console console) throws IOException {
        CsvReader reader = new CsvReader(file);
        if (!config.label().isEmpty() && !config.features().contains(config.label())) {
            reader.optionalLabel(config.label());
        }
        try (CsvTable table = columns(reader, config).read()) {
            table.warnings().forEach(console::warning);
            return table.toFeatures();
        }
    }

    private static CsvReader columns(CsvReader reader, ModelConfig config) {
        return config.features().isEmpty() ? reader.features(config.inFeatures()) : reader.features(config.features());
    }

    private static LabelDictionary dictionary(ModelConfig config) {
        return LabelDictionary.of(config.labels().stream().mapToLong(Long::longValue).toArray());
    }

    /// Checks and scales the rows, and closes them if that fails.
    private ModelInput prepared(Source source, ModelConfig config, boolean labelled, Console console) {
        boolean ready = false;
        try {
            if (features.cols() != config.inFeatures()) {
                throw CommandException.badData("--data: the model expects " + config.inFeatures()
                        + " features, row 1 has " + features.cols());
            }
            if (labelled) {
                checkLabels(config, source instanceof Source.Csv);
            }
            DataKind kind = source.kind();
            if (kind != config.data()) {
                console.warning("the model was trained on " + config.data().text() + " data, this is " + kind.text()
                        + " data; its values are taken as they are");
            }
            StandardScaler scaling = config.scaling();
            if (scaling != null) {
                scaling.transform(features);
            }
            ready = true;
            return this;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    /// Turns the labels into classes of the model, unless they are that already.
    private void checkLabels(ModelConfig config, boolean translated) {
        boolean classes = rows().targets() instanceof ClassLabels;
        if (classes != (config.task() == Task.CLASSIFICATION)) {
            throw CommandException.badData("--data: its labels are " + (classes ? "classes" : "numbers")
                    + ", expected " + (classes ? "numbers" : "classes") + " as the model is a " + config.task().text());
        }
        if (rows().targets() instanceof ClassLabels labels && !translated) {
            LabelDictionary dictionary = dictionary(config);
            for (int r = 0; r < labels.rows(); r++) {
                int index = dictionary.index(labels.get(r));
                if (index < 0) {
                    throw CommandException.badData("--data: label of row " + (r + 1)
                            + " was not seen in training (got '" + labels.get(r) + "'), expected one of " + dictionary);
                }
                labels.set(r, index);
            }
        }
    }
}
