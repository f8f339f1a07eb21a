// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Dropout masks look like independent draws: their mean, neighbours in every direction, and sums of rows and columns.
/// The seeds are fixed, so the bounds, six standard deviations, are met for good or not at all.
class DropoutMaskTest {
    private static final int ROWS = 512;
    private static final int COLS = 512;
    private static final int FORWARDS = 8;
    private static final double SIGMAS = 6;

    /// 1 for kept, 0 for dropped.
    private static int[][][] masks(long seed, float p) {
        int[][][] masks = new int[FORWARDS][ROWS][COLS];
        int threshold = DropoutMask.threshold(p);
        for (int f = 0; f < FORWARDS; f++) {
            long key = DropoutMask.key(RandomStreams.key(seed, "dropout 1"), f);
            for (int r = 0; r < ROWS; r++) {
                long row = DropoutMask.row(key, r);
                for (int c = 0; c < COLS; c++) {
                    masks[f][r][c] = DropoutMask.keeps(row, c, threshold) ? 1 : 0;
                }
            }
        }
        return masks;
    }

    private static void assertNear(double expected, double sigma, double actual, String what) {
        assertTrue(Math.abs(actual - expected) <= SIGMAS * sigma,
                () -> what + " is " + actual + ", expected " + expected + " +- " + SIGMAS * sigma);
    }

    /// The covariance of a value and the one at the given distance.
    private static void assertIndependent(int[][][] masks, float p, int forward, int row, int column) {
        double sum = 0;
        double n = 0;
        for (int f = 0; f + forward < FORWARDS; f++) {
            for (int r = 0; r + row < ROWS; r++) {
                for (int c = 0; c + column < COLS; c++) {
                    sum += (masks[f][r][c] - (1 - p)) * (masks[f + forward][r + row][c + column] - (1 - p));
                    n++;
                }
            }
        }
        assertNear(0, p * (1 - p) / Math.sqrt(n), sum / n,
                "covariance at distance " + forward + ", " + row + ", " + column + " with p=" + p);
    }

    /// Chi-square of the numbers of kept values in groups, one for each row of each forward, or for each column.
    private static void assertEven(int[][][] masks, float p, boolean byRow) {
        int groups = byRow ? FORWARDS * ROWS : FORWARDS * COLS;
        double[] kept = new double[groups];
        for (int f = 0; f < FORWARDS; f++) {
            for (int r = 0; r < ROWS; r++) {
                for (int c = 0; c < COLS; c++) {
                    kept[byRow ? f * ROWS + r : f * COLS + c] += masks[f][r][c];
                }
            }
        }
        int each = byRow ? COLS : ROWS;
        double chiSquare = 0;
        for (double k : kept) {
            double deviation = k - each * (1 - p);
            chiSquare += deviation * deviation / (each * p * (1 - p));
        }
        assertNear(groups, Math.sqrt(2.0 * groups), chiSquare, (byRow ? "rows" : "columns") + " with p=" + p);
    }

    @Test
    void looksLikeIndependentDraws() {
        for (float p : new float[]{0.1f, 0.5f, 0.8f}) {
            int[][][] masks = masks(7, p);
            double kept = 0;
            for (int[][] mask : masks) {
                for (int[] row : mask) {
                    for (int keep : row) {
                        kept += keep;
                    }
                }
            }
            double n = (double) FORWARDS * ROWS * COLS;
            assertNear(1 - p, Math.sqrt(p * (1 - p) / n), kept / n, "mean with p=" + p);
            for (int column : new int[]{1, 2, 3, 4, 8, 16, 32, 64, 128, 256}) {
                assertIndependent(masks, p, 0, 0, column);
                assertIndependent(masks, p, 0, column, 0);
                assertIndependent(masks, p, 0, column, column);
            }
            for (int forward = 1; forward < FORWARDS; forward++) {
                assertIndependent(masks, p, forward, 0, 0);
                assertIndependent(masks, p, forward, 1, 0);
                assertIndependent(masks, p, forward, 0, 1);
            }
            assertEven(masks, p, true);
            assertEven(masks, p, false);
        }
    }

    /// Eight neighbours make a byte; all 256 have to be about as frequent.
    @Test
    void patternsOfEightNeighbours() {
        int[][][] masks = masks(3, 0.5f);
        double[] count = new double[256];
        for (int[][] mask : masks) {
            for (int[] row : mask) {
                for (int c = 0; c < COLS; c += 8) {
                    int pattern = 0;
                    for (int i = 0; i < 8; i++) {
                        pattern = 2 * pattern + row[c + i];
                    }
                    count[pattern]++;
                }
            }
        }
        double expected = FORWARDS * ROWS * COLS / 8 / 256.0;
        double chiSquare = 0;
        for (double found : count) {
            chiSquare += (found - expected) * (found - expected) / expected;
        }
        assertNear(255, Math.sqrt(2 * 255), chiSquare, "patterns");
    }

    /// Columns are what is added to the low half of the row's number, so a row that begins where another one is must not
    /// repeat it.
    @Test
    void rowsThatOverlapInTheLowHalfDiffer() {
        int same = 0;
        int n = 100_000;
        long one = 0x0123456700000000L;
        long other = 0x89ABCDEF00000000L;
        int half = DropoutMask.threshold(0.5f);
        for (int c = 0; c < n; c++) {
            same += DropoutMask.keeps(one, c + 5, half) == DropoutMask.keeps(other + 5, c, half) ? 1 : 0;
        }
        assertNear(0.5, 0.5 / Math.sqrt(n), (double) same / n, "agreement");
    }

    @Test
    void seedsLayersAndForwardsDiffer() {
        long key = DropoutMask.key(RandomStreams.key(1, "dropout 1"), 0);
        assertEquals(key, RandomStreams.key(1, "dropout 1", 0), "the forward is one more number of the stream");
        assertNotEquals(key, DropoutMask.key(RandomStreams.key(2, "dropout 1"), 0));
        assertNotEquals(key, DropoutMask.key(RandomStreams.key(1, "dropout 2"), 0));
        assertNotEquals(key, DropoutMask.key(RandomStreams.key(1, "dropout 1"), 1));
    }

    @Test
    void extremes() {
        for (int c = 0; c < 100_000; c++) {
            assertTrue(DropoutMask.keeps(c * 0x9E3779B97F4A7C15L, c, DropoutMask.threshold(0f)));
            assertTrue(!DropoutMask.keeps(c * 0x9E3779B97F4A7C15L, c, DropoutMask.threshold(1f)));
        }
        assertEquals(1f, DropoutMask.scale(0f));
        assertEquals(2f, DropoutMask.scale(0.5f));
        assertEquals(1.25f, DropoutMask.scale(0.2f));
        assertEquals(1 << 23, DropoutMask.threshold(0.5f));
    }

    /// The masks of a seed are part of the contract: a resumed training has to continue them.
    @Test
    void pinned() {
        long row = DropoutMask.row(DropoutMask.key(RandomStreams.key(0, "dropout 1"), 3), 2);
        StringBuilder kept = new StringBuilder();
        for (int c = 0; c < 32; c++) {
            kept.append(DropoutMask.keeps(row, c, DropoutMask.threshold(0.5f)) ? '1' : '0');
        }
        assertEquals("00100111111110010010010000110110", kept.toString());
    }
}
