// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of the parameter gradient: `g[o][i] = fma(dY[r][o], x[r][i], g[o][i])` over some rows, ascending,
/// continued from the stored `g`.
///
/// The rows come as records: sixteen floats of `dY`, then the byte offset of the row of `x` as a `long`. Offsets are
/// bytes; `output` is that of the first output in a record.
///
/// See [dev.lanewise.kernel.simd] for the shape of the code.
final class GradientTiles {
    /// Where a record holds the byte offset of its row.
    static final long OFFSET_AT = BLOCK_BYTES;
    /// Bytes of a record: two cache lines, so that its vectors are aligned.
    static final long RECORD_BYTES = 2 * BLOCK_BYTES;
    private static final int STEP = (int) RECORD_BYTES;

    private GradientTiles() {
    }

    /// 2 outputs, 5 vectors of columns.
    static void tile2x5(MemorySegment g, long at, long gRowBytes, MemorySegment records, long first, int nBytes,
            long output, MemorySegment x, long column) {
        MemorySegment g0 = g.asSlice(at, 5 * BYTES);
        MemorySegment g1 = g.asSlice(at + gRowBytes, 5 * BYTES);
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g0, 0, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g0, BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g0, 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g0, 3 * BYTES, ORDER);
        FloatVector s04 = FloatVector.fromMemorySegment(FLOATS, g0, 4 * BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, g1, 0, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, g1, BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(FLOATS, g1, 2 * BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(FLOATS, g1, 3 * BYTES, ORDER);
        FloatVector s14 = FloatVector.fromMemorySegment(FLOATS, g1, 4 * BYTES, ORDER);
        MemorySegment d = records.asSlice(first + output, nBytes - output);
        for (int b = 0; b != nBytes; b += STEP) {
            MemorySegment record = d.asSlice(b, BLOCK_BYTES + Long.BYTES);
            MemorySegment row = x.asSlice(record.get(JAVA_LONG_UNALIGNED, OFFSET_AT - output) + column, 5 * BYTES);
            FloatVector k0 = FloatVector.broadcast(FLOATS, record.get(JAVA_FLOAT_UNALIGNED, 0));
            FloatVector k1 = FloatVector.broadcast(FLOATS, record.get(JAVA_FLOAT_UNALIGNED, Float.BYTES));
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, row, 0, ORDER);
            s00 = k0.fma(u, s00);
            s10 = k1.fma(u, s10);
            u = FloatVector.fromMemorySegment(FLOATS, row, BYTES, ORDER);
            s01 = k0.fma(u, s01);
            s11 = k1.fma(u, s11);
            u = FloatVector.fromMemorySegment(FLOATS, row, 2 * BYTES, ORDER);
            s02 = k0.fma(u, s02);
            s12 = k1.fma(u, s12);
            u = FloatVector.fromMemorySegment(FLOATS, row, 3 * BYTES, ORDER);
            s03 = k0.fma(u, s03);
            s13 = k1.fma(u, s13);
            u = FloatVector.fromMemorySegment(FLOATS, row, 4 * BYTES, ORDER);
            s04 = k0.fma(u, s04);
            s14 = k1.fma(u, s14);
        }
        s00.intoMemorySegment(g0, 0, ORDER);
        s01.intoMemorySegment(g0, BYTES, ORDER);
        s02.intoMemorySegment(g0, 2 * BYTES, ORDER);
        s03.intoMemorySegment(g0, 3 * BYTES, ORDER);
        s04.intoMemorySegment(g0, 4 * BYTES, ORDER);
        s10.intoMemorySegment(g1, 0, ORDER);
        s11.intoMemorySegment(g1, BYTES, ORDER);
        s12.intoMemorySegment(g1, 2 * BYTES, ORDER);
        s13.intoMemorySegment(g1, 3 * BYTES, ORDER);
        s14.intoMemorySegment(g1, 4 * BYTES, ORDER);
    }

    /// 2 outputs, 4 vectors of columns.
    static void tile2x4(MemorySegment g, long at, long gRowBytes, MemorySegment records, long first, int nBytes,
            long output, MemorySegment x, long column) {
        MemorySegment g0 = g.asSlice(at, 4 * BYTES);
        MemorySegment g1 = g.asSlice(at + gRowBytes, 4 * BYTES);
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g0, 0, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g0, BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g0, 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g0, 3 * BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, g1, 0, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, g1, BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(FLOATS, g1, 2 * BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(FLOATS, g1, 3 * BYTES, ORDER);
        MemorySegment d = records.asSlice(first + output, nBytes - output);
        for (int b = 0; b != nBytes; b += STEP) {
            MemorySegment record = d.asSlice(b, BLOCK_BYTES + Long.BYTES);
            MemorySegment row = x.asSlice(record.get(JAVA_LONG_UNALIGNED, OFFSET_AT - output) + column, 4 * BYTES);
            FloatVector k0 = FloatVector.broadcast(FLOATS, record.get(JAVA_FLOAT_UNALIGNED, 0));
            FloatVector k1 = FloatVector.broadcast(FLOATS, record.get(JAVA_FLOAT_UNALIGNED, Float.BYTES));
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, row, 0, ORDER);
            s00 = k0.fma(u, s00);
            s10 = k1.fma(u, s10);
            u = FloatVector.fromMemorySegment(FLOATS, row, BYTES, ORDER);
            s01 = k0.fma(u, s01);
            s11 = k1.fma(u, s11);
            u = FloatVector.fromMemorySegment(FLOATS, row, 2 * BYTES, ORDER);
            s02 = k0.fma(u, s02);
            s12 = k1.fma(u, s12);
            u = FloatVector.fromMemorySegment(FLOATS, row, 3 * BYTES, ORDER);
            s03 = k0.fma(u, s03);
            s13 = k1.fma(u, s13);
        }
        s00.intoMemorySegment(g0, 0, ORDER);
        s01.intoMemorySegment(g0, BYTES, ORDER);
        s02.intoMemorySegment(g0, 2 * BYTES, ORDER);
        s03.intoMemorySegment(g0, 3 * BYTES, ORDER);
        s10.intoMemorySegment(g1, 0, ORDER);
        s11.intoMemorySegment(g1, BYTES, ORDER);
        s12.intoMemorySegment(g1, 2 * BYTES, ORDER);
        s13.intoMemorySegment(g1, 3 * BYTES, ORDER);
    }

