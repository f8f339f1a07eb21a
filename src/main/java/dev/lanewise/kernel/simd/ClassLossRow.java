// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Rows of losses by class: `rowBytes`, whole blocks, from the byte `at`. Only floats cross the borders of these methods.
final class ClassLossRow {
    private ClassLossRow() {
    }

    /// Replaces each exponential `e` by `((e / s) * weight) * scale`.
    static void divide(MemorySegment e, long at, long rowBytes, float s, float weight, float scale) {
        if (!e.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, e, at + b, ORDER).div(s).mul(weight).mul(scale)
                    .intoMemorySegment(e, at + b, ORDER);
        }
    }

    /// Writes `fma(y, keep, smooth)` to `t`.
    static void targets(MemorySegment t, long at, MemorySegment y, long yAt, MemorySegment keep, MemorySegment smooth,
            long rowBytes) {
        if (!t.isNative() || !y.isNative() || !keep.isNative() || !smooth.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, keep, b, ORDER),
                            FloatVector.fromMemorySegment(FLOATS, smooth, b, ORDER))
                    .intoMemorySegment(t, at + b, ORDER);
        }
    }

    /// Writes `h = z <= 0 ? 0 : z` with `z = base + x`, or its square, to `a`.
    static void margins(MemorySegment a, MemorySegment x, long at, long rowBytes, float base, boolean squared) {
        if (!a.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector bases = FloatVector.broadcast(FLOATS, base);
        if (squared) {
            for (long b = 0; b < rowBytes; b += BYTES) {
                FloatVector z = bases.add(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER));
                z.mul(z).blend(0f, z.compare(VectorOperators.LE, 0f)).intoMemorySegment(a, at + b, ORDER);
            }
            return;
        }
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector z = bases.add(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER));
            z.blend(0f, z.compare(VectorOperators.LE, 0f)).intoMemorySegment(a, at + b, ORDER);
        }
    }

    /// Writes `z <= 0 ? 0 : value`, or `z <= 0 ? 0 : value * z`, to `a`.
    static void marginGradient(MemorySegment a, MemorySegment x, long at, long rowBytes, float base, float value,
            boolean squared) {
        if (!a.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector bases = FloatVector.broadcast(FLOATS, base);
        if (squared) {
            for (long b = 0; b < rowBytes; b += BYTES) {
                FloatVector z = bases.add(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER));
                z.mul(value).blend(0f, z.compare(VectorOperators.LE, 0f)).intoMemorySegment(a, at + b, ORDER);
            }
            return;
        }
        FloatVector values = FloatVector.broadcast(FLOATS, value);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector z = bases.add(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER));
            values.blend(0f, z.compare(VectorOperators.LE, 0f)).intoMemorySegment(a, at + b, ORDER);
        }
    }
}
