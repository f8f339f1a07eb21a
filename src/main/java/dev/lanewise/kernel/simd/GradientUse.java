// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// What is done with a gradient `g` (rows, cols) in scratch, rows and their padding of +0.0 in whole blocks: stored,
/// added, or used for a step. Offsets are bytes.
final class GradientUse {
    private GradientUse() {
    }

    /// `target = g`.
    static void store(MemorySegment target, long at, int stride, MemorySegment g, long gAt, int rows, int cols) {
        long nBytes = Lanes.paddedBytes(cols);
        for (int r = 0; r < rows; r++) {
            Lanes.copy(target, at + (long) r * stride * Float.BYTES, g, gAt + r * nBytes, nBytes);
        }
    }

    /// `target = target + g`.
    static void add(MemorySegment target, long at, int stride, MemorySegment g, long gAt, int rows, int cols) {
        long nBytes = Lanes.paddedBytes(cols);
        for (int r = 0; r < rows; r++) {
            long to = at + (long) r * stride * Float.BYTES;
            long from = gAt + r * nBytes;
            for (long b = 0; b < nBytes; b += BYTES) {
                FloatVector sum = FloatVector.fromMemorySegment(FLOATS, target, to + b, ORDER)
                        .add(FloatVector.fromMemorySegment(FLOATS, g, from + b, ORDER));
                sum.intoMemorySegment(target, to + b, ORDER);
            }
        }
    }

    /// `target = fma(-lr, g, target)`.
    static void sgdStep(MemorySegment target, long at, int stride, MemorySegment g, long gAt, int rows, int cols,
            float lr) {
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        long nBytes = Lanes.paddedBytes(cols);
        for (int r = 0; r < rows; r++) {
            long to = at + (long) r * stride * Float.BYTES;
            long from = gAt + r * nBytes;
            for (long b = 0; b < nBytes; b += BYTES) {
                FloatVector stepped = minusLr.fma(FloatVector.fromMemorySegment(FLOATS, g, from + b, ORDER),
                        FloatVector.fromMemorySegment(FLOATS, target, to + b, ORDER));
                stepped.intoMemorySegment(target, to + b, ORDER);
            }
        }
    }
}
