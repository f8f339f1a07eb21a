// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// Threads that do the parts of a piece of work side by side: the caller and `threads - 1` daemon threads.
///
/// Which worker does a part is left open, so that no result may depend on it. A worker that gets no processor holds up
/// nothing but the part it is at: the others, the caller first of all, do the parts it did not claim. Between two runs
/// workers wait for a moment and then park ([Patience]). A run allocates nothing; with one thread or one part it is a
/// plain loop.
///
/// **Threads**: one caller at a time. **Ownership**: whoever made the team closes it; its threads end then.
public final class WorkerTeam implements AutoCloseable {
    /// The most threads a team may have.
    public static final int MAX_THREADS = 1024;

    /// A piece of work cut into parts that do not depend on one another.
    @FunctionalInterface
    public interface Work {
        /// Does one part. `worker` is the number of the thread that does it, 0 for the caller of [WorkerTeam#run], to
        /// pick scratch memory with.
        void run(int part, int worker);
    }

    private static final Work NOTHING = (_, _) -> {
    };
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int CLOSED = 2;
    private static final long END = -1;
    // in lines of their own: workers spin on the first while the second is written
    private static final int LATEST = Shares.SPREAD;
    private static final int FINISHED = 2 * Shares.SPREAD;

    private final int threads;
    private final int processors;
    private final Patience patience;
    private final Worker[] workers;
    private final Shares shares;
    /// The number of the latest run, or [#END], and how many of its parts are finished.
    private final AtomicLongArray signals = new AtomicLongArray(3 * Shares.SPREAD);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger state = new AtomicInteger(IDLE);
    // of the run that is on; read by a worker before it claims a part, and of value only if it gets one
    private Work work = NOTHING;
    private int parts;
    private int sharers;
    // written by the worker whose failure is the first, before it reports the part as finished
    private int failedPart;
    private int failedWorker;
    private volatile @Nullable Thread waiting;

