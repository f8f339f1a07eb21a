// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

/// How a thread waits before it parks: at first it spins, then it offers its processor to others again and again.
///
/// To park and to be woken takes some 50 microseconds, a tenth of what parts take, and where a processor is a guest's, the
/// host may put it elsewhere meanwhile. While others have work for the processor, a thread that offers it costs them
/// next to nothing; a thread that spins would hold up the one that is waited for, if that has to share its processor.
///
/// **Threads**: each has its own.
final class Patience {
    private static final long SPIN_NANOS = 20_000;
    /// Where there are fewer processors than threads, who spins keeps the one off that is waited for.
    private static final long SPIN_NANOS_CROWDED = 1_000;
    /// As long as a part of a large step, so that one that is late parks nobody.
    private static final long OFFER_NANOS = 500_000;
    private static final int SPINS_A_LOOK = 16;

    private final long spinNanos;
    private final long offerNanos;
    private long begin;
    private int turn;

    /// The patience of one of `threads` threads on `processors` processors. Many threads that offer few processors to one
    /// another take longer than to be woken, so that they have less of it.
    Patience(int threads, int processors) {
        boolean crowded = threads > processors;
        double room = crowded ? (double) processors / threads : 1;
        spinNanos = crowded ? SPIN_NANOS_CROWDED : SPIN_NANOS;
        offerNanos = (long) (OFFER_NANOS * room * room);
    }

    /// Begins to wait.
    void begin() {
        turn = 0;
    }

    /// Waits a moment; false if it is time to park.
    @SuppressWarnings("ThreadPriorityCheck") // correct whatever the scheduler does with the offer
    boolean lasts() {
        if (turn % SPINS_A_LOOK != 0) {
            turn++;
            Thread.onSpinWait();
            return true;
        }
        long now = System.nanoTime();
        if (turn == 0) {
            begin = now;
        }
        long waited = now - begin;
        if (waited < spinNanos) {
            turn++;
            Thread.onSpinWait();
            return true;
        }
        if (waited >= offerNanos) {
            return false;
        }
        Thread.yield();
        return true;
    }
}
