// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.RegressionTiles.FACTOR;
import static dev.lanewise.kernel.simd.RegressionTiles.OUTPUT;
import static dev.lanewise.kernel.simd.RegressionTiles.RECORD;
import static dev.lanewise.kernel.simd.RegressionTiles.TARGET;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lanewise.kernel.RegressionKernels;
import dev.lanewise.kernel.RowIndex;
import dev.lanewise.kernel.WideKernels;
import java.lang.foreign.MemorySegment;

/// Linear regression on longer rows, in pieces that stay in cache: outputs and losses of a piece, then its gradient.
///
/// The first pass waits for memory and does all else meanwhile; the second takes a sixth of its time.
final class RegressionRows {
    /// Rows of a piece: as many as fit into half of L1, within these limits.
    private static final int MOST = 32;
    private static final int LEAST = 16;
    private static final int PIECE_BYTES = 16 << 10;
    /// Rows of a piece that [RegressionTiles#outputs7] reads, 57 KB, since the gradient loses little if it finds the rows in
    /// L2 instead; in order of tables that are not in cache 224 KB, long enough for its streams.
    private static final int PIECE_7 = 128;
    private static final int FAR_PIECE_7 = RegressionKernels.PIECE_ROWS;
    /// Rows of a tile of outputs.
    private static final int TILE = Lanes.PARTS == 4 ? 2 : 4;

    private RegressionRows() {
    }

    /// [#locate] is written out, so that this is more than C2 inlines: in its caller, where the budget for inlining may be used
    /// up, `locate` and `losses` called every access to memory, 9 ns a row.
    static double run(MemorySegment y, long yRowBytes, MemorySegment losses, MemorySegment x, long xRowBytes,
            MemorySegment xIndex, long xFrom, MemorySegment t, long tRowBytes, MemorySegment tIndex, long tFrom,
            MemorySegment w, MemorySegment bias, MemorySegment g, MemorySegment gBias, int first, int last, int in,
            float factor, float scale, MemorySegment scratch) {
        if (!gBias.isNative() || !scratch.isNative()) {
            throw NativeOnly.refused();
        }
        int nBytes = (int) Lanes.paddedBytes(in);
        Lanes.clear(g, nBytes);
        gBias.set(JAVA_FLOAT_UNALIGNED, 0, 0f);
        int piece = nBytes != RegressionTiles.SEVEN ? Math.clamp(PIECE_BYTES / nBytes & -TILE, LEAST, MOST)
                : x.byteSize() > RowFetch.FAR_BYTES && xIndex.byteSize() == 0 ? FAR_PIECE_7 : PIECE_7;
        double sum = 0;
        for (int r = first; r < last; r += piece) {
            int n = Math.min(piece, last - r);
            for (int i = 0; i < (n + TILE - 1) / TILE * TILE; i++) { // `locate`, see above
                int row = r + Math.min(i, n - 1);
                scratch.set(JAVA_LONG_UNALIGNED, (long) i * RECORD, RowIndex.row(xIndex, xFrom, row) * xRowBytes);
                scratch.set(JAVA_LONG_UNALIGNED, (long) i * RECORD + TARGET,
                        RowIndex.row(tIndex, tFrom, row) * tRowBytes);
            }
            outputs(scratch, n, x, w, nBytes, bias, t);
            sum = losses(sum, y, yRowBytes, losses, r, n, gBias, 0, factor, scale, scratch);
            gradient(g, scratch, n * RECORD, x, 0, nBytes);
        }
        Padding.clear(g, 0, 0, 0, 1, in);
        return sum;
    }

    /// Adds the losses and the factors of the rows `r .. r + n - 1` to the sums of the rows of their block before.
    static double addErrors(double before, MemorySegment losses, MemorySegment gBias, int r, int n,
            MemorySegment rows) {
        if (!gBias.isNative() || !losses.isNative() || !rows.isNative()) {
            throw NativeOnly.refused();
        }
        boolean begin = r % WideKernels.BLOCK_ROWS == 0;
        double sum = begin ? 0 : before;
        float biasSum = begin ? 0f : gBias.get(JAVA_FLOAT_UNALIGNED, 0);
        for (int i = 0; i < n; i++) {
            sum += losses.get(JAVA_FLOAT_UNALIGNED, (long) (r + i) * Float.BYTES);
            biasSum += rows.get(JAVA_FLOAT_UNALIGNED, (long) i * RECORD + FACTOR);
        }
        gBias.set(JAVA_FLOAT_UNALIGNED, 0, biasSum);
        return sum;
    }

