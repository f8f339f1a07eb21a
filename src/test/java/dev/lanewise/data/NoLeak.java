// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.OffHeap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test that leaves native memory open.
final class NoLeak implements BeforeEachCallback, AfterEachCallback {
    private long before;

    @Override
    public void beforeEach(ExtensionContext context) {
        before = OffHeap.openBytes();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(before, OffHeap.openBytes(), "native bytes open after the test");
    }
}
