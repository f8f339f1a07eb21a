// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BLOCK;
import static dev.lanewise.kernel.simd.Lanes.BLOCK_BYTES;
import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.RowIndex;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/// The parameter gradient in panel order: tiles of six inputs, lanes over the outputs.
///
/// dY comes as panels ([#pack]). Scratch holds a block of zeros, some columns of `x` as rows of six for
/// the tiles, the gradient of these columns for a panel, and, if there is more than one block of rows, the whole sum.
final class PanelGradient {
    /// Bytes of packed columns of `x`, at most, unless [#FEWEST] tiles have more: they pass with every panel, from L2.
    private static final int PACKED_COLUMNS = 320 * 1024;
    /// Tiles packed at a time, at least.
    private static final int FEWEST = 8;
    /// Tiles packed at a time, at most: a panel's gradient of so many inputs, 14 KB, stays in L1 for the sink.
    private static final int MOST = 36;
    /// Tiles in a part are a multiple of this.
    private static final int GROUP = 4;
    /// Rows that are packed at a time.
    private static final int AT_A_TIME = 4;
    private static final long PACKED_BYTES = WideTiles.PACKED * Float.BYTES;

    private PanelGradient() {
    }

    /// Packs the rows `first .. first + n - 1` of dY, of `rows`.
    static void pack(MemorySegment packed, MemorySegment dY, int dYStride, int first, int n, int rows, int out) {
        int panels = Lanes.padded(out) / BLOCK;
        for (int r = first; r < first + n;) {
            int block = r / WideKernels.BLOCK_ROWS;
            int begin = block * WideKernels.BLOCK_ROWS;
            int rowsOfBlock = Math.min(WideKernels.BLOCK_ROWS, rows - begin);
            int end = Math.min(first + n, begin + rowsOfBlock);
            packRows(packed, WideKernels.packedBlock(block, rows, out) * Float.BYTES + (r - begin) * BLOCK_BYTES, dY,
                    dYStride, r, end - r, panels, panelBytes(rowsOfBlock));
            r = end;
        }
    }

    static void run(GradientSink sink, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment packed, int rows, int firstIn, int ins, int in, int out, MemorySegment scratch) {
        Lanes.clear(scratch, BLOCK_BYTES);
        int panels = Lanes.padded(out) / BLOCK;
        int most = Math.min(rows, WideKernels.BLOCK_ROWS);
        int step = inputs(most, ins);
        long xAt = BLOCK_BYTES;
        long gAt = xAt + step / WideTiles.ROWS * tileBytes(most) + PACKED_BYTES;
        long sumAt = gAt + (long) PanelProduct.PANELS * step * BLOCK_BYTES;
        for (int block = 0; block < rows; block += WideKernels.BLOCK_ROWS) {
            int n = Math.min(WideKernels.BLOCK_ROWS, rows - block);
            long dYAt = WideKernels.packedBlock(block / WideKernels.BLOCK_ROWS, rows, out) * Float.BYTES;
            for (int i = 0; i < ins; i += step) {
                int some = Math.min(step, ins - i);
                packInputs(scratch, xAt, x, xStride, index, from + block, n, firstIn + i, some, in);
                for (int p = 0; p < panels; p += PanelProduct.PANELS) {
                    int two = Math.min(PanelProduct.PANELS, panels - p);
                    panel(scratch, gAt, step * BLOCK_BYTES, xAt, packed, dYAt + p * panelBytes(n), two, n, firstIn + i,
                            some, in);
                    for (int q = p; q < p + two; q++) {
                        finish(sink, scratch, gAt + (long) (q - p) * step * BLOCK_BYTES,
                                sumAt + ((long) q * ins + i) * BLOCK_BYTES, block == 0, block + n == rows,
                                ((long) q * in + firstIn + i) * BLOCK, some, out - q * BLOCK);
                    }
                }
            }
        }
    }

    /// Inputs at a time: equal parts of all, whole groups of tiles.
    private static int inputs(int rows, int ins) {
        int tiles = Math.max(FEWEST, Math.min(MOST, (int) (PACKED_COLUMNS / tileBytes(rows))));
        int parts = (ins + tiles * WideTiles.ROWS - 1) / (tiles * WideTiles.ROWS);
        int group = GROUP * WideTiles.ROWS;
        return ((ins + parts - 1) / parts + group - 1) / group * group;
    }

