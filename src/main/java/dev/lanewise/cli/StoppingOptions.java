// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.EarlyStopping;
import dev.lanewise.Monitor;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What `--patience` and its companions say: when training ends early, and by which rows.
///
/// @param patience epochs in a row without an improvement
/// @param minDelta by how much more than this a loss has to be smaller to be an improvement
/// @param validation CSV file of the rows it goes by, or null to take some of the rows to train on
/// @param givenFraction their share of the rows to train on, or null for [#DEFAULT_FRACTION]
record StoppingOptions(int patience, float minDelta, @Nullable Path validation, @Nullable Fraction givenFraction) {
    private static final Fraction DEFAULT_FRACTION = new Fraction(0.1, "0.1");

    /// The options, or null if training is not to end early.
    ///
    /// **Throws** [CommandException] (usage) if a value is wrong, or there are companions without `--patience`.
    static @Nullable StoppingOptions of(Arguments given, Source source) {
        String patience = given.value("--patience");
        String delta = given.value("--min-delta");
        String fraction = given.value("--val-fraction");
        if (patience == null) {
            String why = "nothing goes by it; add --patience N";
            given.refuse("--min-delta", why);
            given.refuse("--val", why);
            given.refuse("--val-fraction", why);
            return null;
        }
        if (!(source instanceof Source.Csv)) {
            given.refuse("--val", "only a CSV file can be validated on another; leave --val out");
        }
        if (given.has("--val")) {
            given.refuse("--val-fraction", "given together with --val, expected one of them");
        }
        return new StoppingOptions(Grammar.count("--patience", patience),
                delta == null ? 0 : Grammar.notNegative("--min-delta", "difference of losses", delta),
                given.path("--val"), fraction == null ? null : Grammar.fraction("--val-fraction", fraction));
    }

    /// The share of the rows to train on that is taken for validation.
    Fraction fraction() {
        return givenFraction == null ? DEFAULT_FRACTION : givenFraction;
    }

    EarlyStopping stopping() {
        return new EarlyStopping(Monitor.VALIDATION_LOSS).patience(patience).minDelta(minDelta);
    }
}
