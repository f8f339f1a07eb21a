// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.util.concurrent.atomic.AtomicLong;

/// The account of all native memory that Lanewise holds.
///
/// The JVM neither limits nor shows what arenas allocate (`-XX:MaxDirectMemorySize` does not apply), so every
/// allocation is counted here first and refused when it would pass the budget: before anything is allocated, not after
/// the container has been killed.
///
/// **Threads**: safe for any number.
public final class OffHeap {
    private static final AtomicLong OPEN_BYTES = new AtomicLong();
    private static final AtomicLong BUDGET_BYTES = new AtomicLong(MachineMemory.bytes());

    private OffHeap() {
    }

    /// Bytes of native memory open now, in this JVM; 0 after every owner has been closed.
    public static long openBytes() {
        return OPEN_BYTES.get();
    }

    /// Bytes that may be open at one time; at first the memory of the machine or its container.
    public static long budgetBytes() {
        return BUDGET_BYTES.get();
    }

    /// Sets the budget; what is open already stays open.
    ///
    /// **Throws** `IllegalArgumentException` if `bytes` is negative.
    public static void setBudgetBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("OffHeap.setBudgetBytes: bytes is " + bytes + ", expected 0 or more");
        }
        BUDGET_BYTES.set(bytes);
    }

    /// Counts `bytes` for `what`. Nothing is counted while it is being refused, so that a refusal here cannot refuse
    /// another thread.
    static void reserve(long bytes, String what) {
        while (true) {
            long open = OPEN_BYTES.get();
            long available = Math.max(0, BUDGET_BYTES.get() - open);
            if (bytes > available) {
                throw new OffHeapMemoryException(what, bytes, available);
            }
            if (OPEN_BYTES.compareAndSet(open, open + bytes)) {
                return;
            }
        }
    }

    static void release(long bytes) {
        OPEN_BYTES.addAndGet(-bytes);
    }
}
