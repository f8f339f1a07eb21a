// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of the dot form: one part of the sixteen partial sums of some rows and outputs.
///
/// Offsets are bytes and point at the part; `nBytes` is the length of a row, whole blocks. The sums of a row and an
/// output take a block of `sums`.
///
/// See [dev.lanewise.kernel.simd] for the shape of the code.
final class DotTiles {
    private static final int STEP = (int) BLOCK_BYTES;

    private DotTiles() {
    }

    /// 2 rows, 5 outputs: block `5 r + o` of `sums`.
    static void tile2x5(MemorySegment sums, long at, MemorySegment x, long x0, long x1, MemorySegment w, long w0,
            long wRowBytes, int nBytes) {
        if (!sums.isNative() || !x.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        long extent = nBytes - BLOCK_BYTES + BYTES;
        MemorySegment r0 = x.asSlice(x0, extent);
        MemorySegment r1 = x.asSlice(x1, extent);
        MemorySegment o0 = w.asSlice(w0, extent);
        MemorySegment o1 = w.asSlice(w0 + wRowBytes, extent);
        MemorySegment o2 = w.asSlice(w0 + 2 * wRowBytes, extent);
        MemorySegment o3 = w.asSlice(w0 + 3 * wRowBytes, extent);
        MemorySegment o4 = w.asSlice(w0 + 4 * wRowBytes, extent);
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s02 = FloatVector.zero(FLOATS);
        FloatVector s03 = FloatVector.zero(FLOATS);
        FloatVector s04 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s12 = FloatVector.zero(FLOATS);
        FloatVector s13 = FloatVector.zero(FLOATS);
        FloatVector s14 = FloatVector.zero(FLOATS);
        for (int b = 0; b != nBytes; b += STEP) {
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, r0, b, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, r1, b, ORDER);
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, o0, b, ORDER);
            s00 = u0.fma(k, s00);
            s10 = u1.fma(k, s10);
            k = FloatVector.fromMemorySegment(FLOATS, o1, b, ORDER);
            s01 = u0.fma(k, s01);
            s11 = u1.fma(k, s11);
            k = FloatVector.fromMemorySegment(FLOATS, o2, b, ORDER);
            s02 = u0.fma(k, s02);
            s12 = u1.fma(k, s12);
            k = FloatVector.fromMemorySegment(FLOATS, o3, b, ORDER);
            s03 = u0.fma(k, s03);
            s13 = u1.fma(k, s13);
            k = FloatVector.fromMemorySegment(FLOATS, o4, b, ORDER);
            s04 = u0.fma(k, s04);
            s14 = u1.fma(k, s14);
        }
        MemorySegment to = sums.asSlice(at, 9 * BLOCK_BYTES + BYTES);
        s00.intoMemorySegment(to, 0, ORDER);
        s01.intoMemorySegment(to, BLOCK_BYTES, ORDER);
        s02.intoMemorySegment(to, 2 * BLOCK_BYTES, ORDER);
        s03.intoMemorySegment(to, 3 * BLOCK_BYTES, ORDER);
        s04.intoMemorySegment(to, 4 * BLOCK_BYTES, ORDER);
        s10.intoMemorySegment(to, 5 * BLOCK_BYTES, ORDER);
        s11.intoMemorySegment(to, 6 * BLOCK_BYTES, ORDER);
        s12.intoMemorySegment(to, 7 * BLOCK_BYTES, ORDER);
        s13.intoMemorySegment(to, 8 * BLOCK_BYTES, ORDER);
        s14.intoMemorySegment(to, 9 * BLOCK_BYTES, ORDER);
    }

    /// 8 rows, 1 output.
    static void tile8x1(MemorySegment sums, long at, MemorySegment x, long x0, long x1, long x2, long x3,
            long x4, long x5, long x6, long x7, MemorySegment w, long w0,
            int nBytes) {
        if (!sums.isNative() || !x.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        long extent = nBytes - BLOCK_BYTES + BYTES;
        MemorySegment r0 = x.asSlice(x0, extent);
        MemorySegment r1 = x.asSlice(x1, extent);
        MemorySegment r2 = x.asSlice(x2, extent);
        MemorySegment r3 = x.asSlice(x3, extent);
        MemorySegment r4 = x.asSlice(x4, extent);
        MemorySegment r5 = x.asSlice(x5, extent);
        MemorySegment r6 = x.asSlice(x6, extent);
        MemorySegment r7 = x.asSlice(x7, extent);
        MemorySegment o0 = w.asSlice(w0, extent);
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s40 = FloatVector.zero(FLOATS);
        FloatVector s50 = FloatVector.zero(FLOATS);
        FloatVector s60 = FloatVector.zero(FLOATS);
        FloatVector s70 = FloatVector.zero(FLOATS);
        for (int b = 0; b != nBytes; b += STEP) {
            FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, r0, b, ORDER);
            FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, r1, b, ORDER);
            FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, r2, b, ORDER);
            FloatVector u3 = FloatVector.fromMemorySegment(FLOATS, r3, b, ORDER);
            FloatVector u4 = FloatVector.fromMemorySegment(FLOATS, r4, b, ORDER);
            FloatVector u5 = FloatVector.fromMemorySegment(FLOATS, r5, b, ORDER);
            FloatVector u6 = FloatVector.fromMemorySegment(FLOATS, r6, b, ORDER);
            FloatVector u7 = FloatVector.fromMemorySegment(FLOATS, r7, b, ORDER);
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, o0, b, ORDER);
            s00 = u0.fma(k, s00);
            s10 = u1.fma(k, s10);
            s20 = u2.fma(k, s20);
            s30 = u3.fma(k, s30);
            s40 = u4.fma(k, s40);
            s50 = u5.fma(k, s50);
            s60 = u6.fma(k, s60);
            s70 = u7.fma(k, s70);
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

    /// 1 row, 1 output. Too short for slices to pay.
    static void tile1x1(MemorySegment sums, long at, MemorySegment x, long x0, MemorySegment w, long w0, int nBytes) {
        if (!sums.isNative() || !x.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s = FloatVector.zero(FLOATS);
        for (int b = 0; b != nBytes; b += STEP) {
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, x0 + b, ORDER);
            s = u.fma(FloatVector.fromMemorySegment(FLOATS, w, w0 + b, ORDER), s);
        }
        s.intoMemorySegment(sums, at, ORDER);
    }
}
