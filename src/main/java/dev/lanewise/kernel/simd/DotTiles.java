// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of the dot form: one part of the sixteen partial sums of some rows and outputs, over `n` floats (a
/// multiple of 16). Offsets are bytes and point at the part; the sums of a row and an output take a block of `sums`.
///
/// Loads and stores are flat because calls in a method with so many accumulators would not be inlined.
final class DotTiles {
    private DotTiles() {
    }

    /// Partial sums of 2 rows and 5 outputs: block `5 r + o` of `sums`. The tile fills 13 of 16 registers.
    static void tile2x5(MemorySegment sums, long at, MemorySegment x, long x0, long x1, MemorySegment w, long w0,
            int wRowBytes, int n) {
        long w1 = w0 + wRowBytes;
        long w2 = w1 + wRowBytes;
        long w3 = w2 + wRowBytes;
        long w4 = w3 + wRowBytes;
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
        for (int i = 0; i < n; i += BLOCK) {
            long b = (long) i * Float.BYTES;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, x0 + b, ORDER);
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, x1 + b, ORDER);
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, w, w0 + b, ORDER);
            s00 = u.fma(k, s00);
            s10 = v.fma(k, s10);
            k = FloatVector.fromMemorySegment(FLOATS, w, w1 + b, ORDER);
            s01 = u.fma(k, s01);
            s11 = v.fma(k, s11);
            k = FloatVector.fromMemorySegment(FLOATS, w, w2 + b, ORDER);
            s02 = u.fma(k, s02);
            s12 = v.fma(k, s12);
            k = FloatVector.fromMemorySegment(FLOATS, w, w3 + b, ORDER);
            s03 = u.fma(k, s03);
            s13 = v.fma(k, s13);
            k = FloatVector.fromMemorySegment(FLOATS, w, w4 + b, ORDER);
            s04 = u.fma(k, s04);
            s14 = v.fma(k, s14);
        }
        s00.intoMemorySegment(sums, at, ORDER);
        s01.intoMemorySegment(sums, at + 1 * BLOCK_BYTES, ORDER);
        s02.intoMemorySegment(sums, at + 2 * BLOCK_BYTES, ORDER);
        s03.intoMemorySegment(sums, at + 3 * BLOCK_BYTES, ORDER);
        s04.intoMemorySegment(sums, at + 4 * BLOCK_BYTES, ORDER);
        s10.intoMemorySegment(sums, at + 5 * BLOCK_BYTES, ORDER);
        s11.intoMemorySegment(sums, at + 6 * BLOCK_BYTES, ORDER);
        s12.intoMemorySegment(sums, at + 7 * BLOCK_BYTES, ORDER);
        s13.intoMemorySegment(sums, at + 8 * BLOCK_BYTES, ORDER);
        s14.intoMemorySegment(sums, at + 9 * BLOCK_BYTES, ORDER);
    }

    /// Partial sums of 4 rows and 1 output: block `r` of `sums`.
    static void tile4x1(MemorySegment sums, long at, MemorySegment x, long x0, long x1, long x2, long x3,
            MemorySegment w, long w0, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += BLOCK) {
            long b = (long) i * Float.BYTES;
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, w, w0 + b, ORDER);
            s0 = FloatVector.fromMemorySegment(FLOATS, x, x0 + b, ORDER).fma(k, s0);
            s1 = FloatVector.fromMemorySegment(FLOATS, x, x1 + b, ORDER).fma(k, s1);
            s2 = FloatVector.fromMemorySegment(FLOATS, x, x2 + b, ORDER).fma(k, s2);
            s3 = FloatVector.fromMemorySegment(FLOATS, x, x3 + b, ORDER).fma(k, s3);
        }
        s0.intoMemorySegment(sums, at, ORDER);
        s1.intoMemorySegment(sums, at + 1 * BLOCK_BYTES, ORDER);
        s2.intoMemorySegment(sums, at + 2 * BLOCK_BYTES, ORDER);
        s3.intoMemorySegment(sums, at + 3 * BLOCK_BYTES, ORDER);
    }

    /// Partial sums of 1 row and 1 output.
    static void tile1x1(MemorySegment sums, long at, MemorySegment x, long x0, MemorySegment w, long w0, int n) {
        FloatVector s = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += BLOCK) {
            long b = (long) i * Float.BYTES;
            s = FloatVector.fromMemorySegment(FLOATS, x, x0 + b, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, w, w0 + b, ORDER), s);
        }
        s.intoMemorySegment(sums, at, ORDER);
    }
}
