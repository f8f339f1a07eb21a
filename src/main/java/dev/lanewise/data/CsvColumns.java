// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.data.DataFormatException.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What each column of a CSV file is: a feature, the label, or left out.
final class CsvColumns {
    /// The most columns a file may have.
    static final int MAX_COLUMNS = 100_000;
    /// Slot of the label.
    static final int LABEL = -1;
    /// Slot of a column that is left out.
    static final int LEFT_OUT = -2;

    private final List<String> names;
    private final int[] slots; // the feature's number, LABEL or LEFT_OUT
    private List<String> features = List.of();
    private int label = -1;

    /// What the reader was asked for; nulls and 0 mean that nothing was.
    record Wanted(@Nullable String label, boolean labelIsOptional, @Nullable List<String> features, int featureCount) {
    }

    /// Sorts out the names in the header, line `line` of `file`.
    ///
    /// **Throws** [DataFormatException] if a name is empty or there twice, or the features are not those wanted,
    /// [NoSuchColumnException] if the label is not there.
    CsvColumns(String file, long line, List<String> names, Wanted wanted) throws DataFormatException {
        this.names = names;
        this.slots = new int[names.size()];
        Place header = Place.of(file, line);
        Map<String, Integer> index = index(header);
        checkSeparator(header, wanted);
        if (wanted.label() != null) {
            label = index.getOrDefault(wanted.label(), -1);
            if (label < 0 && !wanted.labelIsOptional()) {
                throw new NoSuchColumnException(file, wanted.label(), names);
            }
        }
        if (wanted.features() == null) {
            takeAllFeatures(header, wanted);
        } else {
            takeFeatures(header, wanted.features(), index);
        }
        if (label >= 0) {
            slots[label] = wanted.labelIsOptional() ? LEFT_OUT : LABEL;
        }
    }

    /// The column of each name. A `HashMap`, because names from a hostile file may all have one hash.
    private Map<String, Integer> index(Place header) throws DataFormatException {
        Map<String, Integer> index = HashMap.newHashMap(names.size());
        for (int c = 0; c < names.size(); c++) {
            String name = names.get(c);
            if (name.isEmpty()) {
                throw column(header, c, null).error("column name is empty", "a name for every column");
            }
            Integer first = index.putIfAbsent(name, c);
            if (first != null) {
                throw column(header, c, name).error("column name is there twice, first as column " + (first + 1),
                        "distinct names" + (namesAreNumbers() ? "; is the header line missing?" : ""));
            }
        }
        return index;
    }

    private void checkSeparator(Place header, Wanted wanted) throws DataFormatException {
        String only = names.getFirst();
        if (names.size() == 1 && !only.equals(wanted.label()) && only.matches("(?s).*[;\t|].*")) {
            throw header.error("only one column", only, "columns separated by commas");
        }
    }

    private void takeAllFeatures(Place header, Wanted wanted) throws DataFormatException {
        features = new ArrayList<>(names);
        if (label >= 0) {
            features.remove(label);
        }
        if (features.isEmpty()) {
            throw header.error("no column but the label '" + Shown.value(names.getFirst()) + "'",
                    "at least one feature column");
        }
        if (wanted.featureCount() > 0 && features.size() != wanted.featureCount()) {
            throw header.error(features.size() + " feature columns", wanted.featureCount() + " as in the model");
        }
        for (int c = 0, feature = 0; c < slots.length; c++) {
            slots[c] = c == label ? LABEL : feature++;
        }
    }

    private void takeFeatures(Place header, List<String> wanted, Map<String, Integer> index)
            throws DataFormatException {
        features = wanted;
        Arrays.fill(slots, LEFT_OUT);
        List<String> missing = new ArrayList<>();
        for (int feature = 0; feature < wanted.size(); feature++) {
            int column = index.getOrDefault(wanted.get(feature), -1);
            if (column < 0) {
                missing.add(wanted.get(feature));
            } else {
                slots[column] = feature;
            }
        }
        if (!missing.isEmpty()) {
            throw header.error(
                    (missing.size() == 1 ? "a column is missing: " : "columns are missing: ") + Shown.names(missing),
                    "the model's features " + Shown.names(wanted));
        }
        for (int c = 0; c < slots.length; c++) {
            if (slots[c] == LEFT_OUT && c != label) {
                throw column(header, c, names.get(c)).error("the model has no such feature",
                        "no columns but " + Shown.names(wanted) + " and the label");
            }
        }
    }

    private static Place column(Place header, int column, @Nullable String name) {
        return new Place(header.file(), header.row(), column + 1, name);
    }

    /// Whether every name is a number, as when the header line is missing.
    boolean namesAreNumbers() {
        return names.stream().allMatch(name -> DecimalText.isDecimal(name.toCharArray(), 0, name.length()));
    }

    /// Number of columns in the file.
    int count() {
        return names.size();
    }

    /// The feature's number, [#LABEL] or [#LEFT_OUT].
    int slot(int column) {
        return slots[column];
    }

    String name(int column) {
        return names.get(column);
    }

    /// The features in the order of their slots.
    List<String> features() {
        return features;
    }

    /// The label's column, counted from 0, or -1.
    int label() {
        return label;
    }
}
