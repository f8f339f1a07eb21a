// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

/// Where a walk through [Batches] is, and what they are: enough to go on with the same batches in another process.
///
/// @param epoch the epoch under way, or the next one, counted from 0
/// @param batch batches of it that have been handed out; if all have, what follows an epoch has not been done yet
/// @param rows rows of the data
/// @param batchSize rows in a batch
/// @param dropLast whether a short batch is left out
/// @param shuffled whether rows are shuffled
/// @param seed by which seed; 0 if they are not
public record BatchCursor(int epoch, int batch, int rows, int batchSize, boolean dropLast, boolean shuffled,
        long seed) {
}
