// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// Brings rows from memory into cache before a kernel works on them.
///
/// Java has no prefetch instruction, and a kernel's own loads wait for memory with the arithmetic behind them: of some
/// 250 instructions under way, few are loads of new lines. These loads do nothing else, so that many more misses are
/// under way at a time; eight rows at a time, because the processor itself fetches ahead along each.
final class RowFetch {
    /// Bytes of a table whose rows are not in cache when their turn comes.
    static final long FAR_BYTES = 4L << 20;
    private static final int LINE = 64;
    /// Rows that are read side by side; where fewer are left, the last of them in place of the others.
    static final int TOGETHER = 8;

    private RowFetch() {
    }

    /// Reads a byte of every cache line of the rows `begin .. end - 1`: of the `bytes` from the byte `column` on.
    static void run(MemorySegment table, long rowStride, MemorySegment index, long from, int begin, int end,
            long column, int bytes) {
        if (!table.isNative()) {
            throw NativeOnly.refused();
        }
        long sum = 0;
        for (int r = begin; r < end; r += TOGETHER) { // no slices: a loop of one turn would make objects of them
            int last = end - 1;
            long a = RowIndex.row(index, from, r) * rowStride + column;
            long b = RowIndex.row(index, from, Math.min(r + 1, last)) * rowStride + column;
            long c = RowIndex.row(index, from, Math.min(r + 2, last)) * rowStride + column;
            long d = RowIndex.row(index, from, Math.min(r + 3, last)) * rowStride + column;
            long e = RowIndex.row(index, from, Math.min(r + 4, last)) * rowStride + column;
            long f = RowIndex.row(index, from, Math.min(r + 5, last)) * rowStride + column;
            long g = RowIndex.row(index, from, Math.min(r + 6, last)) * rowStride + column;
            long h = RowIndex.row(index, from, Math.min(r + 7, last)) * rowStride + column;
            for (int i = 0; i < bytes; i += LINE) {
                sum += (table.get(JAVA_BYTE, a + i) & 0xFF) + (table.get(JAVA_BYTE, b + i) & 0xFF)
                        + (table.get(JAVA_BYTE, c + i) & 0xFF) + (table.get(JAVA_BYTE, d + i) & 0xFF)
                        + (table.get(JAVA_BYTE, e + i) & 0xFF) + (table.get(JAVA_BYTE, f + i) & 0xFF)
                        + (table.get(JAVA_BYTE, g + i) & 0xFF) + (table.get(JAVA_BYTE, h + i) & 0xFF);
            }
        }
        if (sum < 0) { // never, but the compiler cannot know and has to keep the loads
            throw new AssertionError("unsigned bytes added up to " + sum);
        }
    }
}
