// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.nn.Module;

/// How many threads train, and why; the results are the same bits for any number.
///
/// @param threads the number
/// @param reason why it is that one
record ThreadChoice(int threads, String reason) {
    /// What `--threads auto` stands for.
    static final int AUTO = 0;

    /// The choice for steps of `rows` rows of `inFeatures` values: what was asked for, or as many as the work of a step
    /// keeps busy and this process has processors for.
    static ThreadChoice of(int asked, Module net, int rows, int inFeatures, Console console) {
        int processors = Runtime.getRuntime().availableProcessors();
        String available = Text.count(processors, "CPU");
        if (asked != AUTO) {
            if (asked > processors) {
                console.warning("--threads " + asked + " is more than the " + available
                        + " available to this process; the results are the same, but it may be slower");
            }
            return new ThreadChoice(asked, "asked for by --threads");
        }
        int worth = net.threadsWorth(rows, inFeatures);
        return new ThreadChoice(Math.min(worth, processors),
                "a step is worth " + worth + ", " + available + " available");
    }

    @Override
    public String toString() {
        return threads + " (" + reason + ")";
    }
}
