// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reading on a thread of its own beside the thread that starts it. Once closed the thread has ended, whatever happened
/// to either.
final class SideTask implements AutoCloseable {
    private final Thread thread;
    private @Nullable Throwable failure; // written by the thread, read after join

    /// What is done on the side.
    interface Work {
        void run() throws IOException;
    }

    private SideTask(String name, Work work) {
        thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
            }
        });
    }

    static SideTask start(String name, Work work) {
        SideTask task = new SideTask(name, work);
        task.thread.start();
        return task;
    }

    /// Waits for the end and throws what the work threw.
    void await() throws IOException {
        close();
        switch (failure) {
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {
            }
        }
    }

    /// Waits for the end. An interrupt does not end the reading, which is short, but is passed on.
    @Override
    public void close() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
