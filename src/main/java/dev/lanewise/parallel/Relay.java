// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/// Parts of a run that are begun side by side and ended one after the other, ascending: a thread takes the next part, does
/// what depends on no other, waits for its turn, does the rest, and passes the turn on. The rest may be in several legs,
/// each with turns of its own, so that one thread is at the first while another is at the second.
///
/// Parts are taken ascending, so that whoever waits waits for a thread that is at work. All of it allocates nothing.
///
/// **Threads**: one opens it, before a run; those of the run do the rest.
public final class Relay {
    private static final int NEXT = Shares.SPREAD;
    private static final long FAILED = -1;
    private static final long PARK_NANOS = 100_000;

    /// The part to be taken next, and whose turn it is in each leg; in lines of their own, since threads wait for one while
    /// others write another.
    private final AtomicLongArray numbers;
    private final int legs;
    private final Patience[] patience;
    private int parts;

    /// For a team of so many threads.
    public Relay(int threads, int legs) {
        this.legs = legs;
        numbers = new AtomicLongArray((legs + 2) * Shares.SPREAD);
        int processors = Runtime.getRuntime().availableProcessors();
        patience = new Patience[threads];
        for (int i = 0; i < threads; i++) {
            patience[i] = new Patience(threads, processors);
        }
    }

    /// Offers the parts `0 .. newParts - 1`.
    public void open(int newParts) {
        parts = newParts;
        numbers.setPlain(NEXT, 0);
        for (int leg = 0; leg < legs; leg++) {
            numbers.setPlain(turn(leg), 0);
        }
    }

    /// The next part, or -1 if none is left.
    public int take() {
        if (numbers.getAcquire(NEXT) >= parts) {
            return -1;
        }
        long part = numbers.getAndIncrement(NEXT);
        return part < parts ? (int) part : -1;
    }

    private static int turn(int leg) {
        return (leg + 2) * Shares.SPREAD;
    }

    /// Waits until all parts before `part` have passed in a leg; false if one of them failed. What was done before they
    /// passed is seen.
    public boolean await(int leg, int part, int worker) {
        int at = turn(leg);
        Patience mine = patience[worker];
        mine.begin();
        boolean interrupted = false;
        long turn = numbers.getAcquire(at);
        while (turn != part && turn != FAILED) {
            if (!mine.lasts()) {
                LockSupport.parkNanos(this, PARK_NANOS); // who has the turn has lost its processor, and finds one here
                interrupted |= Thread.interrupted(); // with the flag set, parking would return at once
            }
            turn = numbers.getAcquire(at);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return turn == part;
    }

    /// Ends a leg of a part whose turn it is.
    public void pass(int leg, int part) {
        numbers.compareAndSet(turn(leg), part, part + 1L); // unless another part has failed meanwhile
    }

    /// Ends the run: nobody waits for a part that failed.
    public void fail() {
        numbers.setRelease(NEXT, parts);
        for (int leg = 0; leg < legs; leg++) {
            numbers.setRelease(turn(leg), FAILED);
        }
    }
}
