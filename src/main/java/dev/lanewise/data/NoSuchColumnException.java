// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.util.List;

/// The column that was asked for is not in the file; the message lists those that are.
public final class NoSuchColumnException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String column;

    NoSuchColumnException(String file, String column, List<String> columns) {
        super("no column '" + Shown.value(column) + "' in " + Shown.escaped(file) + ", its columns are "
                + Shown.names(columns));
        this.column = column;
    }

    /// The name that was asked for.
    public String column() {
        return column;
    }
}
