// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Some rows of the features and the same rows of the targets.
///
/// [Batches] moves one and the same batch along: it is valid until the next one is asked for. Rows are read where they
/// are, never copied.
///
/// **Threads**: one at a time.
public final class Batch {
    private final Rows x;
    private final Rows y;

    Batch(Table features, Table targets, @Nullable FloatMatrix weights) {
        x = new Rows(features, 0, 0);
        y = new Rows(targets, 0, 0).weights(weights);
    }

    /// The features: `size()` rows.
    public Rows x() {
        return x;
    }

    /// The targets: the same rows, as class labels or numbers, with the weights of the rows if there are any.
    public Rows y() {
        return y;
    }

    /// Number of rows; the last batch of an epoch may have fewer than the others.
    public int size() {
        return x.count();
    }

    void moveTo(int first, int count) {
        x.moveTo(first, count);
        y.moveTo(first, count);
    }

    void moveTo(MemorySegment index, int first, int count) {
        x.moveTo(index, first, count);
        y.moveTo(index, first, count);
    }

    @Override
    public String toString() {
        return "Batch of " + size() + " rows";
    }
}
