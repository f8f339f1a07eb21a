// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

/// How a range, rows of a batch or inputs of a layer, is cut into parts.
///
/// For a team: a share for each thread, and each share into parts of which the first is the largest. Undisturbed, a
/// thread does its own share. One that gets only half a core, because another program or the other half of that core
/// is at work, is relieved of the small parts it has not come to; were shares whole, all would wait for it.
///
/// **Threads**: one at a time changes a cut; any may read it between changes.
public final class Cut {
    /// Where the parts of a share end, in sixteenths of it.
    private static final int[] ENDS = {7, 10, 13, 16};
    private static final int WHOLE = 16;
    /// Smaller shares, in units, are one part each.
    private static final int MIN_UNITS = 8;

    private int size;
    private int threads;
    private int length;
    private int unit;
    private int most;
    private int parts;
    private int partsOfShare;
    private int[] begins = new int[1];

    /// A cut of nothing yet.
    public Cut() {
    }

    /// Cuts `newSize`, at least 1, into parts of `newLength`, the last one shorter.
    public void evenly(int newSize, int newLength) {
        if (newSize == size && newLength == length && threads == 1) {
            return; // batch after batch
        }
        size = newSize;
        length = newLength;
        threads = 1;
        partsOfShare = 1;
        count(newLength >= newSize ? 1 : (newSize + newLength - 1) / newLength);
        for (int part = 0; part < parts; part++) {
            begins[part] = part * newLength;
        }
    }

    /// Cuts `newSize`, at least 1, for `newThreads` threads into parts of at most `newMost`, rounded up to `newUnit`, which
    /// begin at multiples of `newUnit` if every thread gets that much.
    public void forTeam(int newSize, int newThreads, int newUnit, int newMost) {
        int shares = Math.min(newThreads, newSize);
        int share = (newSize + shares - 1) / shares;
        if (shares == 1 || share > newMost) {
            evenly(newSize, Math.min(share, newMost));
            return;
        }
        if (newSize == size && shares == threads && newUnit == unit && newMost == most) {
            return;
        }
        size = newSize;
        length = share;
        threads = shares;
        unit = newUnit;
        most = newMost;
        int step = newSize >= unit * shares ? unit : 1;
        int units = (newSize + step - 1) / step;
        partsOfShare = units >= MIN_UNITS * shares ? ENDS.length : 1;
        count(shares * partsOfShare);
        for (int i = 0; i < shares; i++) {
            // the first share is the smallest: the caller has more to do
            int from = (int) ((long) units * i / shares);
            int all = (int) ((long) units * (i + 1) / shares) - from;
            for (int j = 0; j < partsOfShare; j++) {
                int at = from + (j == 0 ? 0 : (all * ENDS[j - 1] + WHOLE / 2) / WHOLE);
                begins[i * partsOfShare + j] = Math.min(at * step, newSize);
            }
        }
    }

    private void count(int newParts) {
        parts = newParts;
        if (begins.length <= newParts) {
            begins = new int[newParts + 1];
        }
        begins[newParts] = size;
    }

    /// How many parts there are, none of them empty.
    public int parts() {
        return parts;
    }

    /// How many parts a thread's share has.
    public int partsOfShare() {
        return partsOfShare;
    }

    /// Where a part begins.
    public int begin(int part) {
        return begins[part];
    }

    /// The length of a part.
    public int length(int part) {
        return begins[part + 1] - begins[part];
    }
}