    /// 1 output, 8 vectors of columns.
    static void tile1x8(MemorySegment g, long at, MemorySegment records, long first, int nBytes,
            long output, MemorySegment x, long column) {
        MemorySegment g0 = g.asSlice(at, 8 * BYTES);
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g0, 0, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g0, BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g0, 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g0, 3 * BYTES, ORDER);
        FloatVector s04 = FloatVector.fromMemorySegment(FLOATS, g0, 4 * BYTES, ORDER);
        FloatVector s05 = FloatVector.fromMemorySegment(FLOATS, g0, 5 * BYTES, ORDER);
        FloatVector s06 = FloatVector.fromMemorySegment(FLOATS, g0, 6 * BYTES, ORDER);
        FloatVector s07 = FloatVector.fromMemorySegment(FLOATS, g0, 7 * BYTES, ORDER);
        MemorySegment d = records.asSlice(first + output, nBytes - output);
        for (int b = 0; b != nBytes; b += STEP) {
            MemorySegment record = d.asSlice(b, BLOCK_BYTES + Long.BYTES);
            MemorySegment row = x.asSlice(record.get(JAVA_LONG_UNALIGNED, OFFSET_AT - output) + column, 8 * BYTES);
            FloatVector k0 = FloatVector.broadcast(FLOATS, record.get(JAVA_FLOAT_UNALIGNED, 0));
            s00 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 0, ORDER), s00);
            s01 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, BYTES, ORDER), s01);
            s02 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 2 * BYTES, ORDER), s02);
            s03 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 3 * BYTES, ORDER), s03);
            s04 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 4 * BYTES, ORDER), s04);
            s05 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 5 * BYTES, ORDER), s05);
            s06 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 6 * BYTES, ORDER), s06);
            s07 = k0.fma(FloatVector.fromMemorySegment(FLOATS, row, 7 * BYTES, ORDER), s07);
        }
        s00.intoMemorySegment(g0, 0, ORDER);
        s01.intoMemorySegment(g0, BYTES, ORDER);
        s02.intoMemorySegment(g0, 2 * BYTES, ORDER);
        s03.intoMemorySegment(g0, 3 * BYTES, ORDER);
        s04.intoMemorySegment(g0, 4 * BYTES, ORDER);
        s05.intoMemorySegment(g0, 5 * BYTES, ORDER);
        s06.intoMemorySegment(g0, 6 * BYTES, ORDER);
        s07.intoMemorySegment(g0, 7 * BYTES, ORDER);
    }

    /// 2 outputs, 1 vector of columns. Too short for slices to pay, like the next.
    static void tile2x1(MemorySegment g, long at, long gRowBytes, MemorySegment records, long first, int nBytes,
            long output, MemorySegment x, long column) {
        FloatVector s = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector t = FloatVector.fromMemorySegment(FLOATS, g, at + gRowBytes, ORDER);
        for (long r = first; r != first + nBytes; r += RECORD_BYTES) {
            long row = records.get(JAVA_LONG_UNALIGNED, r + OFFSET_AT) + column;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            s = u.fma(FloatVector.broadcast(FLOATS, records.get(JAVA_FLOAT_UNALIGNED, r + output)), s);
            t = u.fma(FloatVector.broadcast(FLOATS, records.get(JAVA_FLOAT_UNALIGNED, r + output + Float.BYTES)), t);
        }
        s.intoMemorySegment(g, at, ORDER);
        t.intoMemorySegment(g, at + gRowBytes, ORDER);
    }

    /// 1 output, 1 vector of columns.
    static void tile1x1(MemorySegment g, long at, MemorySegment records, long first, int nBytes, long output,
            MemorySegment x, long column) {
        FloatVector s = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        for (long r = first; r != first + nBytes; r += RECORD_BYTES) {
            long row = records.get(JAVA_LONG_UNALIGNED, r + OFFSET_AT) + column;
            FloatVector k = FloatVector.broadcast(FLOATS, records.get(JAVA_FLOAT_UNALIGNED, r + output));
            s = k.fma(FloatVector.fromMemorySegment(FLOATS, x, row, ORDER), s);
        }
        s.intoMemorySegment(g, at, ORDER);
    }
}
