// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Removes an unfinished file if the JVM is told to end (SIGTERM, SIGINT, `System.exit`) before this is closed.
final class RemovedAtExit implements AutoCloseable {
    private final Thread hook;

    RemovedAtExit(Path file) {
        hook = new Thread(() -> remove(file), "lanewise-remove-unfinished");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            remove(file); // the JVM is ending already
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // there is nobody left to tell
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending, and the hook at work: what it was to remove may have its final name by now
        }
    }
}
