// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// Reads a numeric CSV file with a header line into off-heap rows.
///
/// **Format**: RFC 4180 in UTF-8 with or without byte order mark; lines end in LF, CR LF or CR; blanks and tabs around
/// a value do not count; blank lines may precede the header and follow the last row. Every value is a decimal number in
/// ASCII, rounded once to float; numbers too small for a float become 0 or subnormal, numbers too large, `NaN` and
/// missing values are errors. At most 100,000 columns, 16 Mi characters a line and 1 Mi characters a value: a hostile
/// file is refused in bounded memory.
///
/// ```java
/// try (CsvTable table = new CsvReader(file).label("price").read(); Dataset data = table.toRegression()) { ... }
/// ```
///
/// Needs the optional libraries FastCSV and fastdoubleparser. **Threads**: one at a time.
public final class CsvReader {
    private final Path file;
    private @Nullable String label;
    private boolean labelIsOptional;
    private @Nullable List<String> features;
    private int featureCount;

    /// A reader of `file`, all of whose columns are features until told otherwise.
    public CsvReader(Path file) {
        this.file = file;
    }

    /// The column `name` is the label, not a feature; it must be there.
    public CsvReader label(String name) {
        label = name;
        labelIsOptional = false;
        return this;
    }

    /// The column `name` is left out if it is there: the label of a model, which predictions do not need.
    public CsvReader optionalLabel(String name) {
        label = name;
        labelIsOptional = true;
        return this;
    }

    /// The features are the columns with these names, in this order, wherever they stand in the file; besides them and
    /// the label there may be no column.
    ///
    /// **Throws** `IllegalArgumentException` if there is no name or one is there twice.
    public CsvReader features(List<String> names) {
        if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException(
                    "CsvReader.features: " + Shown.names(names) + " given, expected at least one name, each once");
        }
        features = List.copyOf(names);
        return this;
    }

    /// The features are all columns but the label, and there must be `count` of them: for a model without names.
    ///
    /// **Throws** `IllegalArgumentException` if `count` is less than 1.
    public CsvReader features(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("CsvReader.features: count is " + count + ", expected at least 1");
        }
        featureCount = count;
        return this;
    }

    /// Reads the file.
    ///
    /// **Throws** [DataFormatException] naming file, line, column and value if it is not what it should be or changes
    /// meanwhile, [NoSuchColumnException] if the label is not there, `NoSuchFileException` if there is no such file,
    /// `AccessDeniedException` if it must not be read, `OffHeapMemoryException` if memory is refused,
    /// `IllegalArgumentException` if the label is one of the features, `IllegalStateException` if a library is missing.
    public CsvTable read() throws IOException {
        if (label != null && features != null && features.contains(label)) {
            throw new IllegalArgumentException(
                    "CsvReader: the label '" + Shown.value(label)
                            + "' is one of the features, expected another column");
        }
        DataFile source = new DataFile(file);
        CsvTable table;
        try {
            table = CsvRows.read(source, new CsvColumns.Wanted(label, labelIsOptional, features, featureCount));
        } catch (DataFormatException | NoSuchColumnException e) {
            source.requireUnchanged(); // a file cut short under the reader looks damaged
            throw e;
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("CsvReader: " + e.getMessage() + " is missing; add the libraries "
                    + "de.siegmar:fastcsv and ch.randelshofer:fastdoubleparser", e);
        }
        try {
            source.requireUnchanged();
            return table;
        } catch (IOException e) {
            table.close();
            throw e;
        }
    }
}
