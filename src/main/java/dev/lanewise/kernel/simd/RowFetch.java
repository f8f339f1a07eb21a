// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// Brings rows from memory into cache before a kernel works on them.
///
/// Java has no prefetch instruction, and a kernel's own loads wait for memory with the arithmetic behind them: of some
/// 250 instructions under way, few are loads of new lines. These loads do nothing else, so that many more misses are
/// under way at a time, in several places at once, because the processor itself fetches ahead along each.
final class RowFetch {
    /// Bytes of a table whose rows are not in cache when their turn comes.
    static final long FAR_BYTES = 4L << 20;
    private static final int LINE = 64;
    /// Scattered rows that are read side by side; where fewer are left, the last of them in place of the others.
    static final int TOGETHER = 8;
    /// Places of consecutive rows that are read side by side.
    private static final int STREAMS = 4;

    private RowFetch() {
    }

    /// Reads a byte of every cache line of the rows `begin .. end - 1`: of the `bytes` from the byte `column` on.
    static void run(MemorySegment table, long rowStride, MemorySegment index, long from, int begin, int end,
            long column, int bytes) {
        boolean whole = index.byteSize() == 0 && rowStride - bytes < LINE;
        long sum = whole
                ? consecutive(table, (from + begin) * rowStride + column,
                        (end - begin - 1) * rowStride + (bytes + LINE - 1L) / LINE * LINE)
                : scattered(table, rowStride, index, from, begin, end, column, bytes);
        if (sum < 0) { // never, but the compiler cannot know and has to keep the loads
            throw new AssertionError("unsigned bytes added up to " + sum);
        }
    }

    /// Walks through four quarters at once: of rows side by side, each ends before fetching ahead of it has got under
    /// way.
    private static long consecutive(MemorySegment table, long first, long bytes) {
        if (!table.isNative()) {
            throw NativeOnly.refused();
        }
        long quarter = (bytes + STREAMS * LINE - 1) / (STREAMS * LINE) * LINE;
        long last = Math.max(0, bytes - quarter);
        long b = first + Math.min(quarter, last);
        long c = first + Math.min(2 * quarter, last);
        long d = first + last;
        long sum = 0;
        for (long i = 0; i < quarter; i += LINE) {
            sum += (table.get(JAVA_BYTE, first + i) & 0xFF) + (table.get(JAVA_BYTE, b + i) & 0xFF)
                    + (table.get(JAVA_BYTE, c + i) & 0xFF) + (table.get(JAVA_BYTE, d + i) & 0xFF);
        }
        return sum;
    }

    private static long scattered(MemorySegment table, long rowStride, MemorySegment index, long from, int begin,
            int end, long column, int bytes) {
        if (!table.isNative()) {
            throw NativeOnly.refused();
        }
        long sum = 0;
        int last = end - 1;
        for (int r = begin; r < end; r += TOGETHER) { // no slices: a loop of one turn would make objects of them
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
        return sum;
    }
}
