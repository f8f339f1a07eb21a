// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

/// Native memory was refused: the budget (or the operating system) does not hold what was asked for. Nothing was
/// allocated.
public final class OffHeapMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long neededBytes;
    private final long availableBytes;

    OffHeapMemoryException(String what, long neededBytes, long availableBytes) {
        super(what + " needs " + neededBytes + " bytes of native memory, available are " + availableBytes
                + "; use fewer rows or columns, or raise the budget (OffHeap.setBudgetBytes)");
        this.neededBytes = neededBytes;
        this.availableBytes = availableBytes;
    }

    /// Bytes asked for.
    public long neededBytes() {
        return neededBytes;
    }

    /// Bytes that were left of the budget.
    public long availableBytes() {
        return availableBytes;
    }
}
