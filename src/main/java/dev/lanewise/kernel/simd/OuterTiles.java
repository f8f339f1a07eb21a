// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of the outer form: `c[r][j] = fma(a[r][k], b[k][j], c[r][j])`, k ascending, continued from the stored
/// `c`. Offsets are bytes.
///
/// Loads and stores are flat because calls in a method with so many accumulators would not be inlined.
final class OuterTiles {
    private OuterTiles() {
    }

    /// 5 rows and 2 vectors of columns.
    static void tile5x2(MemorySegment c, long c0, int cRowBytes, MemorySegment a, long a0, long a1, long a2, long a3,
            long a4,
            MemorySegment b, long b0, int bRowBytes, int n) {
        long c1 = c0 + cRowBytes;
        long c2 = c1 + cRowBytes;
        long c3 = c2 + cRowBytes;
        long c4 = c3 + cRowBytes;
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, c, c0, ORDER);
        FloatVector t0 = FloatVector.fromMemorySegment(FLOATS, c, c0 + BYTES, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, c, c1, ORDER);
        FloatVector t1 = FloatVector.fromMemorySegment(FLOATS, c, c1 + BYTES, ORDER);
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, c, c2, ORDER);
        FloatVector t2 = FloatVector.fromMemorySegment(FLOATS, c, c2 + BYTES, ORDER);
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, c, c3, ORDER);
        FloatVector t3 = FloatVector.fromMemorySegment(FLOATS, c, c3 + BYTES, ORDER);
        FloatVector s4 = FloatVector.fromMemorySegment(FLOATS, c, c4, ORDER);
        FloatVector t4 = FloatVector.fromMemorySegment(FLOATS, c, c4 + BYTES, ORDER);
        for (int k = 0; k < n; k++) {
            long row = b0 + (long) k * bRowBytes;
            long column = (long) k * Float.BYTES;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, b, row, ORDER);
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, b, row + BYTES, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + column));
            s0 = q.fma(u, s0);
            t0 = q.fma(v, t0);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a1 + column));
            s1 = q.fma(u, s1);
            t1 = q.fma(v, t1);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a2 + column));
            s2 = q.fma(u, s2);
            t2 = q.fma(v, t2);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a3 + column));
            s3 = q.fma(u, s3);
            t3 = q.fma(v, t3);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a4 + column));
            s4 = q.fma(u, s4);
            t4 = q.fma(v, t4);
        }
        s0.intoMemorySegment(c, c0, ORDER);
        t0.intoMemorySegment(c, c0 + BYTES, ORDER);
        s1.intoMemorySegment(c, c1, ORDER);
        t1.intoMemorySegment(c, c1 + BYTES, ORDER);
        s2.intoMemorySegment(c, c2, ORDER);
        t2.intoMemorySegment(c, c2 + BYTES, ORDER);
        s3.intoMemorySegment(c, c3, ORDER);
        t3.intoMemorySegment(c, c3 + BYTES, ORDER);
        s4.intoMemorySegment(c, c4, ORDER);
        t4.intoMemorySegment(c, c4 + BYTES, ORDER);
    }

    /// 1 row and 2 vectors of columns.
    static void tile1x2(MemorySegment c, long c0, MemorySegment a, long a0, MemorySegment b, long b0,
            int bRowBytes, int n) {
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, c, c0, ORDER);
        FloatVector t0 = FloatVector.fromMemorySegment(FLOATS, c, c0 + BYTES, ORDER);
        for (int k = 0; k < n; k++) {
            long row = b0 + (long) k * bRowBytes;
            long column = (long) k * Float.BYTES;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, b, row, ORDER);
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, b, row + BYTES, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + column));
            s0 = q.fma(u, s0);
            t0 = q.fma(v, t0);
        }
        s0.intoMemorySegment(c, c0, ORDER);
        t0.intoMemorySegment(c, c0 + BYTES, ORDER);
    }

    /// 5 rows and 1 vector of columns.
    static void tile5x1(MemorySegment c, long c0, int cRowBytes, MemorySegment a, long a0, long a1, long a2, long a3,
            long a4,
            MemorySegment b, long b0, int bRowBytes, int n) {
        long c1 = c0 + cRowBytes;
        long c2 = c1 + cRowBytes;
        long c3 = c2 + cRowBytes;
        long c4 = c3 + cRowBytes;
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, c, c0, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, c, c1, ORDER);
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, c, c2, ORDER);
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, c, c3, ORDER);
        FloatVector s4 = FloatVector.fromMemorySegment(FLOATS, c, c4, ORDER);
        for (int k = 0; k < n; k++) {
            long row = b0 + (long) k * bRowBytes;
            long column = (long) k * Float.BYTES;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, b, row, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + column));
            s0 = q.fma(u, s0);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a1 + column));
            s1 = q.fma(u, s1);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a2 + column));
            s2 = q.fma(u, s2);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a3 + column));
            s3 = q.fma(u, s3);
            q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a4 + column));
            s4 = q.fma(u, s4);
        }
        s0.intoMemorySegment(c, c0, ORDER);
        s1.intoMemorySegment(c, c1, ORDER);
        s2.intoMemorySegment(c, c2, ORDER);
        s3.intoMemorySegment(c, c3, ORDER);
        s4.intoMemorySegment(c, c4, ORDER);
    }

    /// 1 row and 1 vector of columns.
    static void tile1x1(MemorySegment c, long c0, MemorySegment a, long a0, MemorySegment b, long b0,
            int bRowBytes, int n) {
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, c, c0, ORDER);
        for (int k = 0; k < n; k++) {
            long row = b0 + (long) k * bRowBytes;
            long column = (long) k * Float.BYTES;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, b, row, ORDER);
            FloatVector q = FloatVector.broadcast(FLOATS, a.get(JAVA_FLOAT_UNALIGNED, a0 + column));
            s0 = q.fma(u, s0);
        }
        s0.intoMemorySegment(c, c0, ORDER);
    }
}
