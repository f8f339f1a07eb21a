// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// Linear regression on one or two inputs, a line or a plane: with fourteen lanes of padding a vector is slower than
/// floats.
///
/// The lanes of padding are +0.0, and in the fold each of the two products meets one of them: hence `+ 0f`, which changes
/// a product that underflowed to -0.0.
final class RegressionPair {
    /// The most inputs.
    static final int INPUTS = 2;

    private RegressionPair() {
    }

    static double run(MemorySegment y, long yRowBytes, MemorySegment losses, MemorySegment x, long xRowBytes,
            MemorySegment xIndex, long xFrom, MemorySegment t, long tRowBytes, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int last, int in,
            float factor, float scale) {
        if (!y.isNative() || !losses.isNative() || !x.isNative() || !t.isNative() || !w.isNative() || !bias.isNative()
                || !g.isNative() || !gBias.isNative()) {
            throw NativeOnly.refused();
        }
        float w0 = w.get(JAVA_FLOAT_UNALIGNED, 0);
        float w1 = w.get(JAVA_FLOAT_UNALIGNED, Float.BYTES);
        float g0 = 0f;
        float g1 = 0f;
        float b = bias.get(JAVA_FLOAT_UNALIGNED, 0);
        float slope = 2f * factor;
        float biasSum = 0f;
        double sum = 0;
        for (int r = first; r < last; r++) {
            long at = RowIndex.row(xIndex, xFrom, r) * xRowBytes;
            float x0 = x.get(JAVA_FLOAT_UNALIGNED, at);
            float x1 = x.get(JAVA_FLOAT_UNALIGNED, at + Float.BYTES);
            float output = (Math.fma(x0, w0, 0f) + 0f) + (Math.fma(x1, w1, 0f) + 0f) + b;
            y.set(JAVA_FLOAT_UNALIGNED, r * yRowBytes, output);
            float d = output - t.get(JAVA_FLOAT_UNALIGNED, RowIndex.row(tIndex, tFrom, r) * tRowBytes);
            float loss = factor * d * d;
            losses.set(JAVA_FLOAT_UNALIGNED, (long) r * Float.BYTES, loss);
            sum += loss;
            float k = slope * d * scale;
            biasSum += k;
            g0 = Math.fma(k, x0, g0);
            g1 = Math.fma(k, x1, g1);
        }
        gBias.set(JAVA_FLOAT_UNALIGNED, 0, biasSum);
        Lanes.clear(g, Lanes.BLOCK_BYTES);
        g.set(JAVA_FLOAT_UNALIGNED, 0, g0);
        if (in > 1) {
            g.set(JAVA_FLOAT_UNALIGNED, Float.BYTES, g1);
        }
        return sum;
    }
}
