// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("allocation")
class AllocatedBytesTest {
    /// No class of 32 KB or more; the JIT may take a string or two in the name of this thread.
    @Test
    void askingMakesNoClass() {
        long before = AllocatedBytes.now();
        for (int call = 0; call < 500; call++) {
            AllocatedBytes.now();
        }
        long allocated = AllocatedBytes.now() - before;
        assertTrue(allocated < 4096, allocated + " bytes");
    }

    @Test
    void anArrayCounts() {
        long before = AllocatedBytes.now();
        byte[] array = new byte[1000];
        long allocated = AllocatedBytes.now() - before;
        assertTrue(allocated >= array.length && allocated < 2L * array.length, allocated + " bytes");
    }
}
