// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.FitListener;
import dev.lanewise.FitProgress;

/// Tells how far an epoch has come: on a terminal up to five times a second in the status line, else a plain line every
/// ten seconds.
///
/// It is called after every step, and a step may take less time than ten looks at the clock. So the clock is asked
/// every so many steps only: twice as many as before while that takes less than [#LOOK_NANOS], else a quarter of them.
final class EpochProgress implements FitListener {
    private static final long LOOK_NANOS = 1_000_000L;
    private static final long STATUS_NANOS = 200_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final Console console;
    private final long rows;
    private final int epochs;
    private final long intervalNanos;
    private final SpeedLog log = new SpeedLog();
    private int epoch;
    private int stepsPerLook = 1;
    private int stepsToLook = 1;
    private long lastLook;
    private long epochStart;
    private long lastShown;

    EpochProgress(Console console, long rows, int epochs) {
        this.console = console;
        this.rows = rows;
        this.epochs = epochs;
        this.intervalNanos = console.hasStatusLine() ? STATUS_NANOS : LINE_NANOS;
        this.lastShown = System.nanoTime();
    }

    @Override
    public void epochBegin(FitProgress progress) {
        begin(progress.epoch());
    }

    /// Begins epoch `number`, counted from 1.
    void begin(int number) {
        epoch = number;
        epochStart = System.nanoTime();
        lastLook = epochStart;
        log.add(epochStart, (number - 1) * rows);
    }

    /// How fast training has been so far.
    SpeedLog log() {
        return log;
    }

    @Override
    public void stepEnd(FitProgress progress) {
        accept(progress.rows());
    }

    /// A step has been taken, the last of `rowsDone` rows of the epoch.
    void accept(long rowsDone) {
        if (--stepsToLook == 0) {
            long now = System.nanoTime();
            stepsPerLook = now - lastLook < LOOK_NANOS ? 2 * stepsPerLook : Math.max(1, stepsPerLook / 4);
            stepsToLook = stepsPerLook;
            lastLook = now;
            log.add(now, (epoch - 1) * rows + rowsDone);
            if (now - lastShown >= intervalNanos) {
                lastShown = now;
                show(rowsDone, now - epochStart);
            }
        }
    }

    private void show(long rowsDone, long nanos) {
        String text = "epoch " + epoch + " of " + epochs + ": " + rowsDone + " of " + rows + " rows, "
                + perSecond(rowsDone, nanos) + " samples/s";
        if (console.hasStatusLine()) {
            console.status(text);
        } else {
            console.line(text);
        }
    }

    /// Rows per second, rounded.
    static long perSecond(long rows, long nanos) {
        return Math.round(rows * 1e9 / Math.max(nanos, 1));
    }
}
