// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The bias gradient: column sums of `dY`, lanes over the outputs.
final class BiasGradient {
    private BiasGradient() {
    }

    /// Writes the gradient to the start of `g`, which has room for it twice.
    static void run(MemorySegment g, MemorySegment dY, int dYStride, int rows, int out) {
        long rowBytes = (long) dYStride * Float.BYTES;
        long end = (long) Lanes.padded(out) * Float.BYTES;
        for (long column = 0; column < end; column += BYTES) {
            sum(g, column, dY, column, rowBytes, 0, Math.min(LinearKernels.BLOCK_ROWS, rows));
            for (int r = LinearKernels.BLOCK_ROWS; r < rows; r += LinearKernels.BLOCK_ROWS) {
                sum(g, end + column, dY, column, rowBytes, r, Math.min(r + LinearKernels.BLOCK_ROWS, rows));
                add(g, column, end + column);
            }
        }
    }

    /// Sums the rows `begin .. last - 1` of one vector of columns; no vector leaves the method, see the package.
    private static void sum(MemorySegment g, long at, MemorySegment dY, long column, long rowBytes, int begin,
            int last) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = begin; r < last; r++) {
            sum = sum.add(FloatVector.fromMemorySegment(FLOATS, dY, column + r * rowBytes, ORDER));
        }
        sum.intoMemorySegment(g, at, ORDER);
    }

    private static void add(MemorySegment g, long at, long from) {
        FloatVector.fromMemorySegment(FLOATS, g, at, ORDER).add(FloatVector.fromMemorySegment(FLOATS, g, from, ORDER))
                .intoMemorySegment(g, at, ORDER);
    }
}
