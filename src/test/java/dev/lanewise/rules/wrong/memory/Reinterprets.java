// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.memory;

import java.lang.foreign.MemorySegment;

/// Breaks the rule that memory stays checked.
public final class Reinterprets {
    @SuppressWarnings("restricted")
    static MemorySegment larger(MemorySegment memory) {
        return memory.reinterpret(1024);
    }
}
