// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeak.class)
class ParameterSlabTest {
    private static final long PLANE_BYTES = (10 * 32 + 16 + 3 * 16) * 4L;

    private static ParameterSlab slab() {
        ParameterSlab slab = new ParameterSlab("model");
        assertEquals(0, slab.add(10, 17, false));
        assertEquals(1, slab.add(1, 10, false));
        assertEquals(2, slab.add(3, 3, false));
        return slab;
    }

    @Test
    void aParameterHasTheSameOffsetInEveryPlane() {
        try (ParameterSlab slab = slab()) {
            for (int plane : new int[]{ParameterSlab.VALUES, ParameterSlab.GRADIENTS, 5}) {
                long base = slab.view(0, plane).segment().address();
                assertEquals(0, base % 64);
                assertEquals(base + 10 * 32 * 4, slab.view(1, plane).segment().address());
                assertEquals(base + 10 * 32 * 4 + 64, slab.view(2, plane).segment().address());
            }
            assertEquals("FloatMatrix (3, 3)", slab.view(2, 0).toString());
        }
    }

    @Test
    void viewsShareMemoryAndDoNotOverlap() {
        try (ParameterSlab slab = slab()) {
            for (int slot = 0; slot < 3; slot++) {
                RandomTables.fill(slab.view(slot, 1), RandomTables.random(slot));
            }
            for (int slot = 0; slot < 3; slot++) {
                FloatMatrix view = slab.view(slot, 1);
                try (FloatMatrix expected = FloatMatrix.allocate(view.rows(), view.cols())) {
                    RandomTables.fill(expected, RandomTables.random(slot));
                    RandomTables.assertSameBits(expected, view, "slot " + slot);
                }
                view.close();
                view.get(0, 0);
            }
        }
    }

    @Test
    void aPlaneIsAllocatedWhenFirstAskedFor() {
        long before = OffHeap.openBytes();
        try (ParameterSlab slab = slab()) {
            assertEquals(before, OffHeap.openBytes());
            assertEquals(0, slab.bytesOffHeap());
            slab.view(0, ParameterSlab.VALUES);
            slab.view(1, ParameterSlab.VALUES);
            assertEquals(before + PLANE_BYTES, OffHeap.openBytes());
            slab.view(1, 4);
            assertEquals(before + 2 * PLANE_BYTES, OffHeap.openBytes());
            assertEquals(2 * PLANE_BYTES, slab.bytesOffHeap());
            slab.close();
            assertEquals(0, slab.bytesOffHeap());
        }
    }

    @Test
    void aRefusedPlaneCanBeHadLater() {
        try (ParameterSlab slab = slab()) {
            slab.view(0, ParameterSlab.VALUES);
            long budget = OffHeap.budgetBytes();
            OffHeap.setBudgetBytes(0);
            assertMessage(OffHeapMemoryException.class,
                    "gradients of model needs " + PLANE_BYTES
                            + " bytes of native memory, available are 0; use fewer rows or"
                            + " columns, or raise the budget (OffHeap.setBudgetBytes)",
                    () -> slab.view(2, ParameterSlab.GRADIENTS));
            assertEquals(PLANE_BYTES, slab.bytesOffHeap());
            OffHeap.setBudgetBytes(budget);
            assertEquals(0f, slab.view(2, ParameterSlab.GRADIENTS).get(2, 2));
        }
    }

    @Test
    void nothingCanBeAddedAfterTheFirstUse() {
        try (ParameterSlab slab = slab()) {
            slab.view(0, ParameterSlab.VALUES);
            assertMessage(IllegalStateException.class,
                    "model: parameters cannot be added after memory has been allocated", () -> slab.add(1, 1, false));
        }
    }

    @Test
    void useAfterCloseNamesTheModel() {
        ParameterSlab slab = slab();
        FloatMatrix view = slab.view(0, ParameterSlab.VALUES);
        slab.close();
        slab.close();
        assertMessage(IllegalStateException.class, "model is closed", () -> slab.view(0, ParameterSlab.VALUES));
        assertMessage(IllegalStateException.class, "parameters of model is closed", () -> view.get(0, 0));
    }

    @Test
    void noSuchParameter() {
        try (ParameterSlab slab = slab()) {
            assertThrows(IndexOutOfBoundsException.class, () -> slab.view(3, ParameterSlab.VALUES));
            assertMessage(IllegalArgumentException.class,
                    "FloatMatrix: shape is (0, 3), expected at least one row and one column",
                    () -> slab.add(0, 3, false));
        }
    }
}
