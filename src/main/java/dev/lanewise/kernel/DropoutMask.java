// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// Which values dropout keeps: a pure integer function of the key of a layer, the number of the training forward, the
/// row in the batch and the column. So a mask is never stored: the backward pass computes it again, any thread any part
/// of it, and a resumed training continues it.
///
/// **Numerics**: `k` is a 64-bit mix of key and row ([#row]). Then, in 32 bits, the number of a column is
/// `h = low(k) + column`, `h ^= h >>> 16`, `h *= FIRST`, `h ^= h >>> 15`, `h ^= high(k)`, `h *= SECOND`, and the value
/// is kept if `h >>> 8 < threshold(p)`.
/// **Source**: multipliers and shifts are those of C. Wellons' `lowbias32`, whose last shift only serves bits that do
/// not count here. The high half of `k` between the rounds keeps rows apart whose low halves are near.
public final class DropoutMask {
    /// Multiplier of the first round.
    public static final int FIRST = 0x7FEB352D;
    /// Multiplier of the second round.
    public static final int SECOND = 0x846CA68B;
    /// Bits of `h` that are not compared: what is left and the threshold are positive ints in every lane.
    public static final int UNUSED_BITS = 8;

    private DropoutMask() {
    }

    /// The key of one training forward of the layer whose stream has the key `layer` ([RandomStreams#key]).
    public static long key(long layer, long forward) {
        return RandomStreams.append(layer, forward);
    }

    /// The mix of `key` and a row of the batch.
    public static long row(long key, int row) {
        return RandomStreams.append(key, row);
    }

    /// Whether the value in `column` of the row behind `rowKey` is kept.
    public static boolean keeps(long rowKey, int column, int threshold) {
        int h = (int) rowKey + column;
        h ^= h >>> 16;
        h *= FIRST;
        h ^= h >>> 15;
        h ^= (int) (rowKey >>> 32);
        h *= SECOND;
        return h >>> UNUSED_BITS < threshold;
    }

    /// How many of 2^24 numbers are kept when values are dropped with probability `p`: all for 0, none for 1.
    public static int threshold(float p) {
        return (int) ((1f - p) * 0x1p24f);
    }

    /// What kept values are multiplied by, so that their expectation stays: `1 / (1 - p)`.
    public static float scale(float p) {
        return 1f / (1f - p);
    }
}
