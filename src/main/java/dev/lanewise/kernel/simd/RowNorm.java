// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.DOUBLES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static dev.lanewise.kernel.simd.Lanes.SINGLES;
import static jdk.incubator.vector.VectorOperators.F2D;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// One row of a layer norm: `rowBytes`, whole blocks, from byte offsets. The sixteen partial sums of doubles go to the
/// start of `sums`, to be folded elsewhere; a pass over the row for each two parts of the block.
final class RowNorm {
    private static final long HALF = BYTES / 2;

    private RowNorm() {
    }

    /// The partial sums of a row; padding adds +0.0.
    static void sum(MemorySegment sums, MemorySegment x, long at, long rowBytes) {
        if (!sums.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long part = 0; part < PARTS; part += 2) {
            long c = part * BYTES;
            DoubleVector s0 = DoubleVector.zero(DOUBLES);
            DoubleVector s1 = DoubleVector.zero(DOUBLES);
            DoubleVector s2 = DoubleVector.zero(DOUBLES);
            DoubleVector s3 = DoubleVector.zero(DOUBLES);
            for (long b = at + c; b < at + rowBytes; b += BLOCK_BYTES) {
                s0 = s0.add(FloatVector.fromMemorySegment(SINGLES, x, b, ORDER).convertShape(F2D, DOUBLES,
                        0));
                s1 = s1.add(FloatVector.fromMemorySegment(SINGLES, x, b + HALF, ORDER).convertShape(F2D,
                        DOUBLES, 0));
                if (PARTS > 1) {
                    s2 = s2.add(FloatVector.fromMemorySegment(SINGLES, x, b + 2 * HALF, ORDER)
                            .convertShape(F2D, DOUBLES, 0));
                    s3 = s3.add(FloatVector.fromMemorySegment(SINGLES, x, b + 3 * HALF, ORDER)
                            .convertShape(F2D, DOUBLES, 0));
                }
            }
            DoubleVector one = DoubleVector.broadcast(DOUBLES, 1);
            DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
            one.fma(s0, none).intoMemorySegment(sums, 2 * c, ORDER);
            one.fma(s1, none).intoMemorySegment(sums, 2 * c + BYTES, ORDER);
            if (PARTS > 1) {
                one.fma(s2, none).intoMemorySegment(sums, 2 * c + 2 * BYTES, ORDER);
                one.fma(s3, none).intoMemorySegment(sums, 2 * c + 3 * BYTES, ORDER);
            }
        }
    }

    /// The partial sums of the products of two rows; padding of +0.0 adds nothing.
    static void dot(MemorySegment sums, MemorySegment x, long xAt, MemorySegment z, long zAt, long rowBytes) {
        if (!sums.isNative() || !x.isNative() || !z.isNative()) {
            throw NativeOnly.refused();
        }
        for (long c = 0; c < BLOCK_BYTES; c += BYTES) {
            DoubleVector s0 = DoubleVector.zero(DOUBLES);
            DoubleVector s1 = DoubleVector.zero(DOUBLES);
            for (long b = c; b < rowBytes; b += BLOCK_BYTES) {
                DoubleVector v = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, x, xAt + b, ORDER)
                        .convertShape(F2D, DOUBLES, 0);
                s0 = v.fma((DoubleVector) FloatVector.fromMemorySegment(SINGLES, z, zAt + b, ORDER)
                        .convertShape(F2D, DOUBLES, 0), s0);
                v = (DoubleVector) FloatVector.fromMemorySegment(SINGLES, x, xAt + b + HALF, ORDER)
                        .convertShape(F2D, DOUBLES, 0);
                s1 = v.fma((DoubleVector) FloatVector.fromMemorySegment(SINGLES, z, zAt + b + HALF, ORDER)
                        .convertShape(F2D, DOUBLES, 0), s1);
            }
            DoubleVector one = DoubleVector.broadcast(DOUBLES, 1);
            DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
            one.fma(s0, none).intoMemorySegment(sums, 2 * c, ORDER);
            one.fma(s1, none).intoMemorySegment(sums, 2 * c + BYTES, ORDER);
        }
    }

    /// `y = (x - high) - low`.
    static void center(MemorySegment y, long yAt, MemorySegment x, long xAt, long rowBytes, float high, float low) {
        if (!y.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, x, xAt + b, ORDER).sub(high).sub(low).intoMemorySegment(y, yAt + b,
                    ORDER);
        }
    }

    /// `y = fma(y * inverse, weight, bias)`.
    static void scaleAndShift(MemorySegment y, long at, MemorySegment weight, MemorySegment bias, long rowBytes,
            float inverse) {
        if (!y.isNative() || !weight.isNative() || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, y, at + b, ORDER).mul(inverse)
                    .fma(FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER),
                            FloatVector.fromMemorySegment(FLOATS, bias, b, ORDER))
                    .intoMemorySegment(y, at + b, ORDER);
        }
    }

    /// `xhat = ((x - high) - low) * inverse`.
    static void normalize(MemorySegment xhat, long to, MemorySegment x, long xAt, long rowBytes, float high, float low,
            float inverse) {
        if (!xhat.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, x, xAt + b, ORDER).sub(high).sub(low).mul(inverse)
                    .intoMemorySegment(xhat, to + b, ORDER);
        }
    }

    /// `g = dY * weight`.
    static void weigh(MemorySegment g, long gAt, MemorySegment dY, long dYAt, MemorySegment weight, long rowBytes) {
        if (!g.isNative() || !dY.isNative() || !weight.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, dY, dYAt + b, ORDER)
                    .mul(FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER)).intoMemorySegment(g, gAt + b, ORDER);
        }
    }

    /// `g = inverse * fma(-xhat, product, (g - high) - low)`.
    static void project(MemorySegment g, long gAt, MemorySegment xhat, long xhatAt, long rowBytes, float inverse,
            float product, float high, float low) {
        if (!g.isNative() || !xhat.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector products = FloatVector.broadcast(FLOATS, product);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector centered = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).sub(high).sub(low);
            FloatVector.fromMemorySegment(FLOATS, xhat, xhatAt + b, ORDER).neg().fma(products, centered).mul(inverse)
                    .intoMemorySegment(g, gAt + b, ORDER);
        }
    }
}