    /// A team of `threads`, the caller of [#run] included; its other threads start at once.
    ///
    /// **Throws** `IllegalArgumentException` if `threads` is not in 1 .. [#MAX_THREADS].
    public WorkerTeam(int threads) {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException(
                    "WorkerTeam: threads is " + threads + ", expected 1 to " + MAX_THREADS);
        }
        this.threads = threads;
        this.processors = Runtime.getRuntime().availableProcessors();
        this.patience = new Patience(threads, processors);
        this.shares = new Shares(threads);
        this.workers = new Worker[threads - 1];
        int started = 0;
        try {
            for (; started < workers.length; started++) {
                workers[started] = new Worker(this, started + 1);
                workers[started].start();
            }
        } finally {
            if (started < workers.length) {
                end(started); // the machine refused a thread: the others are not left behind
            }
        }
    }

    /// The number of threads, the caller included.
    public int threads() {
        return threads;
    }

    /// The first part of a share if a run of `parts` parts is cut into `shares` shares. The caller's, which begins at once, is
    /// one of the larger ones.
    public static int shareBegin(int share, int shares, int parts) {
        return Shares.begin(share, shares, parts);
    }

    /// As [#run(Work, int, int)] with all threads.
    public void run(Work work, int parts) {
        run(work, parts, threads);
    }

    /// Does the parts `0 .. parts - 1` of `work`, each once, in any order and by any of the threads, and returns when
    /// all are done. What the caller did before is seen by every part, and what the parts did by the caller.
    ///
    /// No more than `most` threads have a share of their own and are woken for it; 1 is a plain loop of the caller's.
    ///
    /// If a part throws, no further part is started, and the first exception is thrown when those that had begun have
    /// ended: as it is if the caller did that part, else as the cause of an `IllegalStateException`. The team can be
    /// used on. An interrupt does not end the wait; the caller's flag is kept.
    ///
    /// **Throws** `IllegalArgumentException` if `parts` is negative or `most` less than 1, `IllegalStateException` after
    /// close, from within a part, or while another thread runs work.
    public void run(Work work, int parts, int most) {
        if (parts < 0) {
            throw new IllegalArgumentException("WorkerTeam.run: parts is " + parts + ", expected 0 or more");
        }
        if (most < 1) {
            throw new IllegalArgumentException("WorkerTeam.run: most is " + most + ", expected 1 or more");
        }
        if (threads == 1 || parts <= 1 || most == 1) {
            runAlone(work, parts);
        } else {
            runTogether(work, parts, Math.min(most, threads));
        }
    }

    private void runAlone(Work work, int parts) {
        if (state.getPlain() != IDLE) { // as cheap as a field; the plain loop has nothing that needs more
            throw unusable("run");
        }
        state.setPlain(RUNNING);
        try {
            for (int part = 0; part < parts; part++) {
                work.run(part, 0);
            }
        } finally {
            state.setPlain(IDLE);
        }
    }

    private void runTogether(Work work, int parts, int sharers) {
        if (!state.compareAndSet(IDLE, RUNNING)) {
            throw unusable("run");
        }
        try {
            long run = signals.get(LATEST) + 1;
            this.work = work;
            this.parts = parts;
            this.sharers = sharers;
            signals.setPlain(FINISHED, 0);
            shares.open(run, parts, sharers);
            signals.set(LATEST, run);
            int invited = Math.min(sharers, parts) - 1;
            for (int i = 0; i < invited; i++) {
                workers[i].wake();
            }
            takeParts(run, 0);
            awaitFinished(parts);
            this.work = NOTHING;
            throwFailure();
        } finally {
            state.setRelease(IDLE);
        }
    }

    /// Does parts of a run until none is left to be claimed: first those of its own share, then those of the others.
    private void takeParts(long run, int worker) {
        Work mine = work;
        int all = parts;
        int cut = sharers;
        for (int i = 0; i < threads; i++) {
            int share = worker + i < threads ? worker + i : worker + i - threads;
            int done = 0;
            int part = shares.claim(share, run, all, cut);
            while (part >= 0) {
                perform(mine, part, worker);
                done++;
                part = shares.claim(share, run, all, cut);
            }
            if (done > 0 && signals.addAndGet(FINISHED, done) == all) {
                LockSupport.unpark(waiting);
            }
        }
    }

    private void perform(Work work, int part, int worker) {
        if (failure.get() != null) {
            return;
        }
        try {
            work.run(part, worker);
        } catch (Exception | Error e) { // whatever it is, it is thrown again on the caller
            if (failure.compareAndSet(null, e)) {
                failedPart = part;
                failedWorker = worker;
            }
        }
    }

    private void awaitFinished(int parts) {
        patience.begin();
        while (signals.get(FINISHED) != parts) {
            if (!patience.lasts()) {
                parkUntilFinished(parts);
                return;
            }
        }
    }

    private void parkUntilFinished(int parts) {
        boolean interrupted = false;
        waiting = Thread.currentThread();
        while (signals.get(FINISHED) != parts) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted(); // with the flag set, parking would return at once
        }
        waiting = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() {
        Throwable cause = failure.getPlain();
        if (cause == null) {
            return;
        }
        failure.setPlain(null);
        if (failedWorker == 0 && cause instanceof RuntimeException e) {
            throw e;
        }
        if (failedWorker == 0 && cause instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException("WorkerTeam.run: worker " + failedWorker + " failed in part " + failedPart
                + " of " + parts + ": " + cause, cause);
    }

    private IllegalStateException unusable(String operation) {
        return new IllegalStateException(
                "WorkerTeam." + operation + ": " + (state.get() == CLOSED ? "the team is closed"
                        : "the team is running work; a part may not use its own team, nor may two threads at a time"));
    }

    /// Ends the threads and waits until they have ended; harmless a second time.
    ///
    /// **Throws** `IllegalStateException` while work is running.
    @Override
    public void close() {
        if (state.compareAndSet(IDLE, CLOSED)) {
            end(workers.length);
        } else if (state.get() != CLOSED) {
            throw unusable("close");
        }
    }

    private void end(int started) {
        signals.set(LATEST, END);
        boolean interrupted = false;
        for (int i = 0; i < started; i++) {
            workers[i].wake();
        }
        for (int i = 0; i < started; i++) {
            while (workers[i].isAlive()) {
                try {
                    workers[i].join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "WorkerTeam(" + threads + ")";
    }

    /// A thread of the team.
    private static final class Worker extends Thread {
        private final WorkerTeam team;
        private final int number;
        private final Patience patience;
        private volatile boolean parked;

        Worker(WorkerTeam team, int number) {
            super("lanewise-worker-" + number);
            this.team = team;
            this.number = number;
            this.patience = new Patience(team.threads, team.processors);
            setDaemon(true);
        }

        @Override
        public void run() {
            long run = awaitRunAfter(0);
            while (run != END) {
                team.takeParts(run, number);
                run = awaitRunAfter(run);
            }
        }

        private long awaitRunAfter(long seen) {
            patience.begin();
            long run = team.signals.get(LATEST);
            while (run == seen) {
                if (!patience.lasts()) {
                    return parkUntilRunAfter(seen);
                }
                run = team.signals.get(LATEST);
            }
            return run;
        }

        private long parkUntilRunAfter(long seen) {
            parked = true; // before the last look: who opens a run writes first and then reads this
            long run = team.signals.get(LATEST);
            while (run == seen) {
                LockSupport.park(team);
                Thread.interrupted(); // with the flag set, parking would return at once
                run = team.signals.get(LATEST);
            }
            parked = false;
            return run;
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }
    }
}
