// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.DOUBLES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.SINGLES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Sums of squares in double, for norms of gradients.
final class SimdSquares {
    private static final int LANES = DOUBLES.length();
    private static final long NARROW_BYTES = (long) LANES * Float.BYTES;
    private static final long VECTOR_BYTES = (long) LANES * Double.BYTES;
    /// Floats that are read once for each part of a block: they stay in L1.
    private static final long CHUNK_BYTES = 8 << 10;

    private SimdSquares() {
    }

    static void add(MemorySegment sums, MemorySegment g, long n) {
        for (long from = 0; from < n * Float.BYTES; from += CHUNK_BYTES) {
            addChunk(sums, g, from, Math.min(from + CHUNK_BYTES, n * Float.BYTES));
        }
    }

    /// Two vectors of sums at a time, because each addition waits for the one before.
    private static void addChunk(MemorySegment sums, MemorySegment g, long from, long to) {
        if (!sums.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        for (int lane = 0; lane < BLOCK; lane += 2 * LANES) {
            long at = (long) lane * Double.BYTES;
            DoubleVector first = DoubleVector.fromMemorySegment(DOUBLES, sums, at, ORDER);
            DoubleVector second = DoubleVector.fromMemorySegment(DOUBLES, sums, at + VECTOR_BYTES, ORDER);
            long begin = from + (long) lane * Float.BYTES;
            long end = to + (long) lane * Float.BYTES;
            for (long b = begin; b != end; b += BLOCK_BYTES) {
                DoubleVector x = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, g, b, ORDER)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                DoubleVector y = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, g, b + NARROW_BYTES, ORDER)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
                first = x.fma(x, first);
                second = y.fma(y, second);
            }
            first.intoMemorySegment(sums, at, ORDER);
            second.intoMemorySegment(sums, at + VECTOR_BYTES, ORDER);
        }
    }
}
