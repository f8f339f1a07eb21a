// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/// Refuses what would silently corrupt a model: two threads in it at a time, or two trainers.
///
/// One compare-and-set when a pass begins and one release when it ends: a few nanoseconds a step.
final class UseGuard {
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    private final AtomicReference<@Nullable Object> claimant = new AtomicReference<>();
    private int depth;

    void enter(Module module) {
        Thread me = Thread.currentThread();
        Thread current = user.get();
        if (current == me) {
            depth++;
        } else if (current != null || !user.compareAndSet(null, me)) {
            throw new IllegalStateException(
                    module + " is in use by another thread; give each thread its own model or take turns");
        }
    }

    void exit() {
        if (depth > 0) {
            depth--;
        } else {
            user.setRelease(null);
        }
    }

    void claim(Object owner, Module module) {
        Object current = claimant.compareAndExchange(null, owner);
        if (current != null && !current.equals(owner)) {
            throw new IllegalStateException(module + " is already trained by a " + current.getClass().getSimpleName()
                    + "; close that one first");
        }
    }

    void release(Object owner) {
        claimant.compareAndSet(owner, null);
    }
}
