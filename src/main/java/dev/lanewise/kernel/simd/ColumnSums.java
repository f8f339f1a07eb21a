// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.DOUBLES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static dev.lanewise.kernel.simd.Lanes.SINGLES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static jdk.incubator.vector.VectorOperators.F2D;

import dev.lanewise.kernel.NormKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Sums over the rows of some columns, in doubles: a float vector is loaded in two halves, each as long in floats as a
/// vector of doubles. All offsets are bytes; rows end before `end`.
///
/// Each turn of a loop waits for the additions of the one before, so that several columns go side by side.
final class ColumnSums {
    /// Bytes of floats that make a vector of doubles.
    private static final long HALF = BYTES / 2;
    private static final VectorShuffle<Float> UPPER_FIRST = NarrowBlock.rotation(LANES / 2);

    private ColumnSums() {
    }

    /// The sums of a logical block of columns.
    static void sums(MemorySegment sums, long sumsAt, MemorySegment x, long begin, long end, long rowBytes) {
        if (!sums.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long part = 0; part < PARTS; part += 2) {
            long c = part * BYTES;
            DoubleVector s0 = DoubleVector.zero(DOUBLES);
            DoubleVector s1 = DoubleVector.zero(DOUBLES);
            DoubleVector s2 = DoubleVector.zero(DOUBLES);
            DoubleVector s3 = DoubleVector.zero(DOUBLES);
            for (long at = begin + c; at < end; at += rowBytes) {
                s0 = s0.add(FloatVector.fromMemorySegment(SINGLES, x, at, ORDER).convertShape(F2D, DOUBLES,
                        0));
                s1 = s1.add(FloatVector.fromMemorySegment(SINGLES, x, at + HALF, ORDER).convertShape(F2D,
                        DOUBLES, 0));
                if (PARTS > 1) {
                    s2 = s2.add(FloatVector.fromMemorySegment(SINGLES, x, at + 2 * HALF, ORDER)
                            .convertShape(F2D, DOUBLES, 0));
                    s3 = s3.add(FloatVector.fromMemorySegment(SINGLES, x, at + 3 * HALF, ORDER)
                            .convertShape(F2D, DOUBLES, 0));
                }
            }
            DoubleVector one = DoubleVector.broadcast(DOUBLES, 1);
            DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
            one.fma(s0, none).intoMemorySegment(sums, sumsAt + 2 * c, ORDER);
            one.fma(s1, none).intoMemorySegment(sums, sumsAt + 2 * c + BYTES, ORDER);
            if (PARTS > 1) {
                one.fma(s2, none).intoMemorySegment(sums, sumsAt + 2 * c + 2 * BYTES, ORDER);
                one.fma(s3, none).intoMemorySegment(sums, sumsAt + 2 * c + 3 * BYTES, ORDER);
            }
        }
    }

