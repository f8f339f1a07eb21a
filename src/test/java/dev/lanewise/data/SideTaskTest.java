// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SideTaskTest {
    @Test
    void runsOnADaemonOfItsName() throws IOException {
        AtomicReference<Thread> ran = new AtomicReference<>();
        try (SideTask task = SideTask.start("reader", () -> ran.set(Thread.currentThread()))) {
            task.await();
        }
        assertNotSame(Thread.currentThread(), ran.get());
        assertEquals("reader", ran.get().getName());
        assertTrue(ran.get().isDaemon());
        assertFalse(ran.get().isAlive());
    }

    @Test
    void whatItThrowsReachesWhoeverWaits() throws IOException {
        for (Throwable failure : new Throwable[]{new IOException("io"), new IllegalStateException("state"),
                new OutOfMemoryError("heap")}) {
            try (SideTask task = SideTask.start("reader", () -> {
                switch (failure) {
                    case IOException e -> throw e;
                    case RuntimeException e -> throw e;
                    default -> throw (Error) failure;
                }
            })) {
                assertSame(failure, assertThrows(Throwable.class, task::await));
            }
        }
    }

    @Test
    void onceClosedItHasEndedAndAnInterruptIsKept() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        SideTask task = SideTask.start("reader", () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            done.set(true);
        });
        AtomicBoolean kept = new AtomicBoolean();
        Thread waiter = Thread.ofPlatform().start(() -> {
            task.close();
            kept.set(Thread.currentThread().isInterrupted() && done.get());
        });
        waiter.interrupt();
        waiter.join(50);
        assertTrue(waiter.isAlive(), "it waits in spite of the interrupt");
        go.countDown();
        waiter.join();
        assertTrue(kept.get());
    }
}
