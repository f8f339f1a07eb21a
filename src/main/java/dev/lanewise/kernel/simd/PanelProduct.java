// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.LANES;

import dev.lanewise.kernel.RowIndex;
import java.lang.foreign.MemorySegment;

/// The product of rows with panels: `c[r][j] = fma(a[r][k], b[k][j], c[r][j])`, k ascending, from `start[j]`.
///
/// Rows of `a` are read where they are. The rows of a block stay in L2 while all panels pass, and each panel, 64 KB of it
/// at most, while the tiles of these rows do: long loops, because a tile costs 40 ns before the first multiply-add. Sums
/// continue from the stored `c` from one block of terms to the next.
final class PanelProduct {
    /// Panels that a tile takes at once.
    static final int PANELS = Math.max(1, 2 * LANES / BLOCK);
    /// Terms of a block, at most.
    private static final int TERMS = 1024;
    /// Bytes of a block's rows of `a`, at most, unless a tile has more.
    private static final int BLOCK_OF_ROWS = 192 * 1024;
    /// Rows that are better off one by one, because reading the panels takes the time.
    private static final int FEW_ROWS = 3;

    private PanelProduct() {
    }

    /// Computes the rows `first .. first + rows - 1`; `n` terms, `cols` columns.
    static void run(MemorySegment c, int cStride, MemorySegment start, MemorySegment a, int aStride,
            MemorySegment index, long from, MemorySegment b, int first, int rows, int n, int cols) {
        if (rows <= FEW_ROWS && n >= WideTiles.FEW) {
            for (int r = first; r < first + rows; r++) {
                row(c, (long) r * cStride * Float.BYTES, start, a,
                        RowIndex.row(index, from, r) * aStride * Float.BYTES, b, n, Lanes.padded(cols) / BLOCK);
            }
            return;
        }
        int terms = parts(n, TERMS);
        int panels = Lanes.padded(cols) / BLOCK;
        int tiles = (rows + WideTiles.ROWS - 1) / WideTiles.ROWS;
        int most = Math.max(1, BLOCK_OF_ROWS / (terms * Float.BYTES * WideTiles.ROWS));
        int blocks = (tiles + most - 1) / most;
        for (int i = 0; i < blocks; i++) {
            int r = first + (int) ((long) tiles * i / blocks) * WideTiles.ROWS;
            int some = Math.min(first + (int) ((long) tiles * (i + 1) / blocks) * WideTiles.ROWS, first + rows) - r;
            for (int k = 0; k < n; k += terms) {
                block(c, cStride, k == 0 ? start : c, k == 0, a, aStride, index, from, b, r, some, k,
                        Math.min(terms, n - k), n, panels);
            }
        }
    }

    /// The length of equal parts of `n`, none longer than `most` and none much shorter than the others.
    private static int parts(int n, int most) {
        int parts = (n + most - 1) / most;
        return (n + parts - 1) / parts;
    }

    private static void row(MemorySegment c, long c0, MemorySegment start, MemorySegment a, long a0, MemorySegment b,
            int n, int panels) {
        long panelBytes = n * BLOCK_BYTES;
        int step = WideTiles.VECTORS / Lanes.PARTS;
        for (int p = 0; p < panels; p += step) {
            WideTiles.row(c, c0 + p * BLOCK_BYTES, start, p * BLOCK_BYTES, a, a0, b, p * panelBytes, panelBytes, n,
                    Math.min(step, panels - p) - 1, WideTiles.NEVER);
        }
    }

    /// Adds `n` of the `all` terms, from term `k` on.
    private static void block(MemorySegment c, int cStride, MemorySegment start, boolean sameStart, MemorySegment a,
            int aStride, MemorySegment index, long from, MemorySegment b, int first, int rows, int k, int n, int all,
            int panels) {
        for (int p = 0; p < panels; p += PANELS) {
            int next = Math.min(p + PANELS - 1, panels - 1);
            for (long part = 0; part < PANELS * BLOCK_BYTES; part += 2 * BYTES) {
                long b0 = ((long) p * all + k) * BLOCK_BYTES + part;
                long b1 = PANELS == 1 ? b0 + BYTES : ((long) next * all + k) * BLOCK_BYTES;
                long c0 = p * BLOCK_BYTES + part;
                long c1 = PANELS == 1 ? c0 + BYTES : next * BLOCK_BYTES;
                strip(c, c0, c1, cStride, start, sameStart, a, aStride, index, from, b, b0, b1, first, rows, k, n);
            }
        }
    }

    /// All rows of two vectors of columns.
    private static void strip(MemorySegment c, long c0, long c1, int cStride, MemorySegment start, boolean sameStart,
            MemorySegment a, int aStride, MemorySegment index, long from, MemorySegment b, long b0, long b1,
            int first, int rows, int k, int n) {
        long cRow = (long) cStride * Float.BYTES;
        for (int r = first; n < WideTiles.FEW && r < first + rows; r++) {
            long s = sameStart ? 0 : r * cRow;
            WideTiles.few(c, r * cRow + c0, r * cRow + c1, start, s + c0, s + c1, a, at(index, from, r, aStride, k),
                    Float.BYTES, b, b0, b1, n);
        }
        for (int r = first; n >= WideTiles.FEW && r < first + rows; r += WideTiles.ROWS) {
            int last = Math.min(WideTiles.ROWS, first + rows - r) - 1;
            long to = r * cRow;
            long a0 = at(index, from, r, aStride, k);
            long a1 = at(index, from, r + Math.min(1, last), aStride, k);
            long a2 = at(index, from, r + Math.min(2, last), aStride, k);
            long a3 = at(index, from, r + Math.min(3, last), aStride, k);
            long a4 = at(index, from, r + Math.min(4, last), aStride, k);
            long a5 = at(index, from, r + Math.min(5, last), aStride, k);
            if (sameStart) {
                WideTiles.firstTile(c, to + c0, to + c1, cRow, start, c0, c1, a, a0, a1, a2, a3, a4, a5, b, b0, b1, n,
                        last, WideTiles.NEVER);
            } else {
                WideTiles.tile(c, to + c0, to + c1, cRow, a, a0, a1, a2, a3, a4, a5, b,
                        b0, b1, n, last, WideTiles.NEVER);
            }
        }
    }

    private static long at(MemorySegment index, long from, int r, int stride, int k) {
        return (RowIndex.row(index, from, r) * stride + k) * Float.BYTES;
    }
}
