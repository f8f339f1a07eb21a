// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.AllocatedBytes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WorkerTeamTest {
    private static List<String> workers() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("lanewise-worker-")).sorted().toList();
    }

    /// Waits until a thread is parked; a test ends by its time-out if it never is.
    private static void awaitParked(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 16, 61})
    void everyPartOnce(int threads) {
        try (WorkerTeam team = new WorkerTeam(threads)) {
            assertEquals(threads, team.threads());
            for (int parts : new int[]{0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 60, 61, 62, 63, 1000}) {
                AtomicIntegerArray times = new AtomicIntegerArray(parts);
                AtomicInteger strangers = new AtomicInteger();
                team.run((part, worker) -> {
                    times.incrementAndGet(part);
                    if (worker < 0 || worker >= threads) {
                        strangers.incrementAndGet();
                    }
                }, parts);
                for (int part = 0; part < parts; part++) {
                    assertEquals(1, times.get(part), threads + " threads, part " + part + " of " + parts);
                }
                assertEquals(0, strangers.get());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7})
    void everyPartOnceWithSharesForSome(int threads) {
        try (WorkerTeam team = new WorkerTeam(threads)) {
            for (int most = 1; most <= threads + 1; most++) {
                for (int parts : new int[]{0, 1, 2, 3, 4, 5, 16, 17, 1000}) {
                    AtomicIntegerArray times = new AtomicIntegerArray(parts);
                    AtomicInteger others = new AtomicInteger();
                    team.run((part, worker) -> {
                        times.incrementAndGet(part);
                        others.addAndGet(worker == 0 ? 0 : 1);
                    }, parts, most);
                    for (int part = 0; part < parts; part++) {
                        assertEquals(1, times.get(part), most + " of " + threads + ", part " + part + " of " + parts);
                    }
                    assertTrue(most > 1 || others.get() == 0, "one thread is the caller");
                }
            }
            assertThrows(IllegalArgumentException.class, () -> team.run((_, _) -> {
            }, 1, 0));
        }
    }

    @Test
    void sharesFollowOneAnother() {
        for (int shares = 1; shares <= 9; shares++) {
            for (int parts = 0; parts <= 40; parts++) {
                assertEquals(0, WorkerTeam.shareBegin(0, shares, parts));
                assertEquals(parts, WorkerTeam.shareBegin(shares, shares, parts));
                for (int share = 0; share < shares; share++) {
                    int length = WorkerTeam.shareBegin(share + 1, shares, parts)
                            - WorkerTeam.shareBegin(share, shares, parts);
                    assertTrue(length >= parts / shares && length <= (parts + shares - 1) / shares);
                }
            }
        }
    }

    @Test
    void theCallerIsWorkerZeroAndTheOthersAreNamedDaemons() {
        try (WorkerTeam team = new WorkerTeam(3)) {
            Thread caller = Thread.currentThread();
            CountDownLatch all = new CountDownLatch(3);
            Thread[] threads = new Thread[3];
            team.run((part, worker) -> {
                threads[worker] = Thread.currentThread();
                all.countDown();
                awaitUninterruptibly(all); // so that nobody takes two parts
            }, 3);
            assertSame(caller, threads[0]);
            assertEquals("lanewise-worker-1", threads[1].getName());
            assertEquals("lanewise-worker-2", threads[2].getName());
            assertTrue(threads[1].isDaemon() && threads[2].isDaemon());
        }
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Every run reads what the run before wrote, by whichever thread, and the caller reads the last one.
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 13})
    void aHundredThousandTinyRunsSeeOneAnother(int threads) {
        int parts = threads + 2;
        int runs = 100_000;
        int[] values = new int[parts];
        int[] lost = new int[parts];
        int[] expected = {0};
        try (WorkerTeam team = new WorkerTeam(threads)) {
            WorkerTeam.Work work = (part, worker) -> {
                int neighbour = (part + 1) % parts;
                if (values[part] != expected[0] || lost[neighbour] < 0) {
                    lost[part]++;
                }
                values[part]++;
            };
            for (int i = 0; i < runs; i++) {
                expected[0] = i;
                team.run(work, parts);
            }
        }
        int[] all = new int[parts];
        Arrays.fill(all, runs);
        assertArrayEquals(all, values);
        assertArrayEquals(new int[parts], lost);
    }

    /// Runs with every number of parts after one another: a worker late from one run must not claim in the next.
    @Test
    void runsOfChangingSizesWithMoreThreadsThanProcessors() {
        int threads = 2 * Runtime.getRuntime().availableProcessors() + 1;
        AtomicIntegerArray times = new AtomicIntegerArray(200);
        try (WorkerTeam team = new WorkerTeam(threads)) {
            WorkerTeam.Work work = (part, worker) -> times.incrementAndGet(part);
            for (int i = 0; i < 20_000; i++) {
                team.run(work, i % times.length());
            }
        }
        for (int part = 0; part < times.length(); part++) {
            assertEquals(100 * (times.length() - 1 - part), times.get(part), "part " + part);
        }
    }

    /// A worker that gets no processor holds up nothing: here one is held up inside the part it is at.
    @Test
    void theOthersDoThePartsOfAWorkerThatIsHeldUp() {
        try (WorkerTeam team = new WorkerTeam(2)) {
            AtomicInteger done = new AtomicInteger();
            CountDownLatch others = new CountDownLatch(9);
            team.run((part, worker) -> {
                if (part == 5) { // ends only when all nine others are done, those of its own share included
                    awaitUninterruptibly(others);
                } else {
                    others.countDown();
                }
                done.incrementAndGet();
            }, 10);
            assertEquals(10, done.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anExceptionInEachPart(int threads) {
        int parts = 9;
        try (WorkerTeam team = new WorkerTeam(threads)) {
            for (int bad = 0; bad < parts; bad++) {
                int failing = bad;
                RuntimeException cause = new UnsupportedOperationException("part " + failing);
                int[] worker = {-1};
                RuntimeException thrown = assertThrows(RuntimeException.class, () -> team.run((part, by) -> {
                    if (part == failing) {
                        worker[0] = by;
                        throw cause;
                    }
                }, parts));
                if (worker[0] == 0) {
                    assertSame(cause, thrown);
                } else {
                    assertEquals(IllegalStateException.class, thrown.getClass());
                    assertSame(cause, thrown.getCause());
                    assertEquals("WorkerTeam.run: worker " + worker[0] + " failed in part " + failing + " of 9: "
                            + "java.lang.UnsupportedOperationException: part " + failing, thrown.getMessage());
                }
                AtomicInteger done = new AtomicInteger();
                team.run((part, by) -> done.incrementAndGet(), parts);
                assertEquals(parts, done.get(), "the team is usable after part " + failing + " failed");
            }
        }
    }

    @Test
    void anErrorOfAWorkerIsTheCause() {
        try (WorkerTeam team = new WorkerTeam(2)) {
            CountDownLatch both = new CountDownLatch(2);
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> team.run((part, worker) -> {
                both.countDown();
                awaitUninterruptibly(both);
                if (worker == 1) {
                    throw new OutOfMemoryError("made up");
                }
            }, 2));
            assertEquals(OutOfMemoryError.class, thrown.getCause().getClass());
        }
        try (WorkerTeam team = new WorkerTeam(2)) {
            CountDownLatch both = new CountDownLatch(2);
            assertThrows(OutOfMemoryError.class, () -> team.run((part, worker) -> {
                both.countDown();
                awaitUninterruptibly(both);
                if (worker == 0) {
                    throw new OutOfMemoryError("made up");
                }
            }, 2), "as it is from the caller");
        }
    }

    @Test
    void afterAFailureNoFurtherPartStarts() {
        try (WorkerTeam team = new WorkerTeam(2)) {
            AtomicInteger started = new AtomicInteger();
            CountDownLatch both = new CountDownLatch(2);
            assertThrows(RuntimeException.class, () -> team.run((part, worker) -> {
                started.incrementAndGet();
                both.countDown();
                awaitUninterruptibly(both);
                throw new UnsupportedOperationException("all fail");
            }, 1000));
            assertEquals(2, started.get());
        }
    }

    @Test
    void theFirstOfTwoFailuresIsReported() {
        try (WorkerTeam team = new WorkerTeam(2)) {
            CountDownLatch thrown = new CountDownLatch(1);
            CountDownLatch both = new CountDownLatch(2);
            Thread caller = Thread.currentThread();
            assertThrows(ArithmeticException.class, () -> team.run((part, worker) -> {
                both.countDown();
                awaitUninterruptibly(both);
                if (Thread.currentThread() == caller) {
                    thrown.countDown();
                    throw new ArithmeticException("first");
                }
                awaitUninterruptibly(thrown);
                sleep(50); // until the caller has left its part
                throw new UnsupportedOperationException("second");
            }, 2));
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anInterruptDoesNotEndTheWait() throws InterruptedException {
        try (WorkerTeam team = new WorkerTeam(2)) {
            Thread caller = Thread.currentThread();
            boolean[] done = {false};
            CountDownLatch both = new CountDownLatch(2);
            team.run((part, worker) -> {
                both.countDown();
                awaitUninterruptibly(both);
                if (worker == 1) {
                    while (caller.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    caller.interrupt();
                    sleep(20);
                    done[0] = true;
                }
            }, 2);
            assertTrue(done[0], "returned before the part had ended");
            assertTrue(Thread.interrupted(), "the flag is kept");
        }
    }

    @Test
    void aParkedTeamWakes() throws InterruptedException {
        try (WorkerTeam team = new WorkerTeam(3)) {
            for (int i = 0; i < 5; i++) {
                for (Thread thread : Thread.getAllStackTraces().keySet()) {
                    if (thread.getName().startsWith("lanewise-worker-")) {
                        awaitParked(thread);
                        thread.interrupt(); // must not make it spin for ever, nor end it
                    }
                }
                CountDownLatch all = new CountDownLatch(3);
                Set<Integer> workers = ConcurrentHashMap.newKeySet();
                team.run((part, worker) -> {
                    workers.add(worker);
                    all.countDown();
                    awaitUninterruptibly(all); // three parts at a time need all three threads
                }, 3);
                assertEquals(Set.of(0, 1, 2), workers);
            }
        }
    }

    /// Bytes that any thread of the team allocates from one of its parts to its next one, in the best of some rounds.
    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    @Tag("allocation")
    void nothingIsAllocated(int parts) {
        long[] last = new long[4];
        long[] allocated = new long[4];
        long[] seen = new long[4];
        try (WorkerTeam team = new WorkerTeam(4)) {
            WorkerTeam.Work work = (part, worker) -> {
                long now = AllocatedBytes.now();
                allocated[worker] += last[worker] == 0 ? 0 : now - last[worker];
                last[worker] = now;
                seen[worker]++;
            };
            long best = Long.MAX_VALUE;
            boolean alone = parts > 1; // on a busy machine the caller may be done before a worker wakes up
            for (int round = 0; (best > 0 || alone) && round < 2000; round++) {
                Arrays.fill(allocated, 0);
                Arrays.fill(last, 0);
                for (int i = 0; i < 1000; i++) {
                    team.run(work, parts);
                }
                best = Math.min(best, Arrays.stream(allocated).sum());
                alone = parts > 1 && seen[1] + seen[2] + seen[3] == 0;
            }
            assertEquals(0, best);
        }
        assertTrue(seen[0] > 0 && (parts == 1 || seen[1] + seen[2] + seen[3] > 0), Arrays.toString(seen));
    }

    @Test
    void closeEndsTheThreadsAndIsHarmlessTwice() throws InterruptedException {
        assertEquals(List.of(), workers());
        WorkerTeam team = new WorkerTeam(4);
        assertEquals(List.of("lanewise-worker-1", "lanewise-worker-2", "lanewise-worker-3"), workers());
        team.run((part, worker) -> {
        }, 100);
        team.close();
        assertEquals(List.of(), workers());
        team.close();
        WorkerTeam unused = new WorkerTeam(2);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("lanewise-worker-")) {
                awaitParked(thread);
            }
        }
        Thread.currentThread().interrupt();
        unused.close();
        assertEquals(List.of(), workers());
        assertTrue(Thread.interrupted(), "the flag is kept");
    }

    @Test
    void misuse() {
        for (int threads : new int[]{0, -1, 1025}) {
            assertEquals("WorkerTeam: threads is " + threads + ", expected 1 to 1024",
                    assertThrows(IllegalArgumentException.class, () -> new WorkerTeam(threads)).getMessage());
        }
        WorkerTeam.Work nothing = (part, worker) -> {
        };
        for (int threads : new int[]{1, 3}) {
            WorkerTeam team = new WorkerTeam(threads);
            assertEquals("WorkerTeam(" + threads + ")", team.toString());
            assertEquals("WorkerTeam.run: parts is -1, expected 0 or more",
                    assertThrows(IllegalArgumentException.class, () -> team.run(nothing, -1)).getMessage());
            team.close();
            for (int parts : new int[]{0, 1, 5}) {
                assertEquals("WorkerTeam.run: the team is closed",
                        assertThrows(IllegalStateException.class, () -> team.run(nothing, parts)).getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aPartMayNotUseItsOwnTeam(int threads) {
        String busy = ": the team is running work; a part may not use its own team, nor may two threads at a time";
        try (WorkerTeam team = new WorkerTeam(threads)) {
            for (int inner : new int[]{1, 5}) {
                AtomicInteger refused = new AtomicInteger();
                team.run((part, worker) -> {
                    assertEquals("WorkerTeam.run" + busy, assertThrows(IllegalStateException.class,
                            () -> team.run((p, w) -> refused.set(-1000), inner)).getMessage());
                    assertEquals("WorkerTeam.close" + busy,
                            assertThrows(IllegalStateException.class, team::close).getMessage());
                    refused.incrementAndGet();
                }, 6);
                assertEquals(6, refused.get());
            }
            assertFalse(Thread.interrupted());
        }
    }

    @Test
    void twoThreadsMayNotRunAtATime() throws InterruptedException {
        try (WorkerTeam team = new WorkerTeam(2)) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Thread other = Thread.ofPlatform().start(() -> team.run((part, worker) -> {
                begun.countDown();
                awaitUninterruptibly(release);
            }, 2));
            begun.await();
            assertThrows(IllegalStateException.class, () -> team.run((part, worker) -> {
            }, 2));
            release.countDown();
            other.join();
        }
    }
}
