// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import java.util.concurrent.atomic.AtomicLongArray;

/// Who takes which part of a run: the parts are cut into one share of consecutive numbers for each worker, and every
/// part is claimed by exactly one.
///
/// Workers begin with their own share, so that undisturbed they meet the same parts in every run and find the data in
/// their cache; then they take from the others'. A share is one number, the run above and the parts left below, so that
/// a worker that was held up since an earlier run cannot claim a part of this one.
final class Shares {
    /// Longs from one counter to the next: two cache lines, since processors fetch lines in pairs.
    static final int SPREAD = 16;
    private static final int RUN_SHIFT = 32;

    private final AtomicLongArray left;
    private final int workers;

    Shares(int workers) {
        this.workers = workers;
        this.left = new AtomicLongArray((workers + 1) * SPREAD);
    }

    /// Offers the parts `0 .. parts - 1` of a run to be claimed, in `shares` shares; further workers have none of their own.
    void open(long run, int parts, int shares) {
        for (int share = 0; share < workers; share++) {
            left.setRelease(at(share),
                    run << RUN_SHIFT | begin(share + 1, shares, parts) - begin(share, shares, parts));
        }
    }

    /// The next part of a share, or -1 if none is left of it in this run. A success means that the run is not over.
    int claim(int share, long run, int parts, int shares) {
        int at = at(share);
        long open = left.getAcquire(at);
        while ((int) (open >>> RUN_SHIFT) == (int) run && (int) open > 0) {
            if (left.compareAndSet(at, open, open - 1)) {
                return begin(share + 1, shares, parts) - (int) open;
            }
            open = left.getAcquire(at);
        }
        return -1;
    }

    /// See [WorkerTeam#shareBegin].
    static int begin(int share, int shares, int parts) {
        int filled = Math.min(shares, parts);
        return share >= filled ? parts : (int) (((long) parts * share + filled - 1) / filled);
    }

    private static int at(int share) {
        return (share + 1) * SPREAD;
    }
}
