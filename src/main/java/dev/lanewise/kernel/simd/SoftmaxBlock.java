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
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/// The softmax cross-entropy of fewer than sixteen classes, in passes over rows of one block each.
///
/// A row is in registers for a whole pass: no loop over its vectors, no call, and a fold by rotation leaves its result
/// in every lane, ready for the next operation. The last float of a row, which is padding, keeps the label's logit
/// while `loss` holds the sums, so that logarithms too are taken in lanes.
final class SoftmaxBlock {
    private static final VectorShuffle<Float> EIGHT = rotation(8);
    private static final VectorShuffle<Float> FOUR = rotation(4);
    private static final VectorShuffle<Float> TWO = rotation(2);
    private static final VectorShuffle<Float> ONE = rotation(1);
    private static final long SPARE = BLOCK_BYTES - Float.BYTES;
    // a vector loaded from here on has a 1 in any one lane; 128 bytes for the life of the program
    private static final MemorySegment UNIT = unit();

    private SoftmaxBlock() {
    }

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane + by) & (LANES - 1));
    }

    private static MemorySegment unit() {
        MemorySegment table = Arena.global().allocate(2 * BLOCK_BYTES, BLOCK_BYTES);
        table.set(JAVA_FLOAT_UNALIGNED, SPARE, 1f);
        return table;
    }

    /// Writes `x - max x` to `dX`, its padding +0.0, and `x[label] - max x` to `loss`.
    ///
    /// The padding is no -infinity, though then its exponential would be the 0 that a sum wants: where an exponential
    /// underflows, it takes the processor twice as long.
    static void shift(MemorySegment loss, MemorySegment dX, MemorySegment x, MemorySegment labels, MemorySegment index,
            long from, int begin, int end, int classes) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !labels.isNative()) {
            throw NativeOnly.refused();
        }
        long window = (long) (BLOCK - classes) * Float.BYTES;
        IntVector keep0 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window, ORDER);
        IntVector keep1 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window + part(1), ORDER);
        IntVector keep2 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window + part(2), ORDER);
        IntVector keep3 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window + part(3), ORDER);
        IntVector low0 = IntVector.fromMemorySegment(INTS, Padding.LOWEST, window, ORDER);
        IntVector low1 = IntVector.fromMemorySegment(INTS, Padding.LOWEST, window + part(1), ORDER);
        IntVector low2 = IntVector.fromMemorySegment(INTS, Padding.LOWEST, window + part(2), ORDER);
        IntVector low3 = IntVector.fromMemorySegment(INTS, Padding.LOWEST, window + part(3), ORDER);
        for (int r = begin; r < end; r++) {
            long at = r * BLOCK_BYTES;
            FloatVector v0 = IntVector.fromMemorySegment(INTS, x, at, ORDER).and(keep0).or(low0).reinterpretAsFloats();
            FloatVector v1 = IntVector.fromMemorySegment(INTS, x, at + part(1), ORDER).and(keep1).or(low1)
                    .reinterpretAsFloats();
            FloatVector v2 = v0;
            FloatVector v3 = v1;
            FloatVector m = PARTS > 1 ? v0.blend(v1, v0.lt(v1)) : v0;
            if (PARTS > 2) {
                v2 = IntVector.fromMemorySegment(INTS, x, at + part(2), ORDER).and(keep2).or(low2)
                        .reinterpretAsFloats();
                v3 = IntVector.fromMemorySegment(INTS, x, at + part(3), ORDER).and(keep3).or(low3)
                        .reinterpretAsFloats();
                m = m.blend(v2, m.lt(v2));
                m = m.blend(v3, m.lt(v3));
            }
            FloatVector turned = m.rearrange(LANES == BLOCK ? EIGHT : TWO);
            m = m.blend(turned, m.lt(turned));
            turned = m.rearrange(LANES >= BLOCK / 2 ? FOUR : ONE);
            m = m.blend(turned, m.lt(turned));
            turned = m.rearrange(TWO);
            m = m.blend(turned, m.lt(turned));
            turned = m.rearrange(ONE);
            m = m.blend(turned, m.lt(turned));
            v0.sub(m).reinterpretAsInts().and(keep0).intoMemorySegment(dX, at, ORDER);
            if (PARTS > 1) {
                v1.sub(m).reinterpretAsInts().and(keep1).intoMemorySegment(dX, at + part(1), ORDER);
            }
            if (PARTS > 2) {
                v2.sub(m).reinterpretAsInts().and(keep2).intoMemorySegment(dX, at + part(2), ORDER);
                v3.sub(m).reinterpretAsInts().and(keep3).intoMemorySegment(dX, at + part(3), ORDER);
            }
            int label = labels.get(JAVA_INT_UNALIGNED, RowIndex.row(index, from, r) * Integer.BYTES);
            loss.set(JAVA_FLOAT_UNALIGNED, (long) r * Float.BYTES,
                    x.get(JAVA_FLOAT_UNALIGNED, at + (long) label * Float.BYTES) - m.lane(0));
        }
    }

    /// Where a part of a block begins; parts that are not there are the first.
    private static long part(int n) {
        return n < PARTS ? n * BYTES : 0;
    }

    /// Replaces the exponentials `e` in `dX`, whatever its padding, by the gradient and the label's logits in `loss` by the
    /// sums of `e`.
    static void gradient(MemorySegment loss, MemorySegment dX, MemorySegment labels, MemorySegment index, long from,
            int begin, int end, int classes, float scale) {
        if (!loss.isNative() || !dX.isNative() || !labels.isNative()) {
            throw NativeOnly.refused();
        }
        long window = (long) (BLOCK - classes) * Float.BYTES;
        IntVector keep0 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window, ORDER);
        IntVector keep1 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window + part(1), ORDER);
        IntVector keep2 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window + part(2), ORDER);
        IntVector keep3 = IntVector.fromMemorySegment(INTS, Padding.KEEP, window + part(3), ORDER);
        FloatVector factor = FloatVector.broadcast(FLOATS, scale);
        for (int r = begin; r < end; r++) {
            long at = r * BLOCK_BYTES;
            int label = labels.get(JAVA_INT_UNALIGNED, RowIndex.row(index, from, r) * Integer.BYTES);
            long one = SPARE - (long) label * Float.BYTES;
            FloatVector e0 = IntVector.fromMemorySegment(INTS, dX, at, ORDER).and(keep0).reinterpretAsFloats();
            FloatVector e1 = IntVector.fromMemorySegment(INTS, dX, at + part(1), ORDER).and(keep1)
                    .reinterpretAsFloats();
            FloatVector e2 = IntVector.fromMemorySegment(INTS, dX, at + part(2), ORDER).and(keep2)
                    .reinterpretAsFloats();
            FloatVector e3 = IntVector.fromMemorySegment(INTS, dX, at + part(3), ORDER).and(keep3)
                    .reinterpretAsFloats();
            FloatVector s = PARTS == 4 ? e0.add(e2).add(e1.add(e3)) : PARTS == 2 ? e0.add(e1) : e0;
            s = LANES == BLOCK ? s.add(s.rearrange(EIGHT)) : s;
            s = LANES >= BLOCK / 2 ? s.add(s.rearrange(FOUR)) : s;
            s = s.add(s.rearrange(TWO));
            s = s.add(s.rearrange(ONE));
            e0.div(s).sub(FloatVector.fromMemorySegment(FLOATS, UNIT, one, ORDER)).mul(factor).reinterpretAsInts()
                    .and(keep0).intoMemorySegment(dX, at, ORDER);
            if (PARTS > 1) {
                e1.div(s).sub(FloatVector.fromMemorySegment(FLOATS, UNIT, one + part(1), ORDER)).mul(factor)
                        .reinterpretAsInts().and(keep1).intoMemorySegment(dX, at + part(1), ORDER);
            }
            if (PARTS > 2) {
                e2.div(s).sub(FloatVector.fromMemorySegment(FLOATS, UNIT, one + part(2), ORDER)).mul(factor)
                        .reinterpretAsInts().and(keep2).intoMemorySegment(dX, at + part(2), ORDER);
                e3.div(s).sub(FloatVector.fromMemorySegment(FLOATS, UNIT, one + part(3), ORDER)).mul(factor)
                        .reinterpretAsInts().and(keep3).intoMemorySegment(dX, at + part(3), ORDER);
            }
            long to = (long) r * Float.BYTES;
            dX.set(JAVA_FLOAT_UNALIGNED, at + SPARE, loss.get(JAVA_FLOAT_UNALIGNED, to));
            loss.set(JAVA_FLOAT_UNALIGNED, to, s.lane(0));
        }
    }

    /// Replaces the sums in `loss` by the losses and clears what else the rows of `dX` hold.
    static void losses(MemorySegment loss, MemorySegment dX, int begin, int end) {
        if (!loss.isNative() || !dX.isNative()) {
            throw NativeOnly.refused();
        }
        SimdMath.logFromOne(loss, (long) begin * Float.BYTES, (long) end * Float.BYTES);
        for (int r = begin; r < end; r++) {
            long at = (long) r * Float.BYTES;
            long spare = r * BLOCK_BYTES + SPARE;
            loss.set(JAVA_FLOAT_UNALIGNED, at,
                    loss.get(JAVA_FLOAT_UNALIGNED, at) - dX.get(JAVA_FLOAT_UNALIGNED, spare));
            dX.set(JAVA_FLOAT_UNALIGNED, spare, 0f);
        }
    }
}
