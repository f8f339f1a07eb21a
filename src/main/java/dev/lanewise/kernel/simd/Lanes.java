// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.LaneChoice;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The one species of all kernels and what follows from it: constants, so that the compiler knows the width.
final class Lanes {
    /// Floats in a logical block.
    static final int BLOCK = 16;
    /// Bytes of a logical block.
    static final int BLOCK_BYTES = BLOCK * Float.BYTES;
    /// The vectors of every kernel.
    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShape.forBitSize(bits()));
    /// A quarter of a logical block, at every width: for folding.
    static final VectorSpecies<Float> QUARTER = FloatVector.SPECIES_128;
    /// Floats in a vector.
    static final int LANES = FLOATS.length();
    /// Vectors in a logical block.
    static final int PARTS = BLOCK / LANES;
    /// Bytes of a vector.
    static final int BYTES = LANES * Float.BYTES;
    /// How floats lie in memory.
    static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /// 0, 1, 2, ...
    static final FloatVector IOTA = FloatVector.zero(FLOATS).addIndex(1);

    private Lanes() {
    }

    private static int bits() {
        int requested = LaneChoice.requested();
        return requested > 0 ? requested : LaneChoice.automaticBits(preferredBits());
    }

    static int preferredBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }

    /// The lanes of a vector that begins `left` floats before the end of a row; none if `left` is 0 or less.
    static VectorMask<Float> first(int left) {
        return IOTA.lt(left);
    }

    /// `n` rounded up to whole blocks.
    static int padded(int n) {
        return (n + BLOCK - 1) & -BLOCK;
    }

    /// Sets the first `n` floats, whole blocks, to +0.0.
    static void clear(MemorySegment a, long n) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < n * Float.BYTES; at += BYTES) {
            zero.intoMemorySegment(a, at, ORDER);
        }
    }

    /// Sets the padding behind `cols` floats of each row to +0.0: products with padding are NaN if the other factor is
    /// infinite or NaN.
    static void clearPadding(MemorySegment a, int stride, int rows, int cols) {
        FloatVector zero = FloatVector.zero(FLOATS);
        int last = cols & -LANES;
        for (int r = 0; r < rows; r++) {
            for (int c = last; c < stride; c += LANES) {
                long at = ((long) r * stride + c) * Float.BYTES;
                zero.blend(FloatVector.fromMemorySegment(FLOATS, a, at, ORDER), first(cols - c)).intoMemorySegment(a,
                        at, ORDER);
            }
        }
    }
}
