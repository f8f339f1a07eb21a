// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpeedLogTest {
    private static final long MILLI = 1_000_000;

    /// `slow` milliseconds at 10 rows each, then `fast` at 100.
    private static SpeedLog log(int slow, int fast) {
        SpeedLog log = new SpeedLog();
        long rows = 0;
        for (int i = 0; i <= slow + fast; i++) {
            log.add(i * MILLI, rows);
            rows += i < slow ? 10 : 100;
        }
        return log;
    }

    @Test
    void fullSpeedBeginsWhereTheRateIsWithinATenth() {
        // a window of 5 ms with one slow one in it has 410 of 500 rows
        assertEquals(0.020, log(20, 30).secondsToFullSpeed(0, 100_000), 1e-9);
        assertEquals(0.019, log(20, 30).secondsToFullSpeed(0, 90_000), 1e-9);
        assertEquals(0.120, log(20, 30).secondsToFullSpeed(-100 * MILLI, 100_000), 1e-9);
        assertEquals(0, log(0, 30).secondsToFullSpeed(0, 100_000), 1e-9);
    }

    @Test
    void trainingThatEndsBeforeHasNone() {
        assertEquals(Double.NaN, log(20, 3).secondsToFullSpeed(0, 100_000));
        assertEquals(Double.NaN, log(20, 0).secondsToFullSpeed(0, 100_000));
        assertEquals(Double.NaN, new SpeedLog().secondsToFullSpeed(0, 1));
    }

    @Test
    void theLogOfALongTrainingIsBounded() {
        assertEquals(0.5, log(500, 20_000).secondsToFullSpeed(0, 100_000), 1e-9);
    }
}
