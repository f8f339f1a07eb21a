// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of dot products: one part of the sixteen partial sums of each of some rows `a` with each of some rows
/// `b`. Which of the two are inputs and which are weights does not matter: a product is the same either way round.
///
/// Offsets are bytes and point at the part; `nBytes` is the length of a row, at least two blocks. The sums of two
/// rows take a block of `sums`.
///
/// See [dev.lanewise.kernel.simd] for the shape of the code.
final class NarrowDotTiles {
    private static final int STEP = (int) BLOCK_BYTES;

    private NarrowDotTiles() {
    }

    /// 5 rows of `a`, 2 rows of `b`: block `2 r + q` of `sums`. 10 accumulators, 7 loads to 10 multiply-adds.
    static void tile5x2(MemorySegment sums, long at, MemorySegment a, long a0, long a1, long a2, long a3, long a4,
            MemorySegment b, long b0, long b1, int nBytes) {
        if (!sums.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        long extent = nBytes - BLOCK_BYTES + BYTES;
        MemorySegment r0 = a.asSlice(a0, extent);
        MemorySegment r1 = a.asSlice(a1, extent);
        MemorySegment r2 = a.asSlice(a2, extent);
        MemorySegment r3 = a.asSlice(a3, extent);
        MemorySegment r4 = a.asSlice(a4, extent);
        MemorySegment q0 = b.asSlice(b0, extent);
        MemorySegment q1 = b.asSlice(b1, extent);
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s21 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s31 = FloatVector.zero(FLOATS);
        FloatVector s40 = FloatVector.zero(FLOATS);
        FloatVector s41 = FloatVector.zero(FLOATS);
        for (int i = 0; i != nBytes; i += STEP) {
            FloatVector k0 = FloatVector.fromMemorySegment(FLOATS, q0, i, ORDER);
            FloatVector k1 = FloatVector.fromMemorySegment(FLOATS, q1, i, ORDER);
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, r0, i, ORDER);
            s00 = k0.fma(u0, s00);
            s01 = k1.fma(u0, s01);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, r1, i, ORDER);
            s10 = k0.fma(u1, s10);
            s11 = k1.fma(u1, s11);
            FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, r2, i, ORDER);
            s20 = k0.fma(u2, s20);
            s21 = k1.fma(u2, s21);
            FloatVector u3 = FloatVector.fromMemorySegment(FLOATS, r3, i, ORDER);
            s30 = k0.fma(u3, s30);
            s31 = k1.fma(u3, s31);
            FloatVector u4 = FloatVector.fromMemorySegment(FLOATS, r4, i, ORDER);
            s40 = k0.fma(u4, s40);
            s41 = k1.fma(u4, s41);
        }
        MemorySegment to = sums.asSlice(at, 9 * BLOCK_BYTES + BYTES);
        s00.intoMemorySegment(to, 0, ORDER);
        s01.intoMemorySegment(to, BLOCK_BYTES, ORDER);
        s10.intoMemorySegment(to, 2 * BLOCK_BYTES, ORDER);
        s11.intoMemorySegment(to, 3 * BLOCK_BYTES, ORDER);
        s20.intoMemorySegment(to, 4 * BLOCK_BYTES, ORDER);
        s21.intoMemorySegment(to, 5 * BLOCK_BYTES, ORDER);
        s30.intoMemorySegment(to, 6 * BLOCK_BYTES, ORDER);
        s31.intoMemorySegment(to, 7 * BLOCK_BYTES, ORDER);
        s40.intoMemorySegment(to, 8 * BLOCK_BYTES, ORDER);
        s41.intoMemorySegment(to, 9 * BLOCK_BYTES, ORDER);
    }

    /// 8 rows of `a`, 1 row of `b`.
    static void tile8x1(MemorySegment sums, long at, MemorySegment a, long a0, long a1, long a2, long a3, long a4,
            long a5, long a6, long a7, MemorySegment b, long b0, int nBytes) {
        if (!sums.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        long extent = nBytes - BLOCK_BYTES + BYTES;
        MemorySegment r0 = a.asSlice(a0, extent);
        MemorySegment r1 = a.asSlice(a1, extent);
        MemorySegment r2 = a.asSlice(a2, extent);
        MemorySegment r3 = a.asSlice(a3, extent);
        MemorySegment r4 = a.asSlice(a4, extent);
        MemorySegment r5 = a.asSlice(a5, extent);
        MemorySegment r6 = a.asSlice(a6, extent);
        MemorySegment r7 = a.asSlice(a7, extent);
        MemorySegment q0 = b.asSlice(b0, extent);
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s40 = FloatVector.zero(FLOATS);
        FloatVector s50 = FloatVector.zero(FLOATS);
        FloatVector s60 = FloatVector.zero(FLOATS);
        FloatVector s70 = FloatVector.zero(FLOATS);
        for (int i = 0; i != nBytes; i += STEP) {
            FloatVector k0 = FloatVector.fromMemorySegment(FLOATS, q0, i, ORDER);
            s00 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r0, i, ORDER), s00);
            s10 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r1, i, ORDER), s10);
            s20 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r2, i, ORDER), s20);
            s30 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r3, i, ORDER), s30);
            s40 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r4, i, ORDER), s40);
            s50 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r5, i, ORDER), s50);
            s60 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r6, i, ORDER), s60);
            s70 = k0.fma(FloatVector.fromMemorySegment(FLOATS, r7, i, ORDER), s70);
        }
        MemorySegment to = sums.asSlice(at, 7 * BLOCK_BYTES + BYTES);
        s00.intoMemorySegment(to, 0, ORDER);
        s10.intoMemorySegment(to, BLOCK_BYTES, ORDER);
        s20.intoMemorySegment(to, 2 * BLOCK_BYTES, ORDER);
        s30.intoMemorySegment(to, 3 * BLOCK_BYTES, ORDER);
        s40.intoMemorySegment(to, 4 * BLOCK_BYTES, ORDER);
        s50.intoMemorySegment(to, 5 * BLOCK_BYTES, ORDER);
        s60.intoMemorySegment(to, 6 * BLOCK_BYTES, ORDER);
        s70.intoMemorySegment(to, 7 * BLOCK_BYTES, ORDER);
    }

    /// 1 row each. Too short for slices to pay; any number of blocks.
    static void tile1x1(MemorySegment sums, long at, MemorySegment a, long a0, MemorySegment b, long b0, int nBytes) {
        if (!sums.isNative() || !a.isNative() || !b.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s = FloatVector.zero(FLOATS);
        for (int i = 0; i != nBytes; i += STEP) {
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, a, a0 + i, ORDER);
            s = u.fma(FloatVector.fromMemorySegment(FLOATS, b, b0 + i, ORDER), s);
        }
        s.intoMemorySegment(sums, at, ORDER);
    }
}
