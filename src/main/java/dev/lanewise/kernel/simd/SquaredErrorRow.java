// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.INTS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of a squared error.
final class SquaredErrorRow {
    private SquaredErrorRow() {
    }

    /// With `d = x - y`: `loss = (factor * d) * d` and `dX = ((2 * factor) * d) * scale`, padding included.
    static void run(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y, long yAt,
            long rowBytes, float factor, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        float slope = 2f * factor;
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER)
                    .sub(FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER));
            d.mul(factor).mul(d).intoMemorySegment(loss, at + b, ORDER);
            d.mul(slope).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }

    /// The rows `first .. last - 1`, of one block each, with `cols` values that fit into a vector: the rest of a row is
    /// padding and written without being computed.
    static void narrow(MemorySegment loss, MemorySegment dX, MemorySegment x, MemorySegment y, long yRowBytes,
            MemorySegment index, long from, int first, int last, int cols, float factor, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector slope = FloatVector.broadcast(FLOATS, 2f * factor);
        FloatVector zero = FloatVector.zero(FLOATS);
        IntVector keep = IntVector.fromMemorySegment(INTS, Padding.KEEP, (long) (BLOCK - cols) * Float.BYTES, ORDER);
        int r = first;
        for (long at = first * BLOCK_BYTES; at != last * BLOCK_BYTES; at += BLOCK_BYTES) {
            long yAt = RowIndex.row(index, from, r++) * yRowBytes;
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER)
                    .sub(FloatVector.fromMemorySegment(FLOATS, y, yAt, ORDER));
            d.mul(factor).mul(d).reinterpretAsInts().and(keep).intoMemorySegment(loss, at, ORDER);
            d.mul(slope).mul(scale).reinterpretAsInts().and(keep).intoMemorySegment(dX, at, ORDER);
            if (PARTS > 1) {
                zero.intoMemorySegment(loss, at + BYTES, ORDER);
                zero.intoMemorySegment(dX, at + BYTES, ORDER);
            }
            if (PARTS > 2) {
                zero.intoMemorySegment(loss, at + 2 * BYTES, ORDER);
                zero.intoMemorySegment(dX, at + 2 * BYTES, ORDER);
                zero.intoMemorySegment(loss, at + 3 * BYTES, ORDER);
                zero.intoMemorySegment(dX, at + 3 * BYTES, ORDER);
            }
        }
    }
}
