// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where a layer reads row `r` of its batch: row `index[from + r]` of a matrix, or row `from + r` without an index;
/// and what it keeps of the pass.
final class LayerInput {
    private @Nullable FloatMatrix matrix;
    private MemorySegment index = MemorySegment.NULL;
    private long from;
    private @Nullable FloatMatrix kept;

    @SuppressWarnings({"ReferenceEquality", "MemorySegmentReferenceEquality"})
    void set(FloatMatrix newMatrix, MemorySegment newIndex, long newFrom) {
        if (matrix != newMatrix) { // a reference costs a barrier of the garbage collector, and is mostly the same
            matrix = newMatrix;
        }
        if (index != newIndex) {
            index = newIndex;
        }
        from = newFrom;
    }

    void keep(@Nullable FloatMatrix newKept) {
        kept = newKept;
    }

    /// What the layer keeps of the pass from its forward to its backward ([Layer#allocateKept]).
    FloatMatrix kept() {
        if (kept == null) {
            throw new AssertionError("nothing kept");
        }
        return kept;
    }

    FloatMatrix matrix() {
        if (matrix == null) {
            throw new AssertionError("no input before forward");
        }
        return matrix;
    }

    MemorySegment segment() {
        return matrix().segment();
    }

    int stride() {
        return matrix().stride();
    }

    MemorySegment index() {
        return index;
    }

    long from() {
        return from;
    }
}
