// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static dev.lanewise.kernel.simd.Lanes.PARTS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of a linear regression: outputs of rows, and the gradient of some columns.
///
/// A row has a record of [#RECORD] bytes in `rows`: its offset in `x`, that of its target in `t`, its output,
/// and its factor in the gradient. Offsets are
/// bytes; `nBytes` is the length of a row, whole blocks.
///
/// See [dev.lanewise.kernel.simd] for the shape of the code.
final class RegressionTiles {
    /// Bytes of a record.
    static final int RECORD = 32;
    /// Bytes from its begin to the offset of the target.
    static final int TARGET = 8;
    /// Bytes from its begin to the output.
    static final int OUTPUT = 16;
    /// Bytes from its begin to the target first, and then the factor.
    static final int FACTOR = 20;
    /// Rows of a piece from which on its quarters are read side by side: in shorter ones the processor has hardly begun to
    /// fetch ahead when a quarter ends.
    private static final int STREAMED = 256;
    private static final int STEP = (int) BLOCK_BYTES;
    /// Bytes of a row for [#outputs7]; none where a block has more parts than there are registers for.
    static final int SEVEN = PARTS <= 2 ? 7 * STEP : 0;

    private RegressionTiles() {
    }

    /// The outputs of four rows, and their targets, which come from memory as the rows do: into their records, which follow
    /// one another from the byte `at` of `rows` on. With vectors of 128 bits [RegressionQuarters] does this.
    static void outputs(MemorySegment rows, long at, MemorySegment x, MemorySegment w, int nBytes, float bias,
            MemorySegment t) {
        if (!rows.isNative() || !x.isNative() || !w.isNative() || !t.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment records = rows.asSlice(at, 4 * RECORD);
        MemorySegment v = w.asSlice(0, nBytes);
        MemorySegment u0 = x.asSlice(records.get(JAVA_LONG_UNALIGNED, 0), nBytes);
        MemorySegment u1 = x.asSlice(records.get(JAVA_LONG_UNALIGNED, RECORD), nBytes);
        MemorySegment u2 = x.asSlice(records.get(JAVA_LONG_UNALIGNED, 2 * RECORD), nBytes);
        MemorySegment u3 = x.asSlice(records.get(JAVA_LONG_UNALIGNED, 3 * RECORD), nBytes);
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s21 = FloatVector.zero(FLOATS);
        FloatVector s31 = FloatVector.zero(FLOATS);
        for (int c = 0; c != nBytes; c += STEP) {
            FloatVector k = FloatVector.fromMemorySegment(FLOATS, v, c, ORDER);
            s00 = k.fma(FloatVector.fromMemorySegment(FLOATS, u0, c, ORDER), s00);
            s10 = k.fma(FloatVector.fromMemorySegment(FLOATS, u1, c, ORDER), s10);
            s20 = k.fma(FloatVector.fromMemorySegment(FLOATS, u2, c, ORDER), s20);
            s30 = k.fma(FloatVector.fromMemorySegment(FLOATS, u3, c, ORDER), s30);
            if (PARTS > 1) {
                k = FloatVector.fromMemorySegment(FLOATS, v, c + BYTES, ORDER);
                s01 = k.fma(FloatVector.fromMemorySegment(FLOATS, u0, c + BYTES, ORDER), s01);
                s11 = k.fma(FloatVector.fromMemorySegment(FLOATS, u1, c + BYTES, ORDER), s11);
                s21 = k.fma(FloatVector.fromMemorySegment(FLOATS, u2, c + BYTES, ORDER), s21);
                s31 = k.fma(FloatVector.fromMemorySegment(FLOATS, u3, c + BYTES, ORDER), s31);
            }
        }
        s00 = PARTS == 2 ? s00.add(s01) : s00;
        s10 = PARTS == 2 ? s10.add(s11) : s10;
        s20 = PARTS == 2 ? s20.add(s21) : s20;
        s30 = PARTS == 2 ? s30.add(s31) : s30;
        s00 = LANES == BLOCK ? s00.add(s00.rearrange(NarrowBlock.EIGHT)) : s00;
        s10 = LANES == BLOCK ? s10.add(s10.rearrange(NarrowBlock.EIGHT)) : s10;
        s20 = LANES == BLOCK ? s20.add(s20.rearrange(NarrowBlock.EIGHT)) : s20;
        s30 = LANES == BLOCK ? s30.add(s30.rearrange(NarrowBlock.EIGHT)) : s30;
        s00 = s00.add(s00.rearrange(NarrowBlock.FOUR));
        s10 = s10.add(s10.rearrange(NarrowBlock.FOUR));
        s20 = s20.add(s20.rearrange(NarrowBlock.FOUR));
        s30 = s30.add(s30.rearrange(NarrowBlock.FOUR));
        s00 = s00.add(s00.rearrange(NarrowBlock.TWO));
        s10 = s10.add(s10.rearrange(NarrowBlock.TWO));
        s20 = s20.add(s20.rearrange(NarrowBlock.TWO));
        s30 = s30.add(s30.rearrange(NarrowBlock.TWO));
        records.set(JAVA_FLOAT_UNALIGNED, OUTPUT, s00.lane(0) + s00.lane(1) + bias);
        records.set(JAVA_FLOAT_UNALIGNED, RECORD + OUTPUT, s10.lane(0) + s10.lane(1) + bias);
        records.set(JAVA_FLOAT_UNALIGNED, 2 * RECORD + OUTPUT, s20.lane(0) + s20.lane(1) + bias);
        records.set(JAVA_FLOAT_UNALIGNED, 3 * RECORD + OUTPUT, s30.lane(0) + s30.lane(1) + bias);
        records.set(JAVA_FLOAT_UNALIGNED, FACTOR,
                t.get(JAVA_FLOAT_UNALIGNED, records.get(JAVA_LONG_UNALIGNED, TARGET)));
        records.set(JAVA_FLOAT_UNALIGNED, RECORD + FACTOR,
                t.get(JAVA_FLOAT_UNALIGNED, records.get(JAVA_LONG_UNALIGNED, RECORD + TARGET)));
        records.set(JAVA_FLOAT_UNALIGNED, 2 * RECORD + FACTOR,
                t.get(JAVA_FLOAT_UNALIGNED, records.get(JAVA_LONG_UNALIGNED, 2 * RECORD + TARGET)));
        records.set(JAVA_FLOAT_UNALIGNED, 3 * RECORD + FACTOR,
                t.get(JAVA_FLOAT_UNALIGNED, records.get(JAVA_LONG_UNALIGNED, 3 * RECORD + TARGET)));
    }

    /// The outputs and targets of rows of seven blocks into their records, a row from each quarter of the piece in turn: the
    /// processor fetches ahead along each quarter, and four such streams are read half as fast again as one.
    ///
    /// The weights stay in registers. They are `fma(1, w, -0)`, which changes no bit, because C2 reads a factor from memory
    /// as part of the multiply-add only if the other one is not a load too: a row takes 14 instructions less for it, and 7
    /// registers.
    static void outputs7(MemorySegment rows, int records, MemorySegment x, MemorySegment w, float bias,
            MemorySegment t) {
        if (!rows.isNative() || !x.isNative() || !w.isNative() || !t.isNative()) {
            throw NativeOnly.refused();
        }
        MemorySegment v = w.asSlice(0, SEVEN);
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        FloatVector w00 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, 0, ORDER), none);
        FloatVector w01 = PARTS == 1 ? zero : one.fma(FloatVector.fromMemorySegment(FLOATS, v, BYTES, ORDER), none);
        FloatVector w10 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, STEP, ORDER), none);
        FloatVector w11 = PARTS == 1 ? zero
                : one.fma(FloatVector.fromMemorySegment(FLOATS, v, STEP + BYTES, ORDER), none);
        FloatVector w20 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, 2 * STEP, ORDER), none);
        FloatVector w21 = PARTS == 1 ? zero
                : one.fma(FloatVector.fromMemorySegment(FLOATS, v, 2 * STEP + BYTES, ORDER), none);
        FloatVector w30 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, 3 * STEP, ORDER), none);
        FloatVector w31 = PARTS == 1 ? zero
                : one.fma(FloatVector.fromMemorySegment(FLOATS, v, 3 * STEP + BYTES, ORDER), none);
        FloatVector w40 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, 4 * STEP, ORDER), none);
        FloatVector w41 = PARTS == 1 ? zero
                : one.fma(FloatVector.fromMemorySegment(FLOATS, v, 4 * STEP + BYTES, ORDER), none);
        FloatVector w50 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, 5 * STEP, ORDER), none);
        FloatVector w51 = PARTS == 1 ? zero
                : one.fma(FloatVector.fromMemorySegment(FLOATS, v, 5 * STEP + BYTES, ORDER), none);
        FloatVector w60 = one.fma(FloatVector.fromMemorySegment(FLOATS, v, 6 * STEP, ORDER), none);
        FloatVector w61 = PARTS == 1 ? zero
                : one.fma(FloatVector.fromMemorySegment(FLOATS, v, 6 * STEP + BYTES, ORDER), none);
        int n = records / RECORD;
        int quarter = n < STREAMED ? 0 : n >> 2;
        for (int b = 0; b != records; b += RECORD) {
            int i = b / RECORD;
            int row = i < 4 * quarter ? (i & 3) * quarter + (i >> 2) : i;
            MemorySegment record = rows.asSlice((long) row * RECORD, RECORD);
            MemorySegment u = x.asSlice(record.get(JAVA_LONG_UNALIGNED, 0), SEVEN);
            FloatVector s = w00.fma(FloatVector.fromMemorySegment(FLOATS, u, 0, ORDER), zero);
            s = w10.fma(FloatVector.fromMemorySegment(FLOATS, u, STEP, ORDER), s);
            s = w20.fma(FloatVector.fromMemorySegment(FLOATS, u, 2 * STEP, ORDER), s);
            s = w30.fma(FloatVector.fromMemorySegment(FLOATS, u, 3 * STEP, ORDER), s);
            s = w40.fma(FloatVector.fromMemorySegment(FLOATS, u, 4 * STEP, ORDER), s);
            s = w50.fma(FloatVector.fromMemorySegment(FLOATS, u, 5 * STEP, ORDER), s);
            s = w60.fma(FloatVector.fromMemorySegment(FLOATS, u, 6 * STEP, ORDER), s);
            if (PARTS > 1) {
                FloatVector q = w01.fma(FloatVector.fromMemorySegment(FLOATS, u, BYTES, ORDER), zero);
                q = w11.fma(FloatVector.fromMemorySegment(FLOATS, u, STEP + BYTES, ORDER), q);
                q = w21.fma(FloatVector.fromMemorySegment(FLOATS, u, 2 * STEP + BYTES, ORDER), q);
                q = w31.fma(FloatVector.fromMemorySegment(FLOATS, u, 3 * STEP + BYTES, ORDER), q);
                q = w41.fma(FloatVector.fromMemorySegment(FLOATS, u, 4 * STEP + BYTES, ORDER), q);
                q = w51.fma(FloatVector.fromMemorySegment(FLOATS, u, 5 * STEP + BYTES, ORDER), q);
                q = w61.fma(FloatVector.fromMemorySegment(FLOATS, u, 6 * STEP + BYTES, ORDER), q);
                s = s.add(q);
            }
            s = LANES == BLOCK ? s.add(s.rearrange(NarrowBlock.EIGHT)) : s;
            s = LANES >= BLOCK / 2 ? s.add(s.rearrange(NarrowBlock.FOUR)) : s;
            s = s.add(s.rearrange(NarrowBlock.TWO));
            record.set(JAVA_FLOAT_UNALIGNED, OUTPUT, s.lane(0) + s.lane(1) + bias);
            record.set(JAVA_FLOAT_UNALIGNED, FACTOR,
                    t.get(JAVA_FLOAT_UNALIGNED, record.get(JAVA_LONG_UNALIGNED, TARGET)));
        }
    }

    /// Adds the rows to 14 vectors of columns, from the byte `at` on.
    static void gradient14(MemorySegment g, long at, MemorySegment rows, int records, MemorySegment x) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s4 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s5 = FloatVector.fromMemorySegment(FLOATS, g, at + 5 * BYTES, ORDER);
        FloatVector s6 = FloatVector.fromMemorySegment(FLOATS, g, at + 6 * BYTES, ORDER);
        FloatVector s7 = FloatVector.fromMemorySegment(FLOATS, g, at + 7 * BYTES, ORDER);
        FloatVector s8 = FloatVector.fromMemorySegment(FLOATS, g, at + 8 * BYTES, ORDER);
        FloatVector s9 = FloatVector.fromMemorySegment(FLOATS, g, at + 9 * BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(FLOATS, g, at + 10 * BYTES, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(FLOATS, g, at + 11 * BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(FLOATS, g, at + 12 * BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(FLOATS, g, at + 13 * BYTES, ORDER);
        for (int b = 0; b != records; b += RECORD) {
            MemorySegment u = x.asSlice(rows.get(JAVA_LONG_UNALIGNED, b) + at, 14 * BYTES);
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, b + FACTOR));
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 0, ORDER), s0);
            s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, BYTES, ORDER), s1);
            s2 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 2 * BYTES, ORDER), s2);
            s3 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 3 * BYTES, ORDER), s3);
            s4 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 4 * BYTES, ORDER), s4);
            s5 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 5 * BYTES, ORDER), s5);
            s6 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 6 * BYTES, ORDER), s6);
            s7 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 7 * BYTES, ORDER), s7);
            s8 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 8 * BYTES, ORDER), s8);
            s9 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 9 * BYTES, ORDER), s9);
            s10 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 10 * BYTES, ORDER), s10);
            s11 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 11 * BYTES, ORDER), s11);
            s12 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 12 * BYTES, ORDER), s12);
            s13 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 13 * BYTES, ORDER), s13);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(g, at, ORDER);
        one.fma(s1, none).intoMemorySegment(g, at + BYTES, ORDER);
        one.fma(s2, none).intoMemorySegment(g, at + 2 * BYTES, ORDER);
        one.fma(s3, none).intoMemorySegment(g, at + 3 * BYTES, ORDER);
        one.fma(s4, none).intoMemorySegment(g, at + 4 * BYTES, ORDER);
        one.fma(s5, none).intoMemorySegment(g, at + 5 * BYTES, ORDER);
        one.fma(s6, none).intoMemorySegment(g, at + 6 * BYTES, ORDER);
        one.fma(s7, none).intoMemorySegment(g, at + 7 * BYTES, ORDER);
        one.fma(s8, none).intoMemorySegment(g, at + 8 * BYTES, ORDER);
        one.fma(s9, none).intoMemorySegment(g, at + 9 * BYTES, ORDER);
        one.fma(s10, none).intoMemorySegment(g, at + 10 * BYTES, ORDER);
        one.fma(s11, none).intoMemorySegment(g, at + 11 * BYTES, ORDER);
        one.fma(s12, none).intoMemorySegment(g, at + 12 * BYTES, ORDER);
        one.fma(s13, none).intoMemorySegment(g, at + 13 * BYTES, ORDER);
    }

    /// Adds the rows to 8 vectors of columns, from the byte `at` on.
    static void gradient8(MemorySegment g, long at, MemorySegment rows, int records, MemorySegment x) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s4 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s5 = FloatVector.fromMemorySegment(FLOATS, g, at + 5 * BYTES, ORDER);
        FloatVector s6 = FloatVector.fromMemorySegment(FLOATS, g, at + 6 * BYTES, ORDER);
        FloatVector s7 = FloatVector.fromMemorySegment(FLOATS, g, at + 7 * BYTES, ORDER);
        for (int b = 0; b != records; b += RECORD) {
            MemorySegment u = x.asSlice(rows.get(JAVA_LONG_UNALIGNED, b) + at, 8 * BYTES);
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, b + FACTOR));
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 0, ORDER), s0);
            s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, BYTES, ORDER), s1);
            s2 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 2 * BYTES, ORDER), s2);
            s3 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 3 * BYTES, ORDER), s3);
            s4 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 4 * BYTES, ORDER), s4);
            s5 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 5 * BYTES, ORDER), s5);
            s6 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 6 * BYTES, ORDER), s6);
            s7 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 7 * BYTES, ORDER), s7);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(g, at, ORDER);
        one.fma(s1, none).intoMemorySegment(g, at + BYTES, ORDER);
        one.fma(s2, none).intoMemorySegment(g, at + 2 * BYTES, ORDER);
        one.fma(s3, none).intoMemorySegment(g, at + 3 * BYTES, ORDER);
        one.fma(s4, none).intoMemorySegment(g, at + 4 * BYTES, ORDER);
        one.fma(s5, none).intoMemorySegment(g, at + 5 * BYTES, ORDER);
        one.fma(s6, none).intoMemorySegment(g, at + 6 * BYTES, ORDER);
        one.fma(s7, none).intoMemorySegment(g, at + 7 * BYTES, ORDER);
    }

    /// Adds the rows to 7 vectors of columns, a row of 97 to 112 inputs where a vector is a block, from the byte `at` on.
    static void gradient7(MemorySegment g, long at, MemorySegment rows, int records, MemorySegment x) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s4 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s5 = FloatVector.fromMemorySegment(FLOATS, g, at + 5 * BYTES, ORDER);
        FloatVector s6 = FloatVector.fromMemorySegment(FLOATS, g, at + 6 * BYTES, ORDER);
        for (int b = 0; b != records; b += RECORD) {
            MemorySegment u = x.asSlice(rows.get(JAVA_LONG_UNALIGNED, b) + at, 7 * BYTES);
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, b + FACTOR));
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 0, ORDER), s0);
            s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, BYTES, ORDER), s1);
            s2 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 2 * BYTES, ORDER), s2);
            s3 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 3 * BYTES, ORDER), s3);
            s4 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 4 * BYTES, ORDER), s4);
            s5 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 5 * BYTES, ORDER), s5);
            s6 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 6 * BYTES, ORDER), s6);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(g, at, ORDER);
        one.fma(s1, none).intoMemorySegment(g, at + BYTES, ORDER);
        one.fma(s2, none).intoMemorySegment(g, at + 2 * BYTES, ORDER);
        one.fma(s3, none).intoMemorySegment(g, at + 3 * BYTES, ORDER);
        one.fma(s4, none).intoMemorySegment(g, at + 4 * BYTES, ORDER);
        one.fma(s5, none).intoMemorySegment(g, at + 5 * BYTES, ORDER);
        one.fma(s6, none).intoMemorySegment(g, at + 6 * BYTES, ORDER);
    }

    /// Adds the rows to 6 vectors of columns, from the byte `at` on.
    static void gradient6(MemorySegment g, long at, MemorySegment rows, int records, MemorySegment x) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, g, at + 2 * BYTES, ORDER);
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, g, at + 3 * BYTES, ORDER);
        FloatVector s4 = FloatVector.fromMemorySegment(FLOATS, g, at + 4 * BYTES, ORDER);
        FloatVector s5 = FloatVector.fromMemorySegment(FLOATS, g, at + 5 * BYTES, ORDER);
        for (int b = 0; b != records; b += RECORD) {
            MemorySegment u = x.asSlice(rows.get(JAVA_LONG_UNALIGNED, b) + at, 6 * BYTES);
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, b + FACTOR));
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 0, ORDER), s0);
            s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, BYTES, ORDER), s1);
            s2 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 2 * BYTES, ORDER), s2);
            s3 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 3 * BYTES, ORDER), s3);
            s4 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 4 * BYTES, ORDER), s4);
            s5 = k.fma(FloatVector.fromMemorySegment(FLOATS, u, 5 * BYTES, ORDER), s5);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(g, at, ORDER);
        one.fma(s1, none).intoMemorySegment(g, at + BYTES, ORDER);
        one.fma(s2, none).intoMemorySegment(g, at + 2 * BYTES, ORDER);
        one.fma(s3, none).intoMemorySegment(g, at + 3 * BYTES, ORDER);
        one.fma(s4, none).intoMemorySegment(g, at + 4 * BYTES, ORDER);
        one.fma(s5, none).intoMemorySegment(g, at + 5 * BYTES, ORDER);
    }

    /// Adds the rows to 2 vectors of columns, from the byte `at` on.
    static void gradient2(MemorySegment g, long at, MemorySegment rows, int records, MemorySegment x) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, g, at + BYTES, ORDER);
        for (int b = 0; b != records; b += RECORD) {
            long u = rows.get(JAVA_LONG_UNALIGNED, b) + at;
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, b + FACTOR));
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, u, ORDER), s0);
            s1 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, u + BYTES, ORDER), s1);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(g, at, ORDER);
        one.fma(s1, none).intoMemorySegment(g, at + BYTES, ORDER);
    }

    /// Adds the rows to a vector of columns, from the byte `at` on.
    static void gradient1(MemorySegment g, long at, MemorySegment rows, int records, MemorySegment x) {
        if (!g.isNative() || !rows.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        for (int b = 0; b != records; b += RECORD) {
            long u = rows.get(JAVA_LONG_UNALIGNED, b) + at;
            FloatVector k = FloatVector.broadcast(FLOATS, rows.get(JAVA_FLOAT_UNALIGNED, b + FACTOR));
            s0 = k.fma(FloatVector.fromMemorySegment(FLOATS, x, u, ORDER), s0);
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector none = FloatVector.broadcast(FLOATS, -0f);
        one.fma(s0, none).intoMemorySegment(g, at, ORDER);
    }
}
