// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.data.DataFormatException.Place;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The contents of a CSV file: features, and the label column if one was asked for, not yet decided to be numbers or
/// classes.
///
/// **Ownership**: the rows belong to the table until [#toRegression], [#toClassification] or [#toFeatures] hands them
/// over; closing it then frees nothing.
///
/// **Throws** `IllegalStateException` from these three once the rows are gone, and from what concerns labels if there
/// are none.
public final class CsvTable implements AutoCloseable {
    private final String file;
    private final CsvColumns columns;
    private final int rows;
    private final CsvLabels labels;
    private final LineNumbers lines;
    private final long headerLine;
    private @Nullable FloatMatrix features;

    CsvTable(String file, long headerLine, CsvColumns columns, FloatMatrix features, CsvLabels labels,
            LineNumbers lines) {
        this.file = file;
        this.headerLine = headerLine;
        this.columns = columns;
        this.rows = features.rows();
        this.features = features;
        this.labels = labels;
        this.lines = lines;
    }

    /// The names of the features, in the order of the columns of the rows.
    public List<String> featureNames() {
        return List.copyOf(columns.features());
    }

    /// The name of the label column, if it was read.
    public Optional<String> labelName() {
        return hasLabels() ? Optional.of(columns.name(columns.label())) : Optional.empty();
    }

    /// Number of rows.
    public int rows() {
        return rows;
    }

    /// What is suspicious but legal, one line each.
    public List<String> warnings() {
        return columns.namesAreNumbers()
                ? List.of(Place.of(file, headerLine)
                        + ": every column name is a number; if the header line is missing, add one")
                : List.of();
    }

    /// What the labels look like: classes if all are whole numbers with at most 100 distinct values, else numbers.
    public Task task() {
        requireLabels();
        return labels.otherRow() < 0 && !labels.manyDistinct() ? Task.CLASSIFICATION : Task.REGRESSION;
    }

    /// Why [#task] says so.
    public String taskReason() {
        requireLabels();
        String column = "column '" + Shown.value(columns.name(columns.label())) + "' has ";
        if (labels.otherRow() >= 0) {
            return column + "the value '" + Shown.value(labels.other()) + "' in row " + lines.get(labels.otherRow())
                    + ", which is no whole number";
        }
        return column + (labels.manyDistinct()
                ? "more than " + CsvLabels.MAX_AUTO_CLASSES + " distinct whole numbers"
                : labels.distinct() + " distinct whole numbers and nothing else");
    }

    /// The distinct labels, which must be whole numbers: the classes of a model to be trained on these rows.
    ///
    /// **Throws** [DataFormatException] naming the row if a label is no whole number, or if there is only one class.
    public LabelDictionary labels() throws DataFormatException {
        LabelDictionary dictionary = LabelDictionary.ofExamples(integers().toLongArray());
        if (dictionary.size() < 2) {
            throw new Place(file, 0, columns.label() + 1, columns.name(columns.label()))
                    .error("only one class: " + dictionary, "at least 2 for classification");
        }
        return dictionary;
    }

    /// Hands over the rows with their labels as numbers.
    ///
    /// **Throws** `OffHeapMemoryException` if memory is refused; the rows stay here then.
    public Dataset toRegression() {
        requireLabels();
        FloatMatrix x = features();
        return handOver(x, FloatMatrix.column(labels.values().toFloatArray()), 0);
    }

    /// Hands over the rows with their labels as classes of `dictionary`.
    ///
    /// **Throws** [DataFormatException] naming the row if a label is no whole number or not in the dictionary,
    /// `OffHeapMemoryException` if memory is refused; the rows stay here then.
    public Dataset toClassification(LabelDictionary dictionary) throws DataFormatException {
        LongArrayList integers = integers();
        FloatMatrix x = features();
        ClassLabels y = ClassLabels.allocate(rows);
        for (int r = 0; r < rows; r++) {
            int index = dictionary.index(integers.getLong(r));
            if (index < 0) {
                y.close();
                throw labelPlace(r).error("label was not seen in training", String.valueOf(integers.getLong(r)),
                        "one of " + dictionary);
            }
            y.set(r, index);
        }
        return handOver(x, y, dictionary.size());
    }

    /// Hands over the features alone; the caller closes them.
    public Table toFeatures() {
        FloatMatrix x = features();
        features = null;
        return x;
    }

    private Dataset handOver(FloatMatrix x, Table y, int classes) {
        Dataset data = y instanceof ClassLabels known ? Dataset.of(x, known, classes) : Dataset.of(x, y);
        features = null;
        return data;
    }

    private LongArrayList integers() throws DataFormatException {
        requireLabels();
        if (labels.otherRow() >= 0) {
            throw labelPlace(labels.otherRow()).error("label is no whole number of 64 bits", labels.other(),
                    "whole numbers such as 0, 1, 2 for classification");
        }
        return labels.integers();
    }

    private Place labelPlace(int row) {
        return new Place(file, lines.get(row), columns.label() + 1, columns.name(columns.label()));
    }

    private FloatMatrix features() {
        if (features == null) {
            throw new IllegalStateException(this + " has handed over its rows or is closed");
        }
        return features;
    }

    private boolean hasLabels() {
        return !labels.values().isEmpty();
    }

    private void requireLabels() {
        if (!hasLabels()) {
            throw new IllegalStateException(this + " was read without labels; name the column with CsvReader.label");
        }
    }

    @Override
    public void close() {
        if (features != null) {
            features.close();
            features = null;
        }
    }

    @Override
    public String toString() {
        return "CsvTable (" + rows + ", " + columns.features().size() + ")";
    }
}
