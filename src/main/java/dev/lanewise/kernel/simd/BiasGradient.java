// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The bias gradient: column sums of `dY`, lanes over the outputs.
final class BiasGradient {
    private BiasGradient() {
    }

    /// Writes the gradient to the start of `g`.
    static void run(MemorySegment g, MemorySegment dY, int dYStride, int rows, int out) {
        long rowBytes = (long) dYStride * Float.BYTES;
        for (int o = 0; o < Lanes.padded(out); o += LANES) {
            long column = (long) o * Float.BYTES;
            columnSums(dY, column, rowBytes, 0, Math.min(LinearKernels.BLOCK_ROWS, rows)).intoMemorySegment(g, column,
                    ORDER);
            for (int r = LinearKernels.BLOCK_ROWS; r < rows; r += LinearKernels.BLOCK_ROWS) {
                int end = Math.min(r + LinearKernels.BLOCK_ROWS, rows);
                FloatVector.fromMemorySegment(FLOATS, g, column, ORDER).add(columnSums(dY, column, rowBytes, r, end))
                        .intoMemorySegment(g, column, ORDER);
            }
        }
    }

    private static FloatVector columnSums(MemorySegment dY, long column, long rowBytes, int begin, int end) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = begin; r < end; r++) {
            sum = sum.add(FloatVector.fromMemorySegment(FLOATS, dY, column + r * rowBytes, ORDER));
        }
        return sum;
    }
}
