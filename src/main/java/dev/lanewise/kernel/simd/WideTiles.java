// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of products with panels: `c[m][j] = fma(a[m][k], b[k][j], c[m][j])`, k ascending, six rows by two
/// vectors. Offsets are bytes; a step in k is a block of 16 floats of `b`, in which `b0` and `b1` are the places of the
/// two vectors, as `c0` and `c1` are in a row of `c`.
///
/// Rows and vectors may coincide: a tile for fewer rows, or for one vector, is given the last one again, computes it
/// again and stores the same bits to the same place.
///
/// Twelve sums, two vectors of `b` and one of `a` are fifteen of sixteen registers. `stop` is never reached ([#NEVER]):
/// a loop with a second exit is not unrolled, so the loads of later turns do not push sums out of registers.
final class WideTiles {
    /// Rows of a tile.
    static final int ROWS = 6;
    /// Vectors of the tile of one row.
    static final int VECTORS = 8;
    /// Floats between the rows of `a` in a packed tile.
    static final int PACKED = 8;
    private static final long PACKED_BYTES = PACKED * Float.BYTES;
    /// Terms that are too few for a tile. C2 takes the checks of bounds out of a loop that turned four times or more on
    /// average while it was interpreted; in one that turned less they stay, for ever, at half the speed.
    static final int FEW = 8;
    /// The value of `stop`.
    static final int NEVER = -1;

    private WideTiles() {
    }

