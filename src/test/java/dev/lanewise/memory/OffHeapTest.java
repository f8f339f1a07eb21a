// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Pipe;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeak.class)
class OffHeapTest {
    @Test
    void everyOpenByteIsCounted() {
        long before = OffHeap.openBytes();
        FloatMatrix m = FloatMatrix.allocate(10, 17);
        assertEquals(before + 10 * 32 * 4, OffHeap.openBytes());
        ClassLabels labels = ClassLabels.allocate(10);
        assertEquals(before + 10 * 32 * 4 + 40, OffHeap.openBytes());
        m.close();
        m.close();
        assertEquals(before + 40, OffHeap.openBytes());
        labels.close();
        labels.close();
        assertEquals(before, OffHeap.openBytes());
    }

    @Test
    void theFirstBudgetIsSomeOfTheMachine() {
        assertTrue(OffHeap.budgetBytes() >= 1 << 20, "budget is " + OffHeap.budgetBytes());
    }

    @Test
    void beyondTheBudgetNothingIsAllocated() {
        long open = OffHeap.openBytes();
        OffHeap.setBudgetBytes(open + 1000);
        OffHeapMemoryException refused = assertThrows(OffHeapMemoryException.class, () -> FloatMatrix.allocate(16, 16));
        assertEquals("FloatMatrix (16, 16) needs 1024 bytes of native memory, available are 1000; use fewer rows or"
                + " columns, or raise the budget (OffHeap.setBudgetBytes)", refused.getMessage());
        assertEquals(1024, refused.neededBytes());
        assertEquals(1000, refused.availableBytes());
        assertEquals(open, OffHeap.openBytes());
        OffHeap.setBudgetBytes(open + 1024);
        FloatMatrix.allocate(16, 16).close();
    }

    @Test
    void aBudgetBelowWhatIsOpenLeavesNothingAvailable() {
        try (FloatMatrix m = FloatMatrix.allocate(16, 16)) {
            OffHeap.setBudgetBytes(0);
            m.set(0, 0, 1);
            assertEquals(0, assertThrows(OffHeapMemoryException.class, () -> ClassLabels.allocate(1)).availableBytes());
        }
    }

    @Test
    void negativeBudget() {
        assertMessage(IllegalArgumentException.class,
                "OffHeap.setBudgetBytes: bytes is -1, expected 0 or more", () -> OffHeap.setBudgetBytes(-1));
    }

    @Test
    void moreThanALongOfBytesIsRefused() {
        OffHeap.setBudgetBytes(Long.MAX_VALUE);
        try (ClassLabels _ = ClassLabels.allocate(1)) {
            assertThrows(OffHeapMemoryException.class, () -> NativeBuffer.allocate("big", Long.MAX_VALUE));
        }
    }

    @Test
    void whatTheOperatingSystemRefusesIsNotCounted() {
        OffHeap.setBudgetBytes(Long.MAX_VALUE);
        for (long bytes : new long[]{1L << 62, Long.MAX_VALUE - 70, Long.MAX_VALUE - 10}) {
            long open = OffHeap.openBytes();
            OffHeapMemoryException refused = assertThrows(OffHeapMemoryException.class,
                    () -> NativeBuffer.allocate("big", bytes - open));
            assertEquals("big needs " + (bytes - open) + " bytes of native memory, available are 0; use fewer rows or"
                    + " columns, or raise the budget (OffHeap.setBudgetBytes)", refused.getMessage());
            assertEquals(open, OffHeap.openBytes());
        }
    }

    @Test
    void aShapeBeyondALongOfBytes() {
        assertMessage(IllegalArgumentException.class,
                "FloatMatrix: shape is (2147483647, 2147483632), which takes more bytes than a long can count",
                () -> FloatMatrix.allocate(Integer.MAX_VALUE, Integer.MAX_VALUE - 15));
    }

    @Test
    @Timeout(60)
    void aRefusalElsewhereRefusesNobodyElse() {
        OffHeap.setBudgetBytes(OffHeap.openBytes() + 10_000);
        CompletableFuture<Void> greedy = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 20_000; i++) {
                assertThrows(OffHeapMemoryException.class, () -> OffHeap.reserve(20_000, "greedy"));
            }
        });
        while (!greedy.isDone()) {
            OffHeap.reserve(64, "modest");
            OffHeap.release(64);
        }
        assertNull(greedy.join());
    }

    @Test
    void negativeSize() {
        assertMessage(IllegalArgumentException.class, "x: size is -4 bytes, expected 0 or more",
                () -> NativeBuffer.allocate("x", -4));
    }

    @Test
    void anEmptyBufferIsABuffer() {
        try (NativeBuffer empty = NativeBuffer.allocate("empty", 0)) {
            assertEquals(0, empty.segment().byteSize());
        }
    }

    @Test
    void aBufferIsOpenUntilClosed() {
        NativeBuffer buffer = NativeBuffer.allocate("scratch", 128);
        assertTrue(buffer.isOpen());
        assertEquals(0, buffer.segment().address() % NativeBuffer.ALIGNMENT_BYTES);
        assertArrayIsZero(buffer.segment());
        buffer.close();
        buffer.close();
        assertFalse(buffer.isOpen());
        assertMessage(IllegalStateException.class, "scratch is closed", buffer::segment);
    }

    private static void assertArrayIsZero(MemorySegment memory) {
        assertEquals(0, Arrays.stream(memory.toArray(ValueLayout.JAVA_LONG)).filter(v -> v != 0).count());
    }

    @Test
    @Timeout(60)
    void aBufferThatCannotBeClosedStaysOpen() throws IOException, InterruptedException {
        Pipe pipe = Pipe.open();
        NativeBuffer buffer = NativeBuffer.allocate("busy", 64);
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                pipe.source().read(buffer.segment().asByteBuffer());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        while (Arrays.stream(reader.getStackTrace()).noneMatch(f -> f.getMethodName().equals("read0"))) {
            Thread.onSpinWait();
        }
        assertInstanceOf(IllegalStateException.class, assertThrows(RuntimeException.class, buffer::close));
        assertTrue(buffer.isOpen());
        pipe.sink().close();
        reader.join();
        buffer.close();
        pipe.source().close();
    }
}
