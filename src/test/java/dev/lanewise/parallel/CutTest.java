// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CutTest {
    private static int[] lengths(Cut cut) {
        int[] lengths = new int[cut.parts()];
        int at = 0;
        for (int part = 0; part < lengths.length; part++) {
            assertEquals(at, cut.begin(part), "parts follow each other");
            lengths[part] = cut.length(part);
            at += lengths[part];
        }
        return lengths;
    }

    @Test
    void aShareForEachThreadAndTheLargestPartFirst() {
        Cut cut = new Cut();
        cut.forTeam(256, 4, 6, 256);
        assertArrayEquals(new int[]{24, 12, 12, 12, 30, 12, 12, 12, 30, 12, 12, 12, 30, 12, 12, 10}, lengths(cut));
        assertEquals(4, cut.partsOfShare());
        cut.forTeam(96, 4, 6, 256); // the last batch of an epoch
        assertArrayEquals(new int[]{24, 24, 24, 24}, lengths(cut));
        assertEquals(1, cut.partsOfShare());
    }

    @Test
    void evenPartsForOneThreadAndForLargeShares() {
        Cut cut = new Cut();
        cut.forTeam(600, 1, 6, 256);
        assertArrayEquals(new int[]{256, 256, 88}, lengths(cut));
        cut.forTeam(600, 2, 6, 256);
        assertArrayEquals(new int[]{256, 256, 88}, lengths(cut));
        cut.evenly(600, 1024);
        assertArrayEquals(new int[]{600}, lengths(cut));
    }

    @Test
    void anySizeIsCutIntoPartsOfAtLeastOne() {
        Cut cut = new Cut();
        for (int threads = 1; threads <= 9; threads++) {
            for (int size = 1; size <= 300; size++) {
                cut.forTeam(size, threads, 6, 40);
                int sum = 0;
                for (int length : lengths(cut)) {
                    assertTrue(length >= 1 && length <= 40 + 5, size + " for " + threads + " threads");
                    sum += length;
                }
                assertEquals(size, sum, size + " for " + threads + " threads");
            }
        }
    }
}
