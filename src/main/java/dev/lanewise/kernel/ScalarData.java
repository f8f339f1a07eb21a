// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [DataKernels].
final class ScalarData implements DataKernels {
    private static final int BLOCK = 16;

    @Override
    public void widen(MemorySegment to, int toStride, long toFirst, MemorySegment bytes, int byteStride,
            MemorySegment index, long from, int first, int rows, int cols, float scale) {
        for (int r = first; r < first + rows; r++) {
            long row = RowIndex.row(index, from, r) * byteStride;
            for (int c = 0; c < padded(cols); c++) {
                int b = bytes.get(JAVA_BYTE, row + c) & 0xFF;
                to.setAtIndex(JAVA_FLOAT, (toFirst + r - first) * toStride + c, (float) b * scale);
            }
        }
    }

    @Override
    public void gather(MemorySegment to, int toStride, long toFirst, MemorySegment x, int xStride,
            MemorySegment index, long from, int first, int rows, int cols) {
        int n = xStride == 1 ? 1 : padded(cols);
        for (int r = first; r < first + rows; r++) {
            MemorySegment.copy(x, JAVA_FLOAT, RowIndex.row(index, from, r) * xStride * Float.BYTES, to, JAVA_FLOAT,
                    (toFirst + r - first) * toStride * Float.BYTES, n);
        }
    }

    private static int padded(int cols) {
        return (cols + BLOCK - 1) & -BLOCK;
    }
}
