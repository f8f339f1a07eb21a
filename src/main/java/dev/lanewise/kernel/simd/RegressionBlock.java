// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Linear regression on one block of inputs, sixteen at most: weights and gradient stay in registers for all rows, and
/// a row needs nothing of the one before but the sums, so that the processor works at several rows at a time.
final class RegressionBlock {
    private RegressionBlock() {
    }

    static double run(MemorySegment y, long yRowBytes, MemorySegment losses, MemorySegment x, long xRowBytes,
            MemorySegment xIndex, long xFrom, MemorySegment t, long tRowBytes, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int last, int in,
            float factor, float scale) {
        if (!y.isNative() || !losses.isNative() || !x.isNative() || !t.isNative() || !w.isNative() || !bias.isNative()
                || !g.isNative() || !gBias.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, 0, ORDER);
        FloatVector w1 = PARTS > 1 ? FloatVector.fromMemorySegment(FLOATS, w, BYTES, ORDER) : zero;
        FloatVector w2 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, w, 2 * BYTES, ORDER) : zero;
        FloatVector w3 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, w, 3 * BYTES, ORDER) : zero;
        FloatVector g0 = FloatVector.zero(FLOATS);
        FloatVector g1 = FloatVector.zero(FLOATS);
        FloatVector g2 = FloatVector.zero(FLOATS);
        FloatVector g3 = FloatVector.zero(FLOATS);
        float b = bias.get(JAVA_FLOAT_UNALIGNED, 0);
        float slope = 2f * factor;
        float biasSum = 0f;
        double sum = 0;
        for (int r = first; r < last; r++) {
            long at = RowIndex.row(xIndex, xFrom, r) * xRowBytes;
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
            FloatVector x1 = PARTS > 1 ? FloatVector.fromMemorySegment(FLOATS, x, at + BYTES, ORDER) : zero;
            FloatVector x2 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, x, at + 2 * BYTES, ORDER) : zero;
            FloatVector x3 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, x, at + 3 * BYTES, ORDER) : zero;
            FloatVector s = w0.fma(x0, zero);
            if (PARTS == 2) {
                s = s.add(w1.fma(x1, zero));
            }
            if (PARTS > 2) {
                s = s.add(w2.fma(x2, zero));
                s = s.add(w1.fma(x1, zero).add(w3.fma(x3, zero)));
            }
            s = LANES == BLOCK ? s.add(s.rearrange(NarrowBlock.EIGHT)) : s;
            s = LANES >= BLOCK / 2 ? s.add(s.rearrange(NarrowBlock.FOUR)) : s;
            s = s.add(s.rearrange(NarrowBlock.TWO));
            float output = s.lane(0) + s.lane(1) + b;
            y.set(JAVA_FLOAT_UNALIGNED, r * yRowBytes, output);
            float d = output - t.get(JAVA_FLOAT_UNALIGNED, RowIndex.row(tIndex, tFrom, r) * tRowBytes);
            float loss = factor * d * d;
            losses.set(JAVA_FLOAT_UNALIGNED, (long) r * Float.BYTES, loss);
            sum += loss;
            float slopeHere = slope * d * scale;
            biasSum += slopeHere;
            FloatVector k = FloatVector.broadcast(FLOATS, slopeHere);
            g0 = k.fma(x0, g0);
            if (PARTS > 1) {
                g1 = k.fma(x1, g1);
            }
            if (PARTS > 2) {
                g2 = k.fma(x2, g2);
                g3 = k.fma(x3, g3);
            }
        }
        gBias.set(JAVA_FLOAT_UNALIGNED, 0, biasSum);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(g0, none).intoMemorySegment(g, 0, ORDER);
        if (PARTS > 1) {
            one.fma(g1, none).intoMemorySegment(g, BYTES, ORDER);
        }
        if (PARTS > 2) {
            one.fma(g2, none).intoMemorySegment(g, 2 * BYTES, ORDER);
            one.fma(g3, none).intoMemorySegment(g, 3 * BYTES, ORDER);
        }
        Padding.clear(g, 0, 0, 0, 1, in);
        return sum;
    }
}
