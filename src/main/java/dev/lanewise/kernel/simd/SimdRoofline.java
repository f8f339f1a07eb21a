// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.INTS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;

import dev.lanewise.kernel.RooflineKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The roofline in lanes.
final class SimdRoofline implements RooflineKernels {
    /// Loads of a turn of [#xor]: as many accumulators, so that no load waits for the one before.
    private static final long READS = 2L * PARTS;

    @Override
    public void multiplyAdd(MemorySegment v, float a, float b, int turns) {
        for (int part = 0; part < PARTS; part++) {
            multiplyAddPart(v, part * BYTES, a, b, turns);
        }
    }

    /// Two multiply-adds a cycle that take four cycles each need eight chains; twelve, the factor and the summand leave
    /// two of 16 registers.
    private static void multiplyAddPart(MemorySegment v, long at, float a, float b, int turns) {
        if (!v.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector factor = FloatVector.broadcast(FLOATS, a);
        FloatVector summand = FloatVector.broadcast(FLOATS, b);
        FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, v, at, ORDER);
        FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, v, at + BLOCK_BYTES, ORDER);
        FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, v, at + 2 * BLOCK_BYTES, ORDER);
        FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, v, at + 3 * BLOCK_BYTES, ORDER);
        FloatVector v4 = FloatVector.fromMemorySegment(FLOATS, v, at + 4 * BLOCK_BYTES, ORDER);
        FloatVector v5 = FloatVector.fromMemorySegment(FLOATS, v, at + 5 * BLOCK_BYTES, ORDER);
        FloatVector v6 = FloatVector.fromMemorySegment(FLOATS, v, at + 6 * BLOCK_BYTES, ORDER);
        FloatVector v7 = FloatVector.fromMemorySegment(FLOATS, v, at + 7 * BLOCK_BYTES, ORDER);
        FloatVector v8 = FloatVector.fromMemorySegment(FLOATS, v, at + 8 * BLOCK_BYTES, ORDER);
        FloatVector v9 = FloatVector.fromMemorySegment(FLOATS, v, at + 9 * BLOCK_BYTES, ORDER);
        FloatVector v10 = FloatVector.fromMemorySegment(FLOATS, v, at + 10 * BLOCK_BYTES, ORDER);
        FloatVector v11 = FloatVector.fromMemorySegment(FLOATS, v, at + 11 * BLOCK_BYTES, ORDER);
        for (int turn = 0; turn < turns; turn++) {
            v0 = v0.fma(factor, summand);
            v1 = v1.fma(factor, summand);
            v2 = v2.fma(factor, summand);
            v3 = v3.fma(factor, summand);
            v4 = v4.fma(factor, summand);
            v5 = v5.fma(factor, summand);
            v6 = v6.fma(factor, summand);
            v7 = v7.fma(factor, summand);
            v8 = v8.fma(factor, summand);
            v9 = v9.fma(factor, summand);
            v10 = v10.fma(factor, summand);
            v11 = v11.fma(factor, summand);
        }
        v0.intoMemorySegment(v, at, ORDER);
        v1.intoMemorySegment(v, at + BLOCK_BYTES, ORDER);
        v2.intoMemorySegment(v, at + 2 * BLOCK_BYTES, ORDER);
        v3.intoMemorySegment(v, at + 3 * BLOCK_BYTES, ORDER);
        v4.intoMemorySegment(v, at + 4 * BLOCK_BYTES, ORDER);
        v5.intoMemorySegment(v, at + 5 * BLOCK_BYTES, ORDER);
        v6.intoMemorySegment(v, at + 6 * BLOCK_BYTES, ORDER);
        v7.intoMemorySegment(v, at + 7 * BLOCK_BYTES, ORDER);
        v8.intoMemorySegment(v, at + 8 * BLOCK_BYTES, ORDER);
        v9.intoMemorySegment(v, at + 9 * BLOCK_BYTES, ORDER);
        v10.intoMemorySegment(v, at + 10 * BLOCK_BYTES, ORDER);
        v11.intoMemorySegment(v, at + 11 * BLOCK_BYTES, ORDER);
    }

    @Override
    public int xor(MemorySegment x, long from, long n) {
        if (!x.isNative()) {
            throw NativeOnly.refused();
        }
        IntVector b0 = IntVector.zero(INTS);
        IntVector b1 = IntVector.zero(INTS);
        IntVector b2 = IntVector.zero(INTS);
        IntVector b3 = IntVector.zero(INTS);
        IntVector b4 = IntVector.zero(INTS);
        IntVector b5 = IntVector.zero(INTS);
        IntVector b6 = IntVector.zero(INTS);
        IntVector b7 = IntVector.zero(INTS);
        // Two lines a turn, and not counted, so not unrolled: C2 reads the lines of a turn last to first, which the processor
        // takes, from four lines on and with vectors of 512 bits, for a walk backwards, at a third of the speed.
        long end = from * Float.BYTES + n / (READS * LANES) * (READS * BYTES);
        for (long at = from * Float.BYTES; at != end; at += READS * BYTES) {
            b0 = b0.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at, ORDER));
            b1 = b1.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + BYTES, ORDER));
            if (READS > 2) {
                b2 = b2.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + 2 * BYTES, ORDER));
                b3 = b3.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + 3 * BYTES, ORDER));
            }
            if (READS > 4) {
                b4 = b4.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + 4 * BYTES, ORDER));
                b5 = b5.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + 5 * BYTES, ORDER));
                b6 = b6.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + 6 * BYTES, ORDER));
                b7 = b7.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(INTS, x, at + 7 * BYTES, ORDER));
            }
        }
        return b0.lanewise(VectorOperators.XOR, b1).lanewise(VectorOperators.XOR, b2)
                .lanewise(VectorOperators.XOR, b3).lanewise(VectorOperators.XOR, b4)
                .lanewise(VectorOperators.XOR, b5).lanewise(VectorOperators.XOR, b6)
                .lanewise(VectorOperators.XOR, b7).reduceLanes(VectorOperators.XOR);
    }
}
