// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of the outer form: `c[r][j] = fma(a[r][k], b[k][j], c[r][j])`, k ascending, continued from the stored
/// `c`. Offsets are bytes; `nBytes` is the length of a row of `a`.
///
/// See [dev.lanewise.kernel.simd] for the shape of the code.
final class OuterTiles {
    private OuterTiles() {
    }

    /// 5 rows, 2 vectors of columns.
    static void tile5x2(MemorySegment c, long at, long cRowBytes, MemorySegment a, long a0, long a1, long a2, long a3,
            long a4,
            MemorySegment b, long first, long bRowBytes, int nBytes) {
        if (!c.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment c0 = c.asSlice(at, 2 * BYTES);
        MemorySegment c1 = c.asSlice(at + cRowBytes, 2 * BYTES);
        MemorySegment c2 = c.asSlice(at + 2 * cRowBytes, 2 * BYTES);
        MemorySegment c3 = c.asSlice(at + 3 * cRowBytes, 2 * BYTES);
        MemorySegment c4 = c.asSlice(at + 4 * cRowBytes, 2 * BYTES);
        MemorySegment r0 = a.asSlice(a0, nBytes);
        MemorySegment r1 = a.asSlice(a1, nBytes);
        MemorySegment r2 = a.asSlice(a2, nBytes);
        MemorySegment r3 = a.asSlice(a3, nBytes);
        MemorySegment r4 = a.asSlice(a4, nBytes);
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, c0, 0, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(FLOATS, c0, BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, c1, 0, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, c1, BYTES, ORDER);
        FloatVector s20 = FloatVector.fromMemorySegment(FLOATS, c2, 0, ORDER);
        FloatVector s21 = FloatVector.fromMemorySegment(FLOATS, c2, BYTES, ORDER);
        FloatVector s30 = FloatVector.fromMemorySegment(FLOATS, c3, 0, ORDER);
        FloatVector s31 = FloatVector.fromMemorySegment(FLOATS, c3, BYTES, ORDER);
        FloatVector s40 = FloatVector.fromMemorySegment(FLOATS, c4, 0, ORDER);
        FloatVector s41 = FloatVector.fromMemorySegment(FLOATS, c4, BYTES, ORDER);
        long next = first;
        for (int k = 0; k != nBytes; k += Float.BYTES, next += bRowBytes) {
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, b, next, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, b, next + BYTES, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, r0.get(JAVA_FLOAT_UNALIGNED, k));
            s00 = q.fma(u0, s00);
            s01 = q.fma(u1, s01);
            q = FloatVector.broadcast(FLOATS, r1.get(JAVA_FLOAT_UNALIGNED, k));
            s10 = q.fma(u0, s10);
            s11 = q.fma(u1, s11);
            q = FloatVector.broadcast(FLOATS, r2.get(JAVA_FLOAT_UNALIGNED, k));
            s20 = q.fma(u0, s20);
            s21 = q.fma(u1, s21);
            q = FloatVector.broadcast(FLOATS, r3.get(JAVA_FLOAT_UNALIGNED, k));
            s30 = q.fma(u0, s30);
            s31 = q.fma(u1, s31);
            q = FloatVector.broadcast(FLOATS, r4.get(JAVA_FLOAT_UNALIGNED, k));
            s40 = q.fma(u0, s40);
            s41 = q.fma(u1, s41);
        }
        s00.intoMemorySegment(c0, 0, ORDER);
        s01.intoMemorySegment(c0, BYTES, ORDER);
        s10.intoMemorySegment(c1, 0, ORDER);
        s11.intoMemorySegment(c1, BYTES, ORDER);
        s20.intoMemorySegment(c2, 0, ORDER);
        s21.intoMemorySegment(c2, BYTES, ORDER);
        s30.intoMemorySegment(c3, 0, ORDER);
        s31.intoMemorySegment(c3, BYTES, ORDER);
        s40.intoMemorySegment(c4, 0, ORDER);
        s41.intoMemorySegment(c4, BYTES, ORDER);
    }

    /// 5 rows, 1 vector of columns.
    static void tile5x1(MemorySegment c, long at, long cRowBytes, MemorySegment a, long a0, long a1, long a2, long a3,
            long a4,
            MemorySegment b, long first, long bRowBytes, int nBytes) {
        if (!c.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment c0 = c.asSlice(at, BYTES);
        MemorySegment c1 = c.asSlice(at + cRowBytes, BYTES);
        MemorySegment c2 = c.asSlice(at + 2 * cRowBytes, BYTES);
        MemorySegment c3 = c.asSlice(at + 3 * cRowBytes, BYTES);
        MemorySegment c4 = c.asSlice(at + 4 * cRowBytes, BYTES);
        MemorySegment r0 = a.asSlice(a0, nBytes);
        MemorySegment r1 = a.asSlice(a1, nBytes);
        MemorySegment r2 = a.asSlice(a2, nBytes);
        MemorySegment r3 = a.asSlice(a3, nBytes);
        MemorySegment r4 = a.asSlice(a4, nBytes);
        FloatVector s00 = FloatVector.fromMemorySegment(FLOATS, c0, 0, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, c1, 0, ORDER);
        FloatVector s20 = FloatVector.fromMemorySegment(FLOATS, c2, 0, ORDER);
        FloatVector s30 = FloatVector.fromMemorySegment(FLOATS, c3, 0, ORDER);
        FloatVector s40 = FloatVector.fromMemorySegment(FLOATS, c4, 0, ORDER);
        long next = first;
        for (int k = 0; k != nBytes; k += Float.BYTES, next += bRowBytes) {
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, b, next, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, r0.get(JAVA_FLOAT_UNALIGNED, k));
            s00 = q.fma(u0, s00);
            q = FloatVector.broadcast(FLOATS, r1.get(JAVA_FLOAT_UNALIGNED, k));
            s10 = q.fma(u0, s10);
            q = FloatVector.broadcast(FLOATS, r2.get(JAVA_FLOAT_UNALIGNED, k));
            s20 = q.fma(u0, s20);
            q = FloatVector.broadcast(FLOATS, r3.get(JAVA_FLOAT_UNALIGNED, k));
            s30 = q.fma(u0, s30);
            q = FloatVector.broadcast(FLOATS, r4.get(JAVA_FLOAT_UNALIGNED, k));
            s40 = q.fma(u0, s40);
        }
        s00.intoMemorySegment(c0, 0, ORDER);
        s10.intoMemorySegment(c1, 0, ORDER);
        s20.intoMemorySegment(c2, 0, ORDER);
        s30.intoMemorySegment(c3, 0, ORDER);
        s40.intoMemorySegment(c4, 0, ORDER);
    }

    /// 1 row, 1 vector of columns. Too short for slices to pay.
    static void tile1x1(MemorySegment c, long at, MemorySegment a, long a0, MemorySegment b, long first, long bRowBytes,
            int nBytes) {
        if (!c.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s = FloatVector.fromMemorySegment(FLOATS, c, at, ORDER);
        long next = first;
        for (int k = 0; k != nBytes; k += Float.BYTES, next += bRowBytes) {
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + k));
            s = q.fma(FloatVector.fromMemorySegment(FLOATS, b, next, ORDER), s);
        }
        s.intoMemorySegment(c, at, ORDER);
    }
}