    /// The sums of squares of the differences from the means of a logical block of columns.
    static void squares(MemorySegment stats, long squaresAt, long meansAt, MemorySegment x, long begin, long end,
            long rowBytes) {
        if (!stats.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long part = 0; part < PARTS; part += 2) {
            long c = part * BYTES;
            DoubleVector m0 = DoubleVector.fromMemorySegment(DOUBLES, stats, meansAt + 2 * c, ORDER);
            DoubleVector m1 = DoubleVector.fromMemorySegment(DOUBLES, stats, meansAt + 2 * c + BYTES, ORDER);
            DoubleVector m2 = DoubleVector.zero(DOUBLES);
            DoubleVector m3 = DoubleVector.zero(DOUBLES);
            if (PARTS > 1) {
                m2 = DoubleVector.fromMemorySegment(DOUBLES, stats, meansAt + 2 * c + 2 * BYTES, ORDER);
                m3 = DoubleVector.fromMemorySegment(DOUBLES, stats, meansAt + 2 * c + 3 * BYTES, ORDER);
            }
            DoubleVector s0 = DoubleVector.zero(DOUBLES);
            DoubleVector s1 = DoubleVector.zero(DOUBLES);
            DoubleVector s2 = DoubleVector.zero(DOUBLES);
            DoubleVector s3 = DoubleVector.zero(DOUBLES);
            for (long at = begin + c; at < end; at += rowBytes) {
                DoubleVector d = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, x, at, ORDER)
                        .convertShape(F2D, DOUBLES, 0);
                d = d.sub(m0);
                s0 = d.fma(d, s0);
                d = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, x, at + HALF, ORDER)
                        .convertShape(F2D, DOUBLES, 0);
                d = d.sub(m1);
                s1 = d.fma(d, s1);
                if (PARTS > 1) {
                    d = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, x, at + 2 * HALF, ORDER)
                            .convertShape(F2D, DOUBLES, 0);
                    d = d.sub(m2);
                    s2 = d.fma(d, s2);
                    d = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, x, at + 3 * HALF, ORDER)
                            .convertShape(F2D, DOUBLES, 0);
                    d = d.sub(m3);
                    s3 = d.fma(d, s3);
                }
            }
            DoubleVector one = DoubleVector.broadcast(DOUBLES, 1);
            DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
            one.fma(s0, none).intoMemorySegment(stats, squaresAt + 2 * c, ORDER);
            one.fma(s1, none).intoMemorySegment(stats, squaresAt + 2 * c + BYTES, ORDER);
            if (PARTS > 1) {
                one.fma(s2, none).intoMemorySegment(stats, squaresAt + 2 * c + 2 * BYTES, ORDER);
                one.fma(s3, none).intoMemorySegment(stats, squaresAt + 2 * c + 3 * BYTES, ORDER);
            }
        }
    }

    /// The sums of the gradients, and of their products with the normalized values, of a vector of columns: `column`
    /// bytes of floats from the first.
    static void gradients(MemorySegment stats, long strideBytes, long column, MemorySegment dY, long dYBytes,
            MemorySegment x, long xBegin, long xBytes, int rows) {
        if (!stats.isNative() || !dY.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector s0 = DoubleVector.zero(DOUBLES);
        DoubleVector s1 = DoubleVector.zero(DOUBLES);
        DoubleVector p0 = DoubleVector.zero(DOUBLES);
        DoubleVector p1 = DoubleVector.zero(DOUBLES);
        long means = NormKernels.MEAN * strideBytes + column;
        long lows = NormKernels.MEAN_LOW * strideBytes + column;
        long inverses = NormKernels.INVERSE * strideBytes + column;
        long at = xBegin + column;
        long end = column + rows * dYBytes;
        for (long gAt = column; gAt < end; gAt += dYBytes) {
            DoubleVector g = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, dY, gAt, ORDER)
                    .convertShape(F2D, DOUBLES, 0);
            s0 = s0.add(g);
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER)
                    .sub(FloatVector.fromMemorySegment(FLOATS, stats, means, ORDER))
                    .sub(FloatVector.fromMemorySegment(FLOATS, stats, lows, ORDER))
                    .mul(FloatVector.fromMemorySegment(FLOATS, stats, inverses, ORDER));
            p0 = g.fma((DoubleVector) v.convertShape(F2D, DOUBLES, 0), p0);
            g = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, dY, gAt + HALF, ORDER)
                    .convertShape(F2D, DOUBLES, 0);
            s1 = s1.add(g);
            p1 = g.fma((DoubleVector) v.rearrange(UPPER_FIRST).convertShape(F2D, DOUBLES, 0), p1);
            at += xBytes;
        }
        long sums = NormKernels.SUMS * strideBytes + 2 * column;
        long products = NormKernels.SQUARES * strideBytes + 2 * column;
        DoubleVector one = DoubleVector.broadcast(DOUBLES, 1);
        DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
        one.fma(s0, none).intoMemorySegment(stats, sums, ORDER);
        one.fma(s1, none).intoMemorySegment(stats, sums + BYTES, ORDER);
        one.fma(p0, none).intoMemorySegment(stats, products, ORDER);
        one.fma(p1, none).intoMemorySegment(stats, products + BYTES, ORDER);
    }

    /// As [#gradients] with the statistics of the rows.
    static void rowGradients(MemorySegment sums, long strideBytes, long column, MemorySegment dY, long dYBytes,
            MemorySegment stats, MemorySegment x, long xBegin, long xBytes, int rows) {
        if (!sums.isNative() || !dY.isNative() || !stats.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        DoubleVector s0 = DoubleVector.zero(DOUBLES);
        DoubleVector s1 = DoubleVector.zero(DOUBLES);
        DoubleVector p0 = DoubleVector.zero(DOUBLES);
        DoubleVector p1 = DoubleVector.zero(DOUBLES);
        long at = xBegin + column;
        long row = 0;
        long end = column + rows * dYBytes;
        for (long gAt = column; gAt < end; gAt += dYBytes) {
            float mean = stats.get(JAVA_FLOAT_UNALIGNED, row);
            float low = stats.get(JAVA_FLOAT_UNALIGNED, row + Float.BYTES);
            float inverse = stats.get(JAVA_FLOAT_UNALIGNED, row + 2 * Float.BYTES);
            DoubleVector g = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, dY, gAt, ORDER)
                    .convertShape(F2D, DOUBLES, 0);
            s0 = s0.add(g);
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).sub(mean).sub(low).mul(inverse);
            p0 = g.fma((DoubleVector) v.convertShape(F2D, DOUBLES, 0), p0);
            g = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, dY, gAt + HALF, ORDER)
                    .convertShape(F2D, DOUBLES, 0);
            s1 = s1.add(g);
            p1 = g.fma((DoubleVector) v.rearrange(UPPER_FIRST).convertShape(F2D, DOUBLES, 0), p1);
            at += xBytes;
            row += NormKernels.ROW_STATISTICS * Float.BYTES;
        }
        long sumsAt = NormKernels.SUMS * strideBytes + 2 * column;
        long products = NormKernels.SQUARES * strideBytes + 2 * column;
        DoubleVector one = DoubleVector.broadcast(DOUBLES, 1);
        DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
        one.fma(s0, none).intoMemorySegment(sums, sumsAt, ORDER);
        one.fma(s1, none).intoMemorySegment(sums, sumsAt + BYTES, ORDER);
        one.fma(p0, none).intoMemorySegment(sums, products, ORDER);
        one.fma(p1, none).intoMemorySegment(sums, products + BYTES, ORDER);
    }
}
