// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// Linear regression on one or two inputs, a line or a plane: with fourteen lanes of padding a vector is slower than
/// floats.
///
/// The lanes of padding are +0.0, and in the fold each of the two products meets one of them, so that none is -0.0. Here
/// the products are added at once: the sum is -0.0 where it should be +0.0 if both are, and that shows only if the bias
/// is -0.0 too, hence `+ 0f` on the bias.
///
/// With a rate that is a number the parameters are stepped at the end, from registers, and no gradient is stored; with NaN
/// the gradient is. What limits a step of ten rows is the number of instructions, some four to a cycle. So rows one behind
/// the other have a loop of their own, over slices of one length, which makes their checks one; and both loops end with
/// `!=`: counted, they were unrolled with all checks to 20 and 38 KB of code, no faster and half a second to compile.
final class RegressionPair {
    /// The most inputs.
    static final int INPUTS = 2;
    /// Bytes of a row.
    private static final long ROW = Lanes.BLOCK_BYTES;

    private RegressionPair() {
    }

    /// Rows one behind the other, and a column of targets without padding.
    static double inOrder(MemorySegment y, MemorySegment losses, MemorySegment x, long xFrom, MemorySegment t,
            long tFrom, MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int last,
            int in, float factor, float scale, float rate, float biasRate) {
        if (!y.isNative() || !losses.isNative() || !x.isNative() || !t.isNative() || !w.isNative()
                || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        float w0 = w.get(JAVA_FLOAT_UNALIGNED, 0);
        float w1 = w.get(JAVA_FLOAT_UNALIGNED, Float.BYTES);
        float b = bias.get(JAVA_FLOAT_UNALIGNED, 0) + 0f;
        float g0 = 0f;
        float g1 = 0f;
        float slope = 2f * factor;
        float biasSum = 0f;
        double sum = 0;
        long n = (last - first) * ROW;
        MemorySegment xs = x.asSlice((xFrom + first) * ROW, n);
        MemorySegment ts = t.asSlice((tFrom + first) * Float.BYTES, n / Lanes.BLOCK);
        MemorySegment ys = y.asSlice(first * ROW, n);
        MemorySegment ls = losses.asSlice((long) first * Float.BYTES, n / Lanes.BLOCK);
        long value = 0;
        for (long at = 0; at != n; at += ROW) {
            float x0 = xs.get(JAVA_FLOAT_UNALIGNED, at);
            float x1 = xs.get(JAVA_FLOAT_UNALIGNED, at + Float.BYTES);
            float output = x0 * w0 + x1 * w1 + b;
            ys.set(JAVA_FLOAT_UNALIGNED, at, output);
            float d = output - ts.get(JAVA_FLOAT_UNALIGNED, value);
            float loss = factor * d * d;
            ls.set(JAVA_FLOAT_UNALIGNED, value, loss);
            sum += loss;
            float k = slope * d * scale;
            biasSum += k;
            g0 = Math.fma(k, x0, g0);
            g1 = Math.fma(k, x1, g1);
            value += Float.BYTES;
        }
        if (Float.isNaN(rate)) {
            store(g, gBias, in, g0, g1, biasSum);
        } else {
            step(w, bias, in, g0, g1, biasSum, rate, biasRate);
        }
        return sum;
    }

    /// Rows wherever they are.
    static double byIndex(MemorySegment y, long yRowBytes, MemorySegment losses, MemorySegment x, long xRowBytes,
            MemorySegment xIndex, long xFrom, MemorySegment t, long tRowBytes, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int last, int in,
            float factor, float scale, float rate, float biasRate) {
        if (!y.isNative() || !losses.isNative() || !x.isNative() || !t.isNative() || !w.isNative()
                || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        float w0 = w.get(JAVA_FLOAT_UNALIGNED, 0);
        float w1 = w.get(JAVA_FLOAT_UNALIGNED, Float.BYTES);
        float b = bias.get(JAVA_FLOAT_UNALIGNED, 0) + 0f;
        float g0 = 0f;
        float g1 = 0f;
        float slope = 2f * factor;
        float biasSum = 0f;
        double sum = 0;
        int r = first;
        long end = (long) last * Float.BYTES;
        for (long at = (long) first * Float.BYTES; at != end; at += Float.BYTES) {
            long row = RowIndex.row(xIndex, xFrom, r) * xRowBytes;
            float x0 = x.get(JAVA_FLOAT_UNALIGNED, row);
            float x1 = x.get(JAVA_FLOAT_UNALIGNED, row + Float.BYTES);
            float output = x0 * w0 + x1 * w1 + b;
            y.set(JAVA_FLOAT_UNALIGNED, r * yRowBytes, output);
            float d = output - t.get(JAVA_FLOAT_UNALIGNED, RowIndex.row(tIndex, tFrom, r) * tRowBytes);
            float loss = factor * d * d;
            losses.set(JAVA_FLOAT_UNALIGNED, at, loss);
            sum += loss;
            float k = slope * d * scale;
            biasSum += k;
            g0 = Math.fma(k, x0, g0);
            g1 = Math.fma(k, x1, g1);
            r++;
        }
        if (Float.isNaN(rate)) {
            store(g, gBias, in, g0, g1, biasSum);
        } else {
            step(w, bias, in, g0, g1, biasSum, rate, biasRate);
        }
        return sum;
    }

    private static void store(MemorySegment g, MemorySegment gBias, int in, float g0, float g1, float biasSum) {
        if (!g.isNative() || !gBias.isNative()) {
            throw NativeOnly.refused();
        }
        gBias.set(JAVA_FLOAT_UNALIGNED, 0, biasSum);
        Lanes.clear(g, Lanes.BLOCK_BYTES);
        g.set(JAVA_FLOAT_UNALIGNED, 0, g0);
        if (in > 1) {
            g.set(JAVA_FLOAT_UNALIGNED, Float.BYTES, g1);
        }
    }

    private static void step(MemorySegment w, MemorySegment bias, int in, float g0, float g1, float biasSum, float rate,
            float biasRate) {
        if (!w.isNative() || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        w.set(JAVA_FLOAT_UNALIGNED, 0, Math.fma(-rate, g0, w.get(JAVA_FLOAT_UNALIGNED, 0)));
        if (in > 1) {
            w.set(JAVA_FLOAT_UNALIGNED, Float.BYTES, Math.fma(-rate, g1, w.get(JAVA_FLOAT_UNALIGNED, Float.BYTES)));
        }
        bias.set(JAVA_FLOAT_UNALIGNED, 0, Math.fma(-biasRate, biasSum, bias.get(JAVA_FLOAT_UNALIGNED, 0)));
    }

    /// Descent in floats: a vector loaded right behind the floats that were stored there would wait for them to reach L1.
    static void descend(MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int in, float rate,
            float biasRate) {
        if (!g.isNative() || !gBias.isNative()) {
            throw NativeOnly.refused();
        }
        step(w, bias, in, g.get(JAVA_FLOAT_UNALIGNED, 0), g.get(JAVA_FLOAT_UNALIGNED, Float.BYTES),
                gBias.get(JAVA_FLOAT_UNALIGNED, 0), rate, biasRate);
    }
}
