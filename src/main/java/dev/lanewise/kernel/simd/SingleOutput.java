// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.INTS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/// The forward pass of one output, which does a single multiply-add with every input it reads: memory is the limit.
///
/// So rows are read in the order of memory, two at a time and each of them whole, as one stream that the processor
/// fetches ahead of; the rows of a tile of eight would be as many short ones, which it does not follow.
final class SingleOutput {
    private static final int STEP = (int) BLOCK_BYTES;
    private static final int GROUP = 8;
    static final VectorShuffle<Float> ONE = NarrowBlock.rotation(1);

    private SingleOutput() {
    }

    /// Writes the outputs of the rows `first .. last - 1`, padding included.
    static void forward(MemorySegment y, long yRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment w, MemorySegment bias, int first, int last, int nBytes, MemorySegment sums) {
        for (int r = first; r < last; r += GROUP) {
            int rows = Math.min(GROUP, last - r);
            for (int i = 0; i < rows; i += 2) { // of an odd number, the last row meets itself
                long x0 = RowIndex.row(index, from, r + i) * xRowBytes;
                long x1 = RowIndex.row(index, from, Math.min(r + i + 1, last - 1)) * xRowBytes;
                tile(sums, i * BLOCK_BYTES, x, x0, x1, w, nBytes);
            }
            Lanes.clear(y, r * yRowBytes, rows * yRowBytes);
            NarrowFold.addBias(y, r * yRowBytes, yRowBytes, rows, 1, bias, 0, sums, 0, BLOCK_BYTES, 0);
        }
    }

    /// The same for rows of one block, folded as in [NarrowBlock]. A row of outputs is written as vectors, because the
    /// loss loads it as vectors soon after: it would wait for a single float to reach the cache.
    static void forwardBlock(MemorySegment y, long yRowBytes, MemorySegment x, long xRowBytes, MemorySegment index,
            long from, MemorySegment w, MemorySegment bias, int first, int last) {
        if (!y.isNative() || !x.isNative() || !w.isNative() || !bias.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.broadcast(FLOATS, bias.get(JAVA_FLOAT_UNALIGNED, 0));
        IntVector keep = IntVector.fromMemorySegment(INTS, Padding.KEEP, (BLOCK - 1L) * Float.BYTES, ORDER);
        FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, 0, ORDER);
        FloatVector w1 = PARTS > 1 ? FloatVector.fromMemorySegment(FLOATS, w, BYTES, ORDER) : zero;
        FloatVector w2 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, w, 2 * BYTES, ORDER) : zero;
        FloatVector w3 = PARTS > 2 ? FloatVector.fromMemorySegment(FLOATS, w, 3 * BYTES, ORDER) : zero;
        int r = first;
        long end = last * yRowBytes;
        for (long to = first * yRowBytes; to != end; to += yRowBytes) {
            long at = RowIndex.row(index, from, r++) * xRowBytes;
            FloatVector s = w0.fma(FloatVector.fromMemorySegment(FLOATS, x, at, ORDER), zero);
            if (PARTS == 2) {
                s = s.add(w1.fma(FloatVector.fromMemorySegment(FLOATS, x, at + BYTES, ORDER), zero));
            }
            if (PARTS > 2) {
                s = s.add(w2.fma(FloatVector.fromMemorySegment(FLOATS, x, at + 2 * BYTES, ORDER), zero));
                s = s.add(w1.fma(FloatVector.fromMemorySegment(FLOATS, x, at + BYTES, ORDER), zero)
                        .add(w3.fma(FloatVector.fromMemorySegment(FLOATS, x, at + 3 * BYTES, ORDER), zero)));
            }
            s = LANES == BLOCK ? s.add(s.rearrange(NarrowBlock.EIGHT)) : s;
            s = LANES >= BLOCK / 2 ? s.add(s.rearrange(NarrowBlock.FOUR)) : s;
            s = s.add(s.rearrange(NarrowBlock.TWO));
            s = s.add(s.rearrange(ONE)).add(b);
            s.reinterpretAsInts().and(keep).intoMemorySegment(y, to, ORDER);
            if (PARTS > 1) {
                zero.intoMemorySegment(y, to + BYTES, ORDER);
            }
            if (PARTS > 2) {
                zero.intoMemorySegment(y, to + 2 * BYTES, ORDER);
                zero.intoMemorySegment(y, to + 3 * BYTES, ORDER);
            }
        }
    }

    /// All parts of the sums of two rows.
    private static void tile(MemorySegment sums, long at, MemorySegment x, long x0, long x1, MemorySegment w,
            int nBytes) {
        if (!sums.isNative() || !x.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        FloatVector t0 = FloatVector.zero(FLOATS);
        FloatVector t1 = FloatVector.zero(FLOATS);
        FloatVector t2 = FloatVector.zero(FLOATS);
        FloatVector t3 = FloatVector.zero(FLOATS);
        for (int i = 0; i != nBytes; i += STEP) {
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, w, i, ORDER);
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x0 + i, ORDER), s0);
            t0 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x1 + i, ORDER), t0);
            if (PARTS > 1) {
                k = FloatVector.fromMemorySegment(FLOATS, w, i + BYTES, ORDER);
                s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x0 + i + BYTES, ORDER), s1);
                t1 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x1 + i + BYTES, ORDER), t1);
            }
            if (PARTS > 2) {
                k = FloatVector.fromMemorySegment(FLOATS, w, i + 2 * BYTES, ORDER);
                s2 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x0 + i + 2 * BYTES, ORDER), s2);
                t2 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x1 + i + 2 * BYTES, ORDER), t2);
                k = FloatVector.fromMemorySegment(FLOATS, w, i + 3 * BYTES, ORDER);
                s3 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x0 + i + 3 * BYTES, ORDER), s3);
                t3 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, x1 + i + 3 * BYTES, ORDER), t3);
            }
        }
        long next = at + BLOCK_BYTES;
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(sums, at, ORDER);
        one.fma(t0, none).intoMemorySegment(sums, next, ORDER);
        if (PARTS > 1) {
            one.fma(s1, none).intoMemorySegment(sums, at + BYTES, ORDER);
            one.fma(t1, none).intoMemorySegment(sums, next + BYTES, ORDER);
        }
        if (PARTS > 2) {
            one.fma(s2, none).intoMemorySegment(sums, at + 2 * BYTES, ORDER);
            one.fma(t2, none).intoMemorySegment(sums, next + 2 * BYTES, ORDER);
            one.fma(s3, none).intoMemorySegment(sums, at + 3 * BYTES, ORDER);
            one.fma(t3, none).intoMemorySegment(sums, next + 3 * BYTES, ORDER);
        }
    }
}
