// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("allocation")
class AllocatedBytesTest {
    /// Not so often that the JIT compiles this method for it: asking for that can take the bytes of a string or two.
    @Test
    void askingAllocatesNothing() {
        long before = AllocatedBytes.now();
        for (int call = 0; call < 500; call++) {
            AllocatedBytes.now();
        }
        assertEquals(before, AllocatedBytes.now());
    }

    @Test
    void anArrayCounts() {
        long before = AllocatedBytes.now();
        byte[] array = new byte[1000];
        long allocated = AllocatedBytes.now() - before;
        assertTrue(allocated >= array.length && allocated < 2L * array.length, allocated + " bytes");
    }
}
