// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/// Fails a test that leaves native memory open, and undoes what it did to the budget. What the test's own
/// fields allocate counts, too.
public final class NoLeak implements TestInstancePreConstructCallback, AfterEachCallback {
    private long openBytes;
    private long budgetBytes;

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        openBytes = OffHeap.openBytes();
        budgetBytes = OffHeap.budgetBytes();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        OffHeap.setBudgetBytes(budgetBytes);
        assertEquals(openBytes, OffHeap.openBytes(), "native bytes open after the test");
    }
}
