// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// What is done with a gradient `g` (rows, cols) in scratch, rows padded to a multiple of 16 floats: stored, added, or used
/// for a step. Only the first `cols` floats of a row of `g` count: products with padding may have left NaN behind them,
/// and the padding of the target must stay +0.0.
final class GradientUse {
    private GradientUse() {
    }

    /// `target = g`.
    static void store(MemorySegment target, long at, int stride, MemorySegment g, long gAt, int rows, int cols) {
        for (int r = 0; r < rows; r++) {
            long to = at + (long) r * stride * Float.BYTES;
            long source = gAt + (long) r * Lanes.padded(cols) * Float.BYTES;
            for (int i = 0; i < cols; i += LANES) {
                load(g, source + (long) i * Float.BYTES, cols - i).intoMemorySegment(target,
                        to + (long) i * Float.BYTES, ORDER);
            }
        }
    }

    /// `target = target + g`.
    static void add(MemorySegment target, long at, int stride, MemorySegment g, long gAt, int rows, int cols) {
        for (int r = 0; r < rows; r++) {
            long to = at + (long) r * stride * Float.BYTES;
            long source = gAt + (long) r * Lanes.padded(cols) * Float.BYTES;
            for (int i = 0; i < cols; i += LANES) {
                long b = (long) i * Float.BYTES;
                FloatVector.fromMemorySegment(FLOATS, target, to + b, ORDER).add(load(g, source + b, cols - i))
                        .intoMemorySegment(target, to + b, ORDER);
            }
        }
    }

    /// `target = fma(-lr, g, target)`.
    static void sgdStep(MemorySegment target, long at, int stride, MemorySegment g, long gAt, int rows, int cols,
            float lr) {
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        for (int r = 0; r < rows; r++) {
            long to = at + (long) r * stride * Float.BYTES;
            long source = gAt + (long) r * Lanes.padded(cols) * Float.BYTES;
            for (int i = 0; i < cols; i += LANES) {
                long b = (long) i * Float.BYTES;
                minusLr.fma(load(g, source + b, cols - i), FloatVector.fromMemorySegment(FLOATS, target, to + b, ORDER))
                        .intoMemorySegment(target, to + b, ORDER);
            }
        }
    }

    private static FloatVector load(MemorySegment g, long at, int left) {
        FloatVector all = FloatVector.fromMemorySegment(FLOATS, g, at, ORDER);
        return left >= LANES ? all : FloatVector.zero(FLOATS).blend(all, Lanes.first(left));
    }
}
