// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.RegressionTiles.FACTOR;
import static dev.lanewise.kernel.simd.RegressionTiles.OUTPUT;
import static dev.lanewise.kernel.simd.RegressionTiles.RECORD;
import static dev.lanewise.kernel.simd.RegressionTiles.TARGET;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Outputs of a linear regression with vectors of 128 bits, four to a block: two rows have the eight sums there that four
/// rows have with wider vectors. A class of its own because [RegressionTiles#outputs] with four parts and sixteen sums
/// has more code than C1 can compile (see the package).
final class RegressionQuarters {
    private static final int STEP = (int) BLOCK_BYTES;

    private RegressionQuarters() {
    }

    /// The outputs and targets of two rows into their records, as [RegressionTiles#outputs].
    static void outputs(MemorySegment rows, long at, MemorySegment x, MemorySegment w, int nBytes, float bias,
            MemorySegment t) {
        if (!rows.isNative() || !x.isNative() || !w.isNative() || !t.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment records = rows.asSlice(at, 2 * RECORD);
        MemorySegment v = w.asSlice(0, nBytes);
        MemorySegment u0 = x.asSlice(records.get(JAVA_LONG_UNALIGNED, 0), nBytes);
        MemorySegment u1 = x.asSlice(records.get(JAVA_LONG_UNALIGNED, RECORD), nBytes);
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s02 = FloatVector.zero(FLOATS);
        FloatVector s12 = FloatVector.zero(FLOATS);
        FloatVector s03 = FloatVector.zero(FLOATS);
        FloatVector s13 = FloatVector.zero(FLOATS);
        for (int c = 0; c != nBytes; c += STEP) {
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, v, c, ORDER);
            s00 = k.fma(FloatVector.fromMemorySegment(FLOATS, u0, c, ORDER), s00);
            s10 = k.fma(FloatVector.fromMemorySegment(FLOATS, u1, c, ORDER), s10);
            k = FloatVector.fromMemorySegment(FLOATS, v, c + BYTES, ORDER);
            s01 = k.fma(FloatVector.fromMemorySegment(FLOATS, u0, c + BYTES, ORDER), s01);
            s11 = k.fma(FloatVector.fromMemorySegment(FLOATS, u1, c + BYTES, ORDER), s11);
            k = FloatVector.fromMemorySegment(FLOATS, v, c + 2 * BYTES, ORDER);
            s02 = k.fma(FloatVector.fromMemorySegment(FLOATS, u0, c + 2 * BYTES, ORDER), s02);
            s12 = k.fma(FloatVector.fromMemorySegment(FLOATS, u1, c + 2 * BYTES, ORDER), s12);
            k = FloatVector.fromMemorySegment(FLOATS, v, c + 3 * BYTES, ORDER);
            s03 = k.fma(FloatVector.fromMemorySegment(FLOATS, u0, c + 3 * BYTES, ORDER), s03);
            s13 = k.fma(FloatVector.fromMemorySegment(FLOATS, u1, c + 3 * BYTES, ORDER), s13);
        }
        s00 = s00.add(s02).add(s01.add(s03));
        s10 = s10.add(s12).add(s11.add(s13));
        s00 = s00.add(s00.rearrange(NarrowBlock.TWO));
        s10 = s10.add(s10.rearrange(NarrowBlock.TWO));
        records.set(JAVA_FLOAT_UNALIGNED, OUTPUT, s00.lane(0) + s00.lane(1) + bias);
        records.set(JAVA_FLOAT_UNALIGNED, RECORD + OUTPUT, s10.lane(0) + s10.lane(1) + bias);
        records.set(JAVA_FLOAT_UNALIGNED, FACTOR,
                t.get(JAVA_FLOAT_UNALIGNED, records.get(JAVA_LONG_UNALIGNED, TARGET)));
        records.set(JAVA_FLOAT_UNALIGNED, RECORD + FACTOR,
                t.get(JAVA_FLOAT_UNALIGNED, records.get(JAVA_LONG_UNALIGNED, RECORD + TARGET)));
    }
}
