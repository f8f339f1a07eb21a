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
        float slope = 2f * factor;
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER)
                    .sub(FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER));
            d.mul(factor).mul(d).intoMemorySegment(loss, at + b, ORDER);
            d.mul(slope).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }
}