    /// Bytes from a tile's rows of `x` to the next tile's: an odd number of lines, or else the tiles' rows would share
    /// a set of L1.
    private static long tileBytes(int rows) {
        return (((rows + 1) / 2) | 1) * 2L * PACKED_BYTES;
    }

    /// Bytes from a panel of dY to the next.
    private static long panelBytes(int rows) {
        return WideKernels.packedPanel(rows) * Float.BYTES;
    }

    /// Hands the gradient of a panel to the sink, or adds it to the earlier blocks of rows.
    private static void finish(GradientSink sink, MemorySegment scratch, long g, long sum, boolean first, boolean last,
            long at, int ins, int cols) {
        long done = g;
        if (!first) {
            add(scratch, sum, g, ins * BLOCK_BYTES);
            done = sum;
        } else if (!last) {
            Lanes.copy(scratch, sum, scratch, g, ins * BLOCK_BYTES);
        }
        if (last) {
            if (cols < BLOCK) {
                Padding.clear(scratch, done, BLOCK_BYTES, 0, ins, cols);
            }
            sink.accept(scratch, done / Float.BYTES, at, ins * BLOCK);
        }
    }

    private static void add(MemorySegment scratch, long sum, long g, long nBytes) {
        if (!scratch.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = 0; at < nBytes; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, scratch, sum + at, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, scratch, g + at, ORDER))
                    .intoMemorySegment(scratch, sum + at, ORDER);
        }
    }

    /// `n` rows of dY from `first` on as panels, `panel` bytes each.
    private static void packRows(MemorySegment to, long at, MemorySegment dY, int dYStride, int first, int n,
            int panels, long panel) {
        if (!to.isNative() || !dY.isNative()) {
            throw NativeOnly.refused();
        }
        for (int r = 0; r < n; r += AT_A_TIME) {
            int last = Math.min(AT_A_TIME, n - r) - 1;
            long rowBytes = (long) dYStride * Float.BYTES;
            long s0 = (first + r) * rowBytes;
            long s1 = s0 + Math.min(1, last) * rowBytes;
            long s2 = s0 + Math.min(2, last) * rowBytes;
            long s3 = s0 + last * rowBytes;
            long t0 = at + r * BLOCK_BYTES;
            long t1 = t0 + Math.min(1, last) * BLOCK_BYTES;
            long t2 = t0 + Math.min(2, last) * BLOCK_BYTES;
            long t3 = t0 + last * BLOCK_BYTES;
            for (int p = 0; p < panels; p++) {
                for (long b = 0; b < BLOCK_BYTES; b += BYTES) {
                    long from = p * BLOCK_BYTES + b;
                    long target = p * panel + b;
                    FloatVector.fromMemorySegment(FLOATS, dY, s0 + from, ORDER).intoMemorySegment(to, t0 + target,
                            ORDER);
                    FloatVector.fromMemorySegment(FLOATS, dY, s1 + from, ORDER).intoMemorySegment(to, t1 + target,
                            ORDER);
                    FloatVector.fromMemorySegment(FLOATS, dY, s2 + from, ORDER).intoMemorySegment(to, t2 + target,
                            ORDER);
                    FloatVector.fromMemorySegment(FLOATS, dY, s3 + from, ORDER).intoMemorySegment(to, t3 + target,
                            ORDER);
                }
            }
        }
    }

    /// Columns `i .. i + ins - 1` of the rows of `x` for tiles: in each tile the rows one after the other.
    ///
    /// Four rows at a time, all tiles: what is read is consecutive, and rows that share a set of L1, as those of whole
    /// pages do, are few.
    private static void packInputs(MemorySegment to, long at, MemorySegment x, int xStride, MemorySegment index,
            long from, int rows, int i, int ins, int in) {
        int end = Lanes.padded(in) - WideTiles.PACKED;
        int tiles = Math.min(ins + WideTiles.ROWS - 1, end - i + WideTiles.ROWS) / WideTiles.ROWS;
        long tileBytes = tileBytes(rows);
        for (int r = 0; r < rows; r += AT_A_TIME) {
            int last = Math.min(AT_A_TIME, rows - r) - 1;
            long x0 = place(index, from, r, xStride);
            long x1 = place(index, from, r + Math.min(1, last), xStride);
            long x2 = place(index, from, r + Math.min(2, last), xStride);
            long x3 = place(index, from, r + last, xStride);
            long target = at + r * PACKED_BYTES;
            packTiles(to, target, tileBytes, last, x, x0, x1, x2, x3, (long) i * Float.BYTES, tiles);
            for (int t = tiles; t * WideTiles.ROWS < ins; t++) { // would pass the end of the rows
                packTiles(to, target + t * tileBytes, tileBytes, last, x, x0, x1, x2, x3, (long) end * Float.BYTES, 1);
            }
        }
    }

    private static long place(MemorySegment index, long from, int r, int stride) {
        return RowIndex.row(index, from, r) * stride * Float.BYTES;
    }

    private static void packTiles(MemorySegment to, long t0, long tileBytes, int last, MemorySegment x, long x0,
            long x1, long x2, long x3, long column, int tiles) {
        if (!to.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        long t1 = t0 + Math.min(1, last) * PACKED_BYTES;
        long t2 = t0 + Math.min(2, last) * PACKED_BYTES;
        long t3 = t0 + last * PACKED_BYTES;
        for (int t = 0; t < tiles; t++) {
            long s = column + (long) t * WideTiles.ROWS * Float.BYTES;
            long d = t * tileBytes;
            if (BYTES > PACKED_BYTES) {
                ShortVector.fromMemorySegment(Lanes.HALF, x, x0 + s, ORDER).intoMemorySegment(to, t0 + d, ORDER);
                ShortVector.fromMemorySegment(Lanes.HALF, x, x1 + s, ORDER).intoMemorySegment(to, t1 + d, ORDER);
                ShortVector.fromMemorySegment(Lanes.HALF, x, x2 + s, ORDER).intoMemorySegment(to, t2 + d, ORDER);
                ShortVector.fromMemorySegment(Lanes.HALF, x, x3 + s, ORDER).intoMemorySegment(to, t3 + d, ORDER);
            }
            for (long b = 0; b + BYTES <= PACKED_BYTES; b += BYTES) {
                FloatVector.fromMemorySegment(FLOATS, x, x0 + s + b, ORDER).intoMemorySegment(to, t0 + d + b, ORDER);
                FloatVector.fromMemorySegment(FLOATS, x, x1 + s + b, ORDER).intoMemorySegment(to, t1 + d + b, ORDER);
                FloatVector.fromMemorySegment(FLOATS, x, x2 + s + b, ORDER).intoMemorySegment(to, t2 + d + b, ORDER);
                FloatVector.fromMemorySegment(FLOATS, x, x3 + s + b, ORDER).intoMemorySegment(to, t3 + d + b, ORDER);
            }
        }
    }

    /// The gradient of a tile's panels for all inputs, `piece` bytes apart.
    private static void panel(MemorySegment scratch, long g, long piece, long xAt, MemorySegment packed, long dYAt,
            int panels, int rows, int i, int ins, int in) {
        for (long part = 0; part < PanelProduct.PANELS * BLOCK_BYTES; part += 2 * BYTES) {
            long b0 = dYAt + part;
            long b1 = PanelProduct.PANELS == 1 ? b0 + BYTES : b0 + (panels - 1) * panelBytes(rows);
            long c0 = g + part;
            long c1 = PanelProduct.PANELS == 1 ? c0 + BYTES : c0 + (panels - 1) * piece;
            tiles(scratch, c0, c1, xAt, packed, b0, b1, rows, i, ins, Lanes.padded(in) - WideTiles.PACKED);
        }
    }

    /// All inputs. The packed rows of tiles that would pass the column `end` begin there.
    private static void tiles(MemorySegment scratch, long c0, long c1, long xAt, MemorySegment packed, long b0, long b1,
            int n, int i, int ins, int end) {
        for (int t = 0; t < ins; t += WideTiles.ROWS) {
            long to = t * BLOCK_BYTES;
            long x = xAt + t / WideTiles.ROWS * tileBytes(n) + Math.max(0, i + t - end) * 4L;
            for (int m = 0; n < WideTiles.FEW && m < WideTiles.ROWS; m++) {
                long row = to + m * BLOCK_BYTES;
                WideTiles.few(scratch, c0 + row, c1 + row, scratch, 0, 0, scratch, x + m * 4L, PACKED_BYTES, packed,
                        b0, b1, n);
            }
            if (n >= WideTiles.FEW) {
                WideTiles.packedTile(scratch, c0 + to, c1 + to, scratch, x, packed, b0, b1, n,
                        WideTiles.NEVER);
            }
        }
    }
}
