// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One row of a squared error.
final class SquaredErrorRow {
    private SquaredErrorRow() {
    }

    /// With `d = x - y`: `loss = (factor * d) * d` and `dX = ((2 * factor) * d) * scale`, padding included.
    static void run(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y, long yAt,
            long rowBytes, float factor, float scale) {
        MemorySegment from = x.asSlice(at, rowBytes);
        MemorySegment target = y.asSlice(yAt, rowBytes);
        MemorySegment value = loss.asSlice(at, rowBytes);
        MemorySegment gradient = dX.asSlice(at, rowBytes);
        float slope = 2f * factor;
        for (long b = 0; b != rowBytes; b += BYTES) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, from, b, ORDER)
                    .sub(FloatVector.fromMemorySegment(FLOATS, target, b, ORDER));
            d.mul(factor).mul(d).intoMemorySegment(value, b, ORDER);
            d.mul(slope).mul(scale).intoMemorySegment(gradient, b, ORDER);
        }
    }
}
