// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import java.util.List;

/// What [Fit#run] came to.
///
/// @param epochs one report for each epoch
/// @param stopped whether it ended before the epochs asked for were over
/// @param bestEpoch the epoch whose parameters the module has now, if early stopping has restored them, else 0
public record FitResult(List<EpochReport> epochs, boolean stopped, int bestEpoch) {
    /// Keeps its own list.
    public FitResult {
        epochs = List.copyOf(epochs);
    }

    /// The report of the last epoch.
    public EpochReport last() {
        return epochs.getLast();
    }
}
