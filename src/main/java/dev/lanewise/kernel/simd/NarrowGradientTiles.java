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

/// Register tiles of a narrow layer's parameter gradient: `g[o][i] = fma(dY[r][o], x[r][i], g[o][i])` over some rows,
/// ascending, continued from the stored `g`.
///
/// `rows` begins with the byte offsets of the rows of `x`, as `long`s; at byte `factors` follow the pairs of `dY` of the
/// outputs, eight bytes a row too, so that one index and one check serve both: besides the multiply-adds a turn has to
/// cost little, or the front end of the processor becomes the limit. Offsets are bytes; `nBytes` is eight a row.
///
/// See [dev.lanewise.kernel.simd] for the shape of the code.
final class NarrowGradientTiles {
    /// Bytes of an offset, and of the pair of factors, of a row.
    static final int STEP = Long.BYTES;
    /// The outputs of the largest tile.
    static final int FIVE = 5;

    private NarrowGradientTiles() {
    }

    /// 5 outputs, 2 vectors of columns. `rows` begins with the offsets of `n` rows of `x`; `factors` is where theirs begin
    /// in `dY`, whose rows are one block each.
    static void tile5x2(MemorySegment g, long at, long gRowBytes, MemorySegment rows, int n, MemorySegment dY,
            long factors, MemorySegment x, long column, int stop) {
        if (!g.isNative() || !rows.isNative() || !dY.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long extent = (n - 1) * BLOCK_BYTES + Float.BYTES;
        MemorySegment d0 = dY.asSlice(factors, extent);
        MemorySegment d1 = dY.asSlice(factors + 4, extent);
        MemorySegment d2 = dY.asSlice(factors + 8, extent);
        MemorySegment d3 = dY.asSlice(factors + 12, extent);
        MemorySegment d4 = dY.asSlice(factors + 16, extent);
        long rest = x.byteSize() - column - BYTES;
        MemorySegment x0 = x.asSlice(column, rest);
        MemorySegment x1 = x.asSlice(column + BYTES, rest);
        MemorySegment offsets = rows.asSlice(0, (long) n * STEP);
        long next = at + BYTES;
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g, next, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, g, at + gRowBytes, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, g, next + gRowBytes, ORDER);
        FloatVector s20 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * gRowBytes, ORDER);
        FloatVector s21 = FloatVector.fromMemorySegment(FLOATS, g, next + 2 * gRowBytes, ORDER);
        FloatVector s30 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * gRowBytes, ORDER);
        FloatVector s31 = FloatVector.fromMemorySegment(FLOATS, g, next + 3 * gRowBytes, ORDER);
        FloatVector s40 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * gRowBytes, ORDER);
        FloatVector s41 = FloatVector.fromMemorySegment(FLOATS, g, next + 4 * gRowBytes, ORDER);
        for (int r = 0; r < n; r++) {
            long d = r * BLOCK_BYTES;
            long row = offsets.get(JAVA_LONG_UNALIGNED, (long) r * STEP);
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, x0, row, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, x1, row, ORDER);
            FloatVector k = FloatVector.broadcast(FLOATS, d0.get(JAVA_FLOAT_UNALIGNED, d));
            s00 = k.fma(u0, s00);
            s01 = k.fma(u1, s01);
            k = FloatVector.broadcast(FLOATS, d1.get(JAVA_FLOAT_UNALIGNED, d));
            s10 = k.fma(u0, s10);
            s11 = k.fma(u1, s11);
            if (r == stop) {
                break;
            }
            k = FloatVector.broadcast(FLOATS, d2.get(JAVA_FLOAT_UNALIGNED, d));
            s20 = k.fma(u0, s20);
            s21 = k.fma(u1, s21);
            k = FloatVector.broadcast(FLOATS, d3.get(JAVA_FLOAT_UNALIGNED, d));
            s30 = k.fma(u0, s30);
            s31 = k.fma(u1, s31);
            if (r == stop) {
                break;
            }
            k = FloatVector.broadcast(FLOATS, d4.get(JAVA_FLOAT_UNALIGNED, d));
            s40 = k.fma(u0, s40);
            s41 = k.fma(u1, s41);
        }
        s00.intoMemorySegment(g, at, ORDER);
        s01.intoMemorySegment(g, next, ORDER);
        s10.intoMemorySegment(g, at + gRowBytes, ORDER);
        s11.intoMemorySegment(g, next + gRowBytes, ORDER);
        s20.intoMemorySegment(g, at + 2 * gRowBytes, ORDER);
        s21.intoMemorySegment(g, next + 2 * gRowBytes, ORDER);
        s30.intoMemorySegment(g, at + 3 * gRowBytes, ORDER);
        s31.intoMemorySegment(g, next + 3 * gRowBytes, ORDER);
        s40.intoMemorySegment(g, at + 4 * gRowBytes, ORDER);
        s41.intoMemorySegment(g, next + 4 * gRowBytes, ORDER);
    }

    /// 2 outputs, 5 vectors of columns, at least two rows.
    static void tile2x5(MemorySegment g, long at, long gRowBytes, MemorySegment rows, long factors, int nBytes,
            MemorySegment x, long column) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long at1 = at + gRowBytes;
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s04 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, g, at1, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, g, at1 + BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(FLOATS, g, at1 + 2 * BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(FLOATS, g, at1 + 3 * BYTES, ORDER);
        FloatVector s14 = FloatVector.fromMemorySegment(FLOATS, g, at1 + 4 * BYTES, ORDER);
        for (int b = 0; b != nBytes; b += STEP) {
            long row = rows.get(JAVA_LONG_UNALIGNED, b) + column;
            FloatVector k0 = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b));
            FloatVector k1 = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b + Float.BYTES));
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            s00 = k0.fma(u, s00);
            s10 = k1.fma(u, s10);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + BYTES, ORDER);
            s01 = k0.fma(u, s01);
            s11 = k1.fma(u, s11);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + 2 * BYTES, ORDER);
            s02 = k0.fma(u, s02);
            s12 = k1.fma(u, s12);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + 3 * BYTES, ORDER);
            s03 = k0.fma(u, s03);
            s13 = k1.fma(u, s13);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + 4 * BYTES, ORDER);
            s04 = k0.fma(u, s04);
            s14 = k1.fma(u, s14);
        }
        s00.intoMemorySegment(g, at, ORDER);
        s01.intoMemorySegment(g, at + BYTES, ORDER);
        s02.intoMemorySegment(g, at + 2 * BYTES, ORDER);
        s03.intoMemorySegment(g, at + 3 * BYTES, ORDER);
        s04.intoMemorySegment(g, at + 4 * BYTES, ORDER);
        s10.intoMemorySegment(g, at1, ORDER);
        s11.intoMemorySegment(g, at1 + BYTES, ORDER);
        s12.intoMemorySegment(g, at1 + 2 * BYTES, ORDER);
        s13.intoMemorySegment(g, at1 + 3 * BYTES, ORDER);
        s14.intoMemorySegment(g, at1 + 4 * BYTES, ORDER);
    }

    /// 2 outputs, 4 vectors of columns, at least two rows.
    static void tile2x4(MemorySegment g, long at, long gRowBytes, MemorySegment rows, long factors, int nBytes,
            MemorySegment x, long column) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long at1 = at + gRowBytes;
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, g, at1, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, g, at1 + BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(FLOATS, g, at1 + 2 * BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(FLOATS, g, at1 + 3 * BYTES, ORDER);
        for (int b = 0; b != nBytes; b += STEP) {
            long row = rows.get(JAVA_LONG_UNALIGNED, b) + column;
            FloatVector k0 = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b));
            FloatVector k1 = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b + Float.BYTES));
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            s00 = k0.fma(u, s00);
            s10 = k1.fma(u, s10);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + BYTES, ORDER);
            s01 = k0.fma(u, s01);
            s11 = k1.fma(u, s11);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + 2 * BYTES, ORDER);
            s02 = k0.fma(u, s02);
            s12 = k1.fma(u, s12);
            u = FloatVector.fromMemorySegment(FLOATS, x, row + 3 * BYTES, ORDER);
            s03 = k0.fma(u, s03);
            s13 = k1.fma(u, s13);
        }
        s00.intoMemorySegment(g, at, ORDER);
        s01.intoMemorySegment(g, at + BYTES, ORDER);
        s02.intoMemorySegment(g, at + 2 * BYTES, ORDER);
        s03.intoMemorySegment(g, at + 3 * BYTES, ORDER);
        s10.intoMemorySegment(g, at1, ORDER);
        s11.intoMemorySegment(g, at1 + BYTES, ORDER);
        s12.intoMemorySegment(g, at1 + 2 * BYTES, ORDER);
        s13.intoMemorySegment(g, at1 + 3 * BYTES, ORDER);
    }

    /// 1 output, 8 vectors of columns, at least two rows.
    static void tile1x8(MemorySegment g, long at, MemorySegment rows, long factors, int nBytes, MemorySegment x,
            long column) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s04 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s05 = FloatVector.fromMemorySegment(FLOATS, g, at + 5 * BYTES, ORDER);
        FloatVector s06 = FloatVector.fromMemorySegment(FLOATS, g, at + 6 * BYTES, ORDER);
        FloatVector s07 = FloatVector.fromMemorySegment(FLOATS, g, at + 7 * BYTES, ORDER);
        for (int b = 0; b != nBytes; b += STEP) {
            long row = rows.get(JAVA_LONG_UNALIGNED, b) + column;
            FloatVector k0 = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b));
            s00 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row, ORDER), s00);
            s01 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + BYTES, ORDER), s01);
            s02 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 2 * BYTES, ORDER), s02);
            s03 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 3 * BYTES, ORDER), s03);
            s04 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 4 * BYTES, ORDER), s04);
            s05 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 5 * BYTES, ORDER), s05);
            s06 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 6 * BYTES, ORDER), s06);
            s07 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 7 * BYTES, ORDER), s07);
        }
        s00.intoMemorySegment(g, at, ORDER);
        s01.intoMemorySegment(g, at + BYTES, ORDER);
        s02.intoMemorySegment(g, at + 2 * BYTES, ORDER);
        s03.intoMemorySegment(g, at + 3 * BYTES, ORDER);
        s04.intoMemorySegment(g, at + 4 * BYTES, ORDER);
        s05.intoMemorySegment(g, at + 5 * BYTES, ORDER);
        s06.intoMemorySegment(g, at + 6 * BYTES, ORDER);
        s07.intoMemorySegment(g, at + 7 * BYTES, ORDER);
    }

    /// 1 output, 6 vectors of columns, at least two rows.
    static void tile1x6(MemorySegment g, long at, MemorySegment rows, long factors, int nBytes, MemorySegment x,
            long column) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s04 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s05 = FloatVector.fromMemorySegment(FLOATS, g, at + 5 * BYTES, ORDER);
        for (int b = 0; b != nBytes; b += STEP) {
            long row = rows.get(JAVA_LONG_UNALIGNED, b) + column;
            FloatVector k0 = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b));
            s00 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row, ORDER), s00);
            s01 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + BYTES, ORDER), s01);
            s02 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 2 * BYTES, ORDER), s02);
            s03 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 3 * BYTES, ORDER), s03);
            s04 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 4 * BYTES, ORDER), s04);
            s05 = k0.fma(FloatVector.fromMemorySegment(FLOATS, x, row + 5 * BYTES, ORDER), s05);
        }
        s00.intoMemorySegment(g, at, ORDER);
        s01.intoMemorySegment(g, at + BYTES, ORDER);
        s02.intoMemorySegment(g, at + 2 * BYTES, ORDER);
        s03.intoMemorySegment(g, at + 3 * BYTES, ORDER);
        s04.intoMemorySegment(g, at + 4 * BYTES, ORDER);
        s05.intoMemorySegment(g, at + 5 * BYTES, ORDER);
    }

    /// 2 outputs, 1 vector of columns, any number of rows. Too short for slices to pay, like the next.
    static void tile2x1(MemorySegment g, long at, long gRowBytes, MemorySegment rows, long factors, int nBytes,
            MemorySegment x, long column) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector t = FloatVector.fromMemorySegment(FLOATS, g, at + gRowBytes, ORDER);
        for (int b = 0; b != nBytes; b += STEP) {
            long row = rows.get(JAVA_LONG_UNALIGNED, b) + column;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            s = u.fma(FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b)), s);
            t = u.fma(FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b + Float.BYTES)), t);
        }
        s.intoMemorySegment(g, at, ORDER);
        t.intoMemorySegment(g, at + gRowBytes, ORDER);
    }

    /// 1 output, 1 vector of columns, any number of rows.
    static void tile1x1(MemorySegment g, long at, MemorySegment rows, long factors, int nBytes, MemorySegment x,
            long column) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        for (int b = 0; b != nBytes; b += STEP) {
            long row = rows.get(JAVA_LONG_UNALIGNED, b) + column;
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, factors + b));
            s = k.fma(FloatVector.fromMemorySegment(FLOATS, x, row, ORDER), s);
        }
        s.intoMemorySegment(g, at, ORDER);
    }
}