    /// Writes where the rows `r .. r + n - 1` and their targets are; the last one is repeated until the tile is full.
    static void locate(MemorySegment scratch, long xRowBytes, MemorySegment xIndex, long xFrom, long tRowBytes,
            MemorySegment tIndex, long tFrom, int r, int n) {
        if (!scratch.isNative()) {
            throw NativeOnly.refused();
        }
        for (int i = 0; i < (n + TILE - 1) / TILE * TILE; i++) {
            int row = r + Math.min(i, n - 1);
            scratch.set(JAVA_LONG_UNALIGNED, (long) i * RECORD, RowIndex.row(xIndex, xFrom, row) * xRowBytes);
            scratch.set(JAVA_LONG_UNALIGNED, (long) i * RECORD + TARGET, RowIndex.row(tIndex, tFrom, row) * tRowBytes);
        }
    }

    static void outputs(MemorySegment scratch, int n, MemorySegment x, MemorySegment w, int nBytes, MemorySegment bias,
            MemorySegment t) {
        if (!bias.isNative()) {
            throw NativeOnly.refused();
        }
        float b = bias.get(JAVA_FLOAT_UNALIGNED, 0);
        if (nBytes == RegressionTiles.SEVEN) {
            RegressionTiles.outputs7(scratch, n * RECORD, x, w, b, t);
            return;
        }
        for (int i = 0; i < n; i += TILE) {
            if (Lanes.PARTS == 4) {
                RegressionQuarters.outputs(scratch, (long) i * RECORD, x, w, nBytes, b, t);
            } else {
                RegressionTiles.outputs(scratch, (long) i * RECORD, x, w, nBytes, b, t);
            }
        }
    }

    /// The losses of the rows `r .. r + n - 1`, one by one: the processor works at many of them at a time. Returns their
    /// sum, continued from `before`; the sum of the factors is continued at the byte `gBiasAt` of `gBias`.
    static double losses(double before, MemorySegment y, long yRowBytes, MemorySegment losses, int r, int n,
            MemorySegment gBias, long gBiasAt, float factor, float scale, MemorySegment rows) {
        if (!y.isNative() || !losses.isNative() || !gBias.isNative() || !rows.isNative()) {
            throw NativeOnly.refused();
        }
        double sum = before;
        float biasSum = gBias.get(JAVA_FLOAT_UNALIGNED, gBiasAt);
        float slope = 2f * factor;
        for (int i = 0; i < n; i++) {
            long record = (long) i * RECORD;
            float output = rows.get(JAVA_FLOAT_UNALIGNED, record + OUTPUT);
            float d = output - rows.get(JAVA_FLOAT_UNALIGNED, record + FACTOR);
            float loss = factor * d * d;
            float k = slope * d * scale;
            y.set(JAVA_FLOAT_UNALIGNED, (r + i) * yRowBytes, output);
            losses.set(JAVA_FLOAT_UNALIGNED, (long) (r + i) * Float.BYTES, loss);
            rows.set(JAVA_FLOAT_UNALIGNED, record + FACTOR, k);
            sum += loss;
            biasSum += k;
        }
        gBias.set(JAVA_FLOAT_UNALIGNED, gBiasAt, biasSum);
        return sum;
    }

    /// Adds the rows to the bytes `begin .. nBytes - 1` of the gradient, as many columns at a time as fit into registers.
    static void gradient(MemorySegment g, MemorySegment scratch, int records, MemorySegment x, int begin, int nBytes) {
        long at = begin;
        for (; at <= nBytes - 14 * BYTES; at += 14 * BYTES) {
            RegressionTiles.gradient14(g, at, scratch, records, x);
        }
        for (; at <= nBytes - 8 * BYTES; at += 8 * BYTES) {
            RegressionTiles.gradient8(g, at, scratch, records, x);
        }
        if (at == nBytes - 7 * BYTES) {
            RegressionTiles.gradient7(g, at, scratch, records, x);
            return;
        }
        for (; at <= nBytes - 6 * BYTES; at += 6 * BYTES) {
            RegressionTiles.gradient6(g, at, scratch, records, x);
        }
        for (; at <= nBytes - 2 * BYTES; at += 2 * BYTES) {
            RegressionTiles.gradient2(g, at, scratch, records, x);
        }
        for (; at < nBytes; at += BYTES) {
            RegressionTiles.gradient1(g, at, scratch, records, x);
        }
    }
}
