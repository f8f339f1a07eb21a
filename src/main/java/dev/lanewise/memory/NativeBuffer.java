// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One counted block of native memory, zero-filled, starting on a cache line (64 bytes).
///
/// **Ownership**: whoever allocates it closes it; closing twice is harmless. **Threads**: any thread may use and close
/// it; closing stops all threads for a moment, so never close one per batch.
public final class NativeBuffer implements AutoCloseable {
    /// Every buffer starts on a multiple of this many bytes: a cache line, and the widest vector.
    public static final int ALIGNMENT_BYTES = 64;

    private final String name;
    private final Arena arena;
    private final MemorySegment segment;
    private volatile boolean open = true;

    private NativeBuffer(String name, Arena arena, MemorySegment segment) {
        this.name = name;
        this.arena = arena;
        this.segment = segment;
    }

    /// Allocates `bytes` zero bytes for `name`, which appears in messages.
    ///
    /// **Throws** `IllegalArgumentException` if `bytes` is negative, [OffHeapMemoryException] if the budget or the
    /// operating system refuses; nothing is allocated then.
    public static NativeBuffer allocate(String name, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(name + ": size is " + bytes + " bytes, expected 0 or more");
        }
        OffHeap.reserve(bytes, name);
        @SuppressWarnings("MustBeClosedChecker") // close() of the buffer closes it
        Arena arena = Arena.ofShared();
        try {
            return new NativeBuffer(name, arena, arena.allocate(bytes, ALIGNMENT_BYTES));
        } catch (OutOfMemoryError e) { // the operating system refused: the JVM itself is well
            arena.close();
            OffHeap.release(bytes);
            OffHeapMemoryException refused = new OffHeapMemoryException(name, bytes, 0);
            refused.initCause(e);
            throw refused;
        }
    }

    /// The memory; its size is exactly what was asked for.
    ///
    /// **Throws** `IllegalStateException` after [#close].
    public MemorySegment segment() {
        checkOpen();
        return segment;
    }

    void checkOpen() {
        if (!open) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    /// Whether [#close] has not been called yet.
    public boolean isOpen() {
        return open;
    }

    /// **Throws** `IllegalStateException` while the operating system reads or writes it; it stays open then.
    @Override
    public synchronized void close() {
        if (open) {
            open = false; // first, so that other threads learn its name and not only that some memory is closed
            try {
                arena.close();
            } catch (IllegalStateException e) {
                open = true;
                throw e;
            }
            OffHeap.release(segment.byteSize());
        }
    }
}
