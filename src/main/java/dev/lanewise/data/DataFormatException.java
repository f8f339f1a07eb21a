// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.IOException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/// A data file that is not what it should be; says where, what was found, and what is expected.
///
/// The message is one line: `FILE:ROW:COLUMN(NAME): problem (got 'value'), expected ...`, without the parts that do not
/// apply. Control characters are escaped, values cut to 40 characters.
public final class DataFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long row;
    private final int column;
    private final @Nullable String name;
    private final @Nullable String value;
    private final String expected;

    /// A fault of the file as a whole: `problem` says what is wrong, `expected` completes "expected ...".
    public DataFormatException(String file, String problem, String expected) {
        this(new Place(file, 0, 0, null), problem, null, expected);
    }

    private DataFormatException(Place place, String problem, @Nullable String value, String expected) {
        super(place + ": " + problem + (value == null ? "" : " (got '" + Shown.value(value) + "')") + ", expected "
                + expected);
        this.file = place.file;
        this.row = place.row;
        this.column = place.column;
        this.name = place.name;
        this.value = value == null ? null : Shown.value(value);
        this.expected = expected;
    }

    /// The file, as it was given.
    public String file() {
        return file;
    }

    /// The physical line of a text file or the item of a binary one, counted from 1; 0 if the fault is not in a row.
    public long row() {
        return row;
    }

    /// The column, counted from 1; 0 if the fault is not in a column.
    public int column() {
        return column;
    }

    /// The name of the column, if it has one.
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /// What was found there, cut and escaped.
    public Optional<String> value() {
        return Optional.ofNullable(value);
    }

    /// What is expected.
    public String expected() {
        return expected;
    }

    /// Where in a file something is; row and column count from 1, and 0 means none.
    record Place(String file, long row, int column, @Nullable String name) {
        static Place of(String file) {
            return new Place(file, 0, 0, null);
        }

        static Place of(String file, long row) {
            return new Place(file, row, 0, null);
        }

        DataFormatException error(String problem, String expected) {
            return new DataFormatException(this, problem, null, expected);
        }

        DataFormatException error(String problem, String value, String expected) {
            return new DataFormatException(this, problem, value, expected);
        }

        @Override
        public String toString() {
            return Shown.escaped(file) + (row == 0 ? "" : ":" + row) + (row == 0 || column == 0 ? "" : ":" + column)
                    + (name == null ? "" : "(" + Shown.value(name) + ")");
        }
    }
}
