// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.model.DataKind;
import java.nio.file.Path;
import java.util.List;

/// What `--data` names.
sealed interface Source {
    /// The embedded digits.
    record Digits() implements Source {
    }

    /// A numeric CSV file.
    record Csv(Path file) implements Source {
    }

    /// A folder with the four IDX files of MNIST's layout.
    record Idx(Path directory) implements Source {
    }

    /// The tutorials' generated regression.
    record Synthetic(int rows, int cols) implements Source {
    }

    /// What a model remembers of where its rows came from.
    default DataKind kind() {
        return switch (this) {
            case Digits _ -> DataKind.DIGITS;
            case Csv _ -> DataKind.CSV;
            case Idx _ -> DataKind.IDX;
            case Synthetic _ -> DataKind.SYNTHETIC;
        };
    }

    /// The files and folders that are read.
    default List<Path> inputs() {
        return switch (this) {
            case Csv csv -> List.of(csv.file());
            case Idx idx -> List.of(idx.directory());
            case Digits _,Synthetic _ -> List.of();
        };
    }

    String EXPECTED = "digits, FILE.csv, idx:DIR or synthetic:ROWSxCOLS";

    /// Understands `text`; whether the files exist is not looked at here.
    static Source of(String text) {
        if (text.equals("digits")) {
            return new Digits();
        }
        if (text.startsWith("idx:")) {
            return new Idx(Arguments.path("--data", text.substring("idx:".length())));
        }
        if (text.startsWith("synthetic:")) {
            return synthetic(text, text.substring("synthetic:".length()));
        }
        return new Csv(Arguments.path("--data", text));
    }

    private static Source synthetic(String text, String size) {
        int x = size.indexOf('x');
        long rows = x < 0 ? -1 : Grammar.wholeNumber(size.substring(0, x));
        long cols = x < 0 ? -1 : Grammar.wholeNumber(size.substring(x + 1));
        if (rows < 1 || rows > Integer.MAX_VALUE || cols < 1 || cols > Integer.MAX_VALUE) {
            throw CommandException.usage("--data", "not a size of synthetic data", text,
                    "synthetic:ROWSxCOLS with whole numbers from 1 to 2147483647");
        }
        return new Synthetic((int) rows, (int) cols);
    }
}
