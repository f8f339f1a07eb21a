// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.INTS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.SMALL;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.lanewise.kernel.DataKernels;
import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Rows of a data set in lanes.
final class SimdData implements DataKernels {
    private static final int SMALL_BYTES = SMALL.length();
    /// Vectors of floats that a small vector of bytes makes.
    private static final int WIDENED = SMALL_BYTES / LANES;

    /// Bytes of a cache line, and how many lines are fetched in one go: half of an L1 cache.
    private static final int LINE = 64;
    private static final int FETCHED_LINES = 256;

    @Override
    public void widen(MemorySegment to, int toStride, long toFirst, MemorySegment bytes, int byteStride,
            MemorySegment index, long from, int first, int rows, int cols, float scale) {
        long toBytes = (long) toStride * Float.BYTES;
        int groups = Math.max(1, FETCHED_LINES * LINE / byteStride / RowFetch.TOGETHER);
        int fetched = groups * RowFetch.TOGETHER; // what is left of a group would be fetched twice
        for (int begin = first; begin < first + rows; begin += fetched) {
            int end = Math.min(begin + fetched, first + rows);
            RowFetch.run(bytes, byteStride, index, from, begin, end, 0, cols);
            for (int r = begin; r < end; r++) {
                widenRow(to, (toFirst + r - first) * toBytes, bytes, RowIndex.row(index, from, r) * byteStride,
                        Lanes.padded(cols), scale);
            }
        }
    }

    private static void widenRow(MemorySegment to, long toAt, MemorySegment bytes, long row, int cols, float scale) {
        if (!to.isNative() || !bytes.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector factor = FloatVector.broadcast(FLOATS, scale);
        for (int c = 0; c < cols; c += SMALL_BYTES) {
            ByteVector small = ByteVector.fromMemorySegment(SMALL, bytes, row + c, ORDER);
            for (int part = 0; part < WIDENED; part++) {
                IntVector ints = (IntVector) small.convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, part);
                FloatVector floats = (FloatVector) ints.convert(VectorOperators.I2F, 0);
                floats.mul(factor).intoMemorySegment(to, toAt + (long) c * Float.BYTES + part * BYTES, ORDER);
            }
        }
    }

    @Override
    public void gather(MemorySegment to, int toStride, long toFirst, MemorySegment x, int xStride,
            MemorySegment index, long from, int first, int rows, int cols) {
        long xBytes = (long) xStride * Float.BYTES;
        long toBytes = (long) toStride * Float.BYTES;
        long rowBytes = Lanes.paddedBytes(cols);
        if (xStride == 1) {
            gatherColumn(to, toBytes, toFirst - first, x, index, from, first, first + rows);
            return;
        }
        for (int r = first; r < first + rows; r++) {
            Lanes.copy(to, (toFirst + r - first) * toBytes, x, RowIndex.row(index, from, r) * xBytes, rowBytes);
        }
    }

    private static void gatherColumn(MemorySegment to, long toBytes, long shift, MemorySegment x, MemorySegment index,
            long from, int first, int last) {
        if (!to.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (int r = first; r < last; r++) { // as int: a float register may change the bits of a NaN
            to.set(JAVA_INT_UNALIGNED, (shift + r) * toBytes,
                    x.get(JAVA_INT_UNALIGNED, RowIndex.row(index, from, r) * Float.BYTES));
        }
    }
}