    /// Goes on from the sums in `c`. Rows of `a` at `a0 .. a5`, k adjacent; `last` is the last of the rows that differ.
    static void tile(MemorySegment c, long c0, long c1, long cRow, MemorySegment a, long a0, long a1, long a2, long a3,
            long a4, long a5, MemorySegment b, long b0, long b1,
            int n, int last, int stop) {
        if (!c.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        int r1 = Math.min(1, last);
        int r2 = Math.min(2, last);
        int r3 = Math.min(3, last);
        int r4 = Math.min(4, last);
        int r5 = Math.min(5, last);
        FloatVector t00 = FloatVector.fromMemorySegment(FLOATS, c, c0, ORDER);
        FloatVector t01 = FloatVector.fromMemorySegment(FLOATS, c, c1, ORDER);
        FloatVector t10 = FloatVector.fromMemorySegment(FLOATS, c, c0 + r1 * cRow, ORDER);
        FloatVector t11 = FloatVector.fromMemorySegment(FLOATS, c, c1 + r1 * cRow, ORDER);
        FloatVector t20 = FloatVector.fromMemorySegment(FLOATS, c, c0 + r2 * cRow, ORDER);
        FloatVector t21 = FloatVector.fromMemorySegment(FLOATS, c, c1 + r2 * cRow, ORDER);
        FloatVector t30 = FloatVector.fromMemorySegment(FLOATS, c, c0 + r3 * cRow, ORDER);
        FloatVector t31 = FloatVector.fromMemorySegment(FLOATS, c, c1 + r3 * cRow, ORDER);
        FloatVector t40 = FloatVector.fromMemorySegment(FLOATS, c, c0 + r4 * cRow, ORDER);
        FloatVector t41 = FloatVector.fromMemorySegment(FLOATS, c, c1 + r4 * cRow, ORDER);
        FloatVector t50 = FloatVector.fromMemorySegment(FLOATS, c, c0 + r5 * cRow, ORDER);
        FloatVector t51 = FloatVector.fromMemorySegment(FLOATS, c, c1 + r5 * cRow, ORDER);
        for (int k = 0; k < n; k++) {
            long at = k * BLOCK_BYTES;
            long next = (long) k * Float.BYTES;
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, b, b0 + at, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, b, b1 + at, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + next));
            t00 = q.fma(u0, t00);
            t01 = q.fma(u1, t01);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a1 + next));
            t10 = q.fma(u0, t10);
            t11 = q.fma(u1, t11);
            if (k == stop) {
                break;
            }
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a2 + next));
            t20 = q.fma(u0, t20);
            t21 = q.fma(u1, t21);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a3 + next));
            t30 = q.fma(u0, t30);
            t31 = q.fma(u1, t31);
            if (k == stop) {
                break;
            }
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a4 + next));
            t40 = q.fma(u0, t40);
            t41 = q.fma(u1, t41);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a5 + next));
            t50 = q.fma(u0, t50);
            t51 = q.fma(u1, t51);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(t00, none).intoMemorySegment(c, c0, ORDER);
        one.fma(t01, none).intoMemorySegment(c, c1, ORDER);
        one.fma(t10, none).intoMemorySegment(c, c0 + r1 * cRow, ORDER);
        one.fma(t11, none).intoMemorySegment(c, c1 + r1 * cRow, ORDER);
        one.fma(t20, none).intoMemorySegment(c, c0 + r2 * cRow, ORDER);
        one.fma(t21, none).intoMemorySegment(c, c1 + r2 * cRow, ORDER);
        one.fma(t30, none).intoMemorySegment(c, c0 + r3 * cRow, ORDER);
        one.fma(t31, none).intoMemorySegment(c, c1 + r3 * cRow, ORDER);
        one.fma(t40, none).intoMemorySegment(c, c0 + r4 * cRow, ORDER);
        one.fma(t41, none).intoMemorySegment(c, c1 + r4 * cRow, ORDER);
        one.fma(t50, none).intoMemorySegment(c, c0 + r5 * cRow, ORDER);
        one.fma(t51, none).intoMemorySegment(c, c1 + r5 * cRow, ORDER);
    }

    /// The tile whose rows all begin with the same two vectors, at `s0` and `s1` of `start`: two loads instead of twelve
    /// leave room for slices, as in [#packedTile], and so a third of the time before the first multiply-add.
    ///
    /// Both exits compare with one number: with the six rows there is no register for a second, and then every load
    /// takes a copy of its address first.
    static void firstTile(MemorySegment c, long c0, long c1, long cRow, MemorySegment start, long s0, long s1,
            MemorySegment a, long a0, long a1, long a2, long a3, long a4, long a5, MemorySegment b, long b0, long b1,
            int n, int last, int stop) {
        if (!c.isNative() || !start.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        long aBytes = (long) n * Float.BYTES;
        MemorySegment x0 = a.asSlice(a0, aBytes);
        MemorySegment x1 = a.asSlice(a1, aBytes);
        MemorySegment x2 = a.asSlice(a2, aBytes);
        MemorySegment x3 = a.asSlice(a3, aBytes);
        MemorySegment x4 = a.asSlice(a4, aBytes);
        MemorySegment x5 = a.asSlice(a5, aBytes);
        long bBytes = (n - 1) * BLOCK_BYTES + BYTES;
        MemorySegment v0 = b.asSlice(b0, bBytes);
        MemorySegment v1 = b.asSlice(b1, bBytes);
        FloatVector t00 = FloatVector.fromMemorySegment(FLOATS, start, s0, ORDER);
        FloatVector t01 = FloatVector.fromMemorySegment(FLOATS, start, s1, ORDER);
        FloatVector t10 = t00;
        FloatVector t11 = t01;
        FloatVector t20 = t00;
        FloatVector t21 = t01;
        FloatVector t30 = t00;
        FloatVector t31 = t01;
        FloatVector t40 = t00;
        FloatVector t41 = t01;
        FloatVector t50 = t00;
        FloatVector t51 = t01;
        for (int k = 0; k < n; k++) {
            long next = (long) k * Float.BYTES;
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, v0, BLOCK * next, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, v1, BLOCK * next, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, x0.get(JAVA_FLOAT_UNALIGNED, next));
            t00 = q.fma(u0, t00);
            t01 = q.fma(u1, t01);
            q = FloatVector.broadcast(FLOATS, x1.get(JAVA_FLOAT_UNALIGNED, next));
            t10 = q.fma(u0, t10);
            t11 = q.fma(u1, t11);
            if (k == stop) {
                break;
            }
            q = FloatVector.broadcast(FLOATS, x2.get(JAVA_FLOAT_UNALIGNED, next));
            t20 = q.fma(u0, t20);
            t21 = q.fma(u1, t21);
            q = FloatVector.broadcast(FLOATS, x3.get(JAVA_FLOAT_UNALIGNED, next));
            t30 = q.fma(u0, t30);
            t31 = q.fma(u1, t31);
            if (k == stop) {
                break;
            }
            q = FloatVector.broadcast(FLOATS, x4.get(JAVA_FLOAT_UNALIGNED, next));
            t40 = q.fma(u0, t40);
            t41 = q.fma(u1, t41);
            q = FloatVector.broadcast(FLOATS, x5.get(JAVA_FLOAT_UNALIGNED, next));
            t50 = q.fma(u0, t50);
            t51 = q.fma(u1, t51);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(t00, none).intoMemorySegment(c, c0, ORDER);
        one.fma(t01, none).intoMemorySegment(c, c1, ORDER);
        long r1 = Math.min(1, last) * cRow;
        one.fma(t10, none).intoMemorySegment(c, c0 + r1, ORDER);
        one.fma(t11, none).intoMemorySegment(c, c1 + r1, ORDER);
        long r2 = Math.min(2, last) * cRow;
        one.fma(t20, none).intoMemorySegment(c, c0 + r2, ORDER);
        one.fma(t21, none).intoMemorySegment(c, c1 + r2, ORDER);
        long r3 = Math.min(3, last) * cRow;
        one.fma(t30, none).intoMemorySegment(c, c0 + r3, ORDER);
        one.fma(t31, none).intoMemorySegment(c, c1 + r3, ORDER);
        long r4 = Math.min(4, last) * cRow;
        one.fma(t40, none).intoMemorySegment(c, c0 + r4, ORDER);
        one.fma(t41, none).intoMemorySegment(c, c1 + r4, ORDER);
        long r5 = Math.min(5, last) * cRow;
        one.fma(t50, none).intoMemorySegment(c, c0 + r5, ORDER);
        one.fma(t51, none).intoMemorySegment(c, c1 + r5, ORDER);
    }

    /// The tile from 0 with rows of `a` interleaved: the six values for a k are adjacent, those for the next k follow after
    /// [#PACKED]. Rows of `c` are 16 floats.
    ///
    /// Slices of equal length, read at one index: two checks of bounds instead of eight, and half the time before the
    /// first multiply-add. Two exits that differ, or else C2 has three values of `a` in registers at once, and a sum
    /// goes through memory on each turn of the loop: half the speed.
    static void packedTile(MemorySegment c, long c0, long c1, MemorySegment a, long a0, MemorySegment b, long b0,
            long b1, int n, int stop) {
        if (!c.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        long aBytes = (n - 1) * PACKED_BYTES + Float.BYTES;
        MemorySegment x0 = a.asSlice(a0, aBytes);
        MemorySegment x1 = a.asSlice(a0 + 4, aBytes);
        MemorySegment x2 = a.asSlice(a0 + 8, aBytes);
        MemorySegment x3 = a.asSlice(a0 + 12, aBytes);
        MemorySegment x4 = a.asSlice(a0 + 16, aBytes);
        MemorySegment x5 = a.asSlice(a0 + 20, aBytes);
        long bBytes = (n - 1) * BLOCK_BYTES + BYTES;
        MemorySegment v0 = b.asSlice(b0, bBytes);
        MemorySegment v1 = b.asSlice(b1, bBytes);
        FloatVector t00 = FloatVector.zero(FLOATS);
        FloatVector t01 = FloatVector.zero(FLOATS);
        FloatVector t10 = FloatVector.zero(FLOATS);
        FloatVector t11 = FloatVector.zero(FLOATS);
        FloatVector t20 = FloatVector.zero(FLOATS);
        FloatVector t21 = FloatVector.zero(FLOATS);
        FloatVector t30 = FloatVector.zero(FLOATS);
        FloatVector t31 = FloatVector.zero(FLOATS);
        FloatVector t40 = FloatVector.zero(FLOATS);
        FloatVector t41 = FloatVector.zero(FLOATS);
        FloatVector t50 = FloatVector.zero(FLOATS);
        FloatVector t51 = FloatVector.zero(FLOATS);
        for (int k = 0; k < n; k++) {
            long next = k * PACKED_BYTES;
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, v0, 2 * next, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, v1, 2 * next, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, x0.get(JAVA_FLOAT_UNALIGNED, next));
            t00 = q.fma(u0, t00);
            t01 = q.fma(u1, t01);
            q = FloatVector.broadcast(FLOATS, x1.get(JAVA_FLOAT_UNALIGNED, next));
            t10 = q.fma(u0, t10);
            t11 = q.fma(u1, t11);
            if (k == stop) {
                break;
            }
            q = FloatVector.broadcast(FLOATS, x2.get(JAVA_FLOAT_UNALIGNED, next));
            t20 = q.fma(u0, t20);
            t21 = q.fma(u1, t21);
            q = FloatVector.broadcast(FLOATS, x3.get(JAVA_FLOAT_UNALIGNED, next));
            t30 = q.fma(u0, t30);
            t31 = q.fma(u1, t31);
            if (k == stop - 1) {
                break;
            }
            q = FloatVector.broadcast(FLOATS, x4.get(JAVA_FLOAT_UNALIGNED, next));
            t40 = q.fma(u0, t40);
            t41 = q.fma(u1, t41);
            q = FloatVector.broadcast(FLOATS, x5.get(JAVA_FLOAT_UNALIGNED, next));
            t50 = q.fma(u0, t50);
            t51 = q.fma(u1, t51);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(t00, none).intoMemorySegment(c, c0, ORDER);
        one.fma(t01, none).intoMemorySegment(c, c1, ORDER);
        one.fma(t10, none).intoMemorySegment(c, c0 + BLOCK_BYTES, ORDER);
        one.fma(t11, none).intoMemorySegment(c, c1 + BLOCK_BYTES, ORDER);
        one.fma(t20, none).intoMemorySegment(c, c0 + 2 * BLOCK_BYTES, ORDER);
        one.fma(t21, none).intoMemorySegment(c, c1 + 2 * BLOCK_BYTES, ORDER);
        one.fma(t30, none).intoMemorySegment(c, c0 + 3 * BLOCK_BYTES, ORDER);
        one.fma(t31, none).intoMemorySegment(c, c1 + 3 * BLOCK_BYTES, ORDER);
        one.fma(t40, none).intoMemorySegment(c, c0 + 4 * BLOCK_BYTES, ORDER);
        one.fma(t41, none).intoMemorySegment(c, c1 + 4 * BLOCK_BYTES, ORDER);
        one.fma(t50, none).intoMemorySegment(c, c0 + 5 * BLOCK_BYTES, ORDER);
        one.fma(t51, none).intoMemorySegment(c, c1 + 5 * BLOCK_BYTES, ORDER);
    }

    /// One row of `a` by eight vectors of the panels from `b0` on, `panel` bytes each; `last` is the last of the panels that
    /// differ. As few sums would wait for each other.
    static void row(MemorySegment c, long c0, MemorySegment start, long s0, MemorySegment a, long a0, MemorySegment b,
            long b0, long panel, int n, int last, int stop) {
        if (!c.isNative() || !start.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        int p1 = Math.min(1 / PARTS, last);
        int p2 = Math.min(2 / PARTS, last);
        int p3 = Math.min(3 / PARTS, last);
        int p4 = Math.min(4 / PARTS, last);
        int p5 = Math.min(5 / PARTS, last);
        int p6 = Math.min(6 / PARTS, last);
        int p7 = Math.min(7 / PARTS, last);
        long b1 = b0 + p1 * panel + 1 % PARTS * BYTES;
        long b2 = b0 + p2 * panel + 2 % PARTS * BYTES;
        long b3 = b0 + p3 * panel + 3 % PARTS * BYTES;
        long b4 = b0 + p4 * panel + 4 % PARTS * BYTES;
        long b5 = b0 + p5 * panel + 5 % PARTS * BYTES;
        long b6 = b0 + p6 * panel + 6 % PARTS * BYTES;
        long b7 = b0 + p7 * panel + 7 % PARTS * BYTES;
        FloatVector t0 = FloatVector.fromMemorySegment(FLOATS, start, s0, ORDER);
        FloatVector t1 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p1 * BLOCK_BYTES + 1 % PARTS * BYTES, ORDER);
        FloatVector t2 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p2 * BLOCK_BYTES + 2 % PARTS * BYTES, ORDER);
        FloatVector t3 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p3 * BLOCK_BYTES + 3 % PARTS * BYTES, ORDER);
        FloatVector t4 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p4 * BLOCK_BYTES + 4 % PARTS * BYTES, ORDER);
        FloatVector t5 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p5 * BLOCK_BYTES + 5 % PARTS * BYTES, ORDER);
        FloatVector t6 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p6 * BLOCK_BYTES + 6 % PARTS * BYTES, ORDER);
        FloatVector t7 = FloatVector.fromMemorySegment(FLOATS, start, s0 + p7 * BLOCK_BYTES + 7 % PARTS * BYTES, ORDER);
        for (int k = 0; k < n; k++) {
            long at = k * BLOCK_BYTES;
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + (long) k * Float.BYTES));
            t0 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b0 + at, ORDER), t0);
            t1 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b1 + at, ORDER), t1);
            t2 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b2 + at, ORDER), t2);
            t3 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b3 + at, ORDER), t3);
            if (k == stop) {
                break;
            }
            t4 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b4 + at, ORDER), t4);
            t5 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b5 + at, ORDER), t5);
            t6 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b6 + at, ORDER), t6);
            t7 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b7 + at, ORDER), t7);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(t0, none).intoMemorySegment(c, c0, ORDER);
        one.fma(t1, none).intoMemorySegment(c, c0 + p1 * BLOCK_BYTES + 1 % PARTS * BYTES, ORDER);
        one.fma(t2, none).intoMemorySegment(c, c0 + p2 * BLOCK_BYTES + 2 % PARTS * BYTES, ORDER);
        one.fma(t3, none).intoMemorySegment(c, c0 + p3 * BLOCK_BYTES + 3 % PARTS * BYTES, ORDER);
        one.fma(t4, none).intoMemorySegment(c, c0 + p4 * BLOCK_BYTES + 4 % PARTS * BYTES, ORDER);
        one.fma(t5, none).intoMemorySegment(c, c0 + p5 * BLOCK_BYTES + 5 % PARTS * BYTES, ORDER);
        one.fma(t6, none).intoMemorySegment(c, c0 + p6 * BLOCK_BYTES + 6 % PARTS * BYTES, ORDER);
        one.fma(t7, none).intoMemorySegment(c, c0 + p7 * BLOCK_BYTES + 7 % PARTS * BYTES, ORDER);
    }

    /// One row of `a`, its values `aStep` bytes apart, by two vectors, for fewer terms than [#FEW].
    static void few(MemorySegment c, long c0, long c1, MemorySegment start, long s0, long s1, MemorySegment a, long a0,
            long aStep, MemorySegment b, long b0, long b1, int n) {
        if (!c.isNative() || !start.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector t0 = FloatVector.fromMemorySegment(FLOATS, start, s0, ORDER);
        FloatVector t1 = FloatVector.fromMemorySegment(FLOATS, start, s1, ORDER);
        for (int k = 0; k < n; k++) {
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + k * aStep));
            t0 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b0 + k * BLOCK_BYTES, ORDER), t0);
            t1 = q.fma(FloatVector.fromMemorySegment(FLOATS, b, b1 + k * BLOCK_BYTES, ORDER), t1);
        }
        t0.intoMemorySegment(c, c0, ORDER);
        t1.intoMemorySegment(c, c1, ORDER);
    }
}
