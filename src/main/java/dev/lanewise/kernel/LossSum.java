// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// The sum of a batch's losses, for reports: doubles, so that a million rows still count.
public final class LossSum {
    private LossSum() {
    }

    /// The sum of `cols` values of each of `rows` rows: rows and columns ascending inside blocks of
    /// [WideKernels#BLOCK_ROWS] rows, the blocks added ascending.
    public static double of(MemorySegment loss, int stride, int rows, int cols) {
        double sum = 0;
        for (int block = 0; block < rows; block += WideKernels.BLOCK_ROWS) {
            double blockSum = 0;
            int end = Math.min(block + WideKernels.BLOCK_ROWS, rows);
            for (int r = block; r < end; r++) {
                for (int j = 0; j < cols; j++) {
                    blockSum += loss.getAtIndex(JAVA_FLOAT, (long) r * stride + j);
                }
            }
            sum += blockSum;
        }
        return sum;
    }
}
