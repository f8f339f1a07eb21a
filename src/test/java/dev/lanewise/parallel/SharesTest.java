// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final int[] PARTS = {1, 2, 3, 5, 8, 100, 1 << 20, Integer.MAX_VALUE};

    /// The caller alone can claim every part: a run never depends on a worker that has claimed nothing.
    @Test
    void oneWorkerCanClaimAllPartsOfAllShares() {
        for (int workers : new int[]{1, 2, 3, 4, 7}) {
            Shares shares = new Shares(workers);
            for (int parts = 1; parts < 30; parts++) {
                shares.open(parts, parts, workers);
                int[] times = new int[parts];
                for (int share = 0; share < workers; share++) {
                    for (int part = shares.claim(share, parts, parts, workers); part >= 0; part = shares.claim(share,
                            parts,
                            parts, workers)) {
                        times[part]++;
                    }
                }
                int[] once = new int[parts];
                Arrays.fill(once, 1);
                assertArrayEquals(once, times, workers + " workers");
            }
        }
    }

    @Test
    void sharesAreConsecutiveAndTheFirstNeverSmaller() {
        for (int workers : new int[]{1, 2, 4, 7}) {
            Shares shares = new Shares(workers);
            for (int parts : PARTS) {
                shares.open(1, parts, workers);
                int first = 0;
                for (int share = 0; share < Math.min(workers, parts); share++) {
                    int claimed = shares.claim(share, 1, parts, workers);
                    assertTrue(share == 0 ? claimed == 0 : claimed > first, workers + " workers, " + parts + " parts");
                    assertTrue(share == 0 || claimed - first >= parts / workers || parts < workers);
                    first = claimed;
                }
                for (int share = parts; share < workers; share++) {
                    assertEquals(-1, shares.claim(share, 1, parts, workers), "more workers than parts");
                }
            }
        }
    }

    @Test
    void aWorkerLateFromAnEarlierRunClaimsNothing() {
        Shares shares = new Shares(2);
        assertEquals(-1, shares.claim(0, 1, 4, 2), "nothing is open yet");
        shares.open(1, 4, 2);
        assertEquals(0, shares.claim(0, 1, 4, 2));
        shares.open(2, 4, 2);
        assertEquals(-1, shares.claim(0, 1, 4, 2), "run 1 is over");
        assertEquals(0, shares.claim(0, 2, 4, 2));
        assertEquals(2, shares.claim(1, 2, 4, 2));
        long last = 0xFFFFFFFFL;
        shares.open(last, 4, 2);
        assertEquals(0, shares.claim(0, last, 4, 2));
        shares.open(last + 1, 4, 2);
        assertEquals(-1, shares.claim(0, last, 4, 2));
        assertEquals(0, shares.claim(0, last + 1, 4, 2), "the number of the run may grow beyond 32 bits");
    }

    @Test
    void workersWithoutAShareTakeFromTheOthers() {
        Shares shares = new Shares(4);
        shares.open(1, 5, 2);
        assertEquals(-1, shares.claim(2, 1, 5, 2));
        assertEquals(-1, shares.claim(3, 1, 5, 2));
        assertEquals(0, shares.claim(0, 1, 5, 2));
        assertEquals(3, shares.claim(1, 1, 5, 2));
    }
}
