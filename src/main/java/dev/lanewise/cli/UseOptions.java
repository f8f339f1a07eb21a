// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/// The options of `evaluate` and `predict`, understood and free of contradictions.
///
/// @param model the model file
/// @param source the rows
/// @param label label column of a CSV file, or null for that of the model
/// @param seed seed of synthetic data
/// @param out where predictions go, or null for stdout
/// @param overwrite whether an existing file is replaced
/// @param json whether the result is printed as JSON
record UseOptions(Path model, Source source, @Nullable String label, long seed, @Nullable Path out, boolean overwrite,
        boolean json) {

    /// **Throws** [CommandException] (usage) if a value is wrong or options contradict each other.
    static UseOptions of(Arguments given) {
        String data = given.value("--data");
        if (data == null) {
            throw CommandException.usage("--data: missing, expected " + Source.EXPECTED);
        }
        Source source = Source.of(data);
        if (!(source instanceof Source.Csv)) {
            given.refuse("--label", "only a CSV file has columns to name; leave --label out");
        }
        if (!(source instanceof Source.Synthetic)) {
            given.refuse("--seed", "only synthetic data has a seed; leave --seed out");
        }
        String seed = given.value("--seed");
        String out = given.value("--out");
        return new UseOptions(given.model(), source, given.value("--label"),
                seed == null ? 0 : Grammar.seed("--seed", seed),
                out == null || out.equals("-") ? null : Arguments.path("--out", out), given.flag("--overwrite"),
                given.flag("--json"));
    }
}
