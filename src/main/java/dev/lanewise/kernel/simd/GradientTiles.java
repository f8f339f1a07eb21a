// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of the parameter gradient: `g[o][i] = fma(dY[r][o], x[r][i], g[o][i])` over some rows, ascending,
/// continued from the stored `g`. Offsets are bytes; `offsets` holds the byte offset of each row of `x` as a `long`.
///
/// Loads and stores are flat because calls in a method with so many accumulators would not be inlined.
final class GradientTiles {
    private GradientTiles() {
    }

    /// 5 outputs and 2 vectors of columns.
    static void tile5x2(MemorySegment g, long g0, int gRowBytes, MemorySegment dY, long dY0, int dYRowBytes,
            MemorySegment x, long column, MemorySegment offsets, long offsetsAt, int rows) {
        long g1 = g0 + gRowBytes;
        long g2 = g1 + gRowBytes;
        long g3 = g2 + gRowBytes;
        long g4 = g3 + gRowBytes;
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, g, g0, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, g, g0 + BYTES, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, g, g1, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, g, g1 + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, g, g2, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, g, g2 + BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, g, g3, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, g, g3 + BYTES, ORDER);
        FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, g, g4, ORDER);
        FloatVector b4 = FloatVector.fromMemorySegment(FLOATS, g, g4 + BYTES, ORDER);
        for (int r = 0; r < rows; r++) {
            long row = column + offsets.get(JAVA_LONG_UNALIGNED, offsetsAt + (long) r * Long.BYTES);
            long d = dY0 + (long) r * dYRowBytes;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, row + BYTES, ORDER);
            FloatVector k = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d));
            a0 = k.fma(u, a0);
            b0 = k.fma(v, b0);
            k = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 4));
            a1 = k.fma(u, a1);
            b1 = k.fma(v, b1);
            k = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 8));
            a2 = k.fma(u, a2);
            b2 = k.fma(v, b2);
            k = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 12));
            a3 = k.fma(u, a3);
            b3 = k.fma(v, b3);
            k = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 16));
            a4 = k.fma(u, a4);
            b4 = k.fma(v, b4);
        }
        a0.intoMemorySegment(g, g0, ORDER);
        b0.intoMemorySegment(g, g0 + BYTES, ORDER);
        a1.intoMemorySegment(g, g1, ORDER);
        b1.intoMemorySegment(g, g1 + BYTES, ORDER);
        a2.intoMemorySegment(g, g2, ORDER);
        b2.intoMemorySegment(g, g2 + BYTES, ORDER);
        a3.intoMemorySegment(g, g3, ORDER);
        b3.intoMemorySegment(g, g3 + BYTES, ORDER);
        a4.intoMemorySegment(g, g4, ORDER);
        b4.intoMemorySegment(g, g4 + BYTES, ORDER);
    }

    /// 1 output and 4 vectors of columns.
    static void tile1x4(MemorySegment g, long g0, MemorySegment dY, long dY0, int dYRowBytes, MemorySegment x,
            long column, MemorySegment offsets, long offsetsAt, int rows) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, g, g0, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, g, g0 + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, g, g0 + 2L * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, g, g0 + 3L * BYTES, ORDER);
        for (int r = 0; r < rows; r++) {
            long row = column + offsets.get(JAVA_LONG_UNALIGNED, offsetsAt + (long) r * Long.BYTES);
            FloatVector k = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, dY0 + (long) r * dYRowBytes));
            a0 = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER).fma(k, a0);
            a1 = FloatVector.fromMemorySegment(FLOATS, x, row + BYTES, ORDER).fma(k, a1);
            a2 = FloatVector.fromMemorySegment(FLOATS, x, row + 2L * BYTES, ORDER).fma(k, a2);
            a3 = FloatVector.fromMemorySegment(FLOATS, x, row + 3L * BYTES, ORDER).fma(k, a3);
        }
        a0.intoMemorySegment(g, g0, ORDER);
        a1.intoMemorySegment(g, g0 + BYTES, ORDER);
        a2.intoMemorySegment(g, g0 + 2L * BYTES, ORDER);
        a3.intoMemorySegment(g, g0 + 3L * BYTES, ORDER);
    }

    /// 5 outputs and 1 vector of columns.
    static void tile5x1(MemorySegment g, long g0, int gRowBytes, MemorySegment dY, long dY0, int dYRowBytes,
            MemorySegment x, long column, MemorySegment offsets, long offsetsAt, int rows) {
        long g1 = g0 + gRowBytes;
        long g2 = g1 + gRowBytes;
        long g3 = g2 + gRowBytes;
        long g4 = g3 + gRowBytes;
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, g, g0, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, g, g1, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, g, g2, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, g, g3, ORDER);
        FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, g, g4, ORDER);
        for (int r = 0; r < rows; r++) {
            long row = column + offsets.get(JAVA_LONG_UNALIGNED, offsetsAt + (long) r * Long.BYTES);
            long d = dY0 + (long) r * dYRowBytes;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            a0 = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d)).fma(u, a0);
            a1 = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 4)).fma(u, a1);
            a2 = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 8)).fma(u, a2);
            a3 = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 12)).fma(u, a3);
            a4 = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d + 16)).fma(u, a4);
        }
        a0.intoMemorySegment(g, g0, ORDER);
        a1.intoMemorySegment(g, g1, ORDER);
        a2.intoMemorySegment(g, g2, ORDER);
        a3.intoMemorySegment(g, g3, ORDER);
        a4.intoMemorySegment(g, g4, ORDER);
    }

    /// 1 output and 1 vector of columns.
    static void tile1x1(MemorySegment g, long g0, MemorySegment dY, long dY0, int dYRowBytes, MemorySegment x,
            long column, MemorySegment offsets, long offsetsAt, int rows) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, g, g0, ORDER);
        for (int r = 0; r < rows; r++) {
            long row = column + offsets.get(JAVA_LONG_UNALIGNED, offsetsAt + (long) r * Long.BYTES);
            long d = dY0 + (long) r * dYRowBytes;
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, x, row, ORDER);
            a0 = FloatVector.broadcast(FLOATS, dY.get(JAVA_FLOAT_UNALIGNED, d)).fma(u, a0);
        }
        a0.intoMemorySegment(g, g0, ORDER);
    }
}
