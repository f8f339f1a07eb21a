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

    /// Writes the gradient to the start of `g`.
    static void run(MemorySegment g, MemorySegment dY, int dYStride, int rows, int out) {
        long rowBytes = (long) dYStride * Float.BYTES;
        long end = (long) Lanes.padded(out) * Float.BYTES;
        for (long column = 0; column < end; column += BYTES) {
            FloatVector total = FloatVector.zero(FLOATS);
            for (int block = 0; block < rows; block += LinearKernels.BLOCK_ROWS) {
                FloatVector sum = FloatVector.zero(FLOATS);
                int last = Math.min(block + LinearKernels.BLOCK_ROWS, rows);
                for (int r = block; r < last; r++) {
                    sum = sum.add(FloatVector.fromMemorySegment(FLOATS, dY, column + r * rowBytes, ORDER));
                }
                total = block == 0 ? sum : total.add(sum);
            }
            total.intoMemorySegment(g, column, ORDER);
        }
    }
}
