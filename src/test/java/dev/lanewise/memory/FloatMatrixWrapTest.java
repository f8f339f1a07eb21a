// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeak.class)
class FloatMatrixWrapTest {
    private static final String EXPECTED = " given, expected 128 bytes of writable native memory on a 64-byte boundary"
            + " for (2, 3), rows padded to 16 floats; FloatMatrix.copyOf takes any memory";

    @Test
    void sharesTheCallersMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(128, 64);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 17, 5);
            long before = OffHeap.openBytes();
            FloatMatrix m = FloatMatrix.wrap(memory, 2, 3);
            assertSame(memory, m.segment());
            assertEquals(5f, m.get(1, 1));
            m.set(0, 2, 7);
            assertEquals(7f, memory.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
            assertEquals(before, OffHeap.openBytes(), "the memory of others is not counted");
            m.close();
            assertEquals(7f, m.get(0, 2), "closing a wrapper frees nothing");
        }
    }

    @Test
    void theCallerMayCloseTooEarly() {
        FloatMatrix m;
        try (Arena arena = Arena.ofConfined()) {
            m = FloatMatrix.wrap(arena.allocate(128, 64), 2, 3);
        }
        String message = "FloatMatrix (2, 3) is closed: its memory has been freed by its owner";
        assertMessage(IllegalStateException.class, message, () -> m.get(0, 0));
        assertMessage(IllegalStateException.class, message, m::segment);
    }

    @Test
    void confinedMemoryStaysWithItsThread() {
        try (Arena arena = Arena.ofConfined()) {
            FloatMatrix m = FloatMatrix.wrap(arena.allocate(128, 64), 2, 3);
            CompletableFuture.runAsync(() -> assertThrows(WrongThreadException.class, () -> m.get(0, 0))).join();
        }
    }

    @Test
    void heapMemory() {
        assertMessage(IllegalArgumentException.class, "FloatMatrix.wrap: heap memory" + EXPECTED,
                () -> FloatMatrix.wrap(MemorySegment.ofArray(new float[32]), 2, 3));
    }

    @Test
    void mappedMemory(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("m"), new byte[128]);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped = channel.map(MapMode.READ_WRITE, 0, 128, arena);
            assertMessage(IllegalArgumentException.class, "FloatMatrix.wrap: a file mapping" + EXPECTED,
                    () -> FloatMatrix.wrap(mapped, 2, 3));
            try (FloatMatrix copy = FloatMatrix.copyOf(mapped, 4, 8)) {
                assertEquals(0f, copy.get(3, 7), "a mapping can be copied");
            }
        }
    }

    @Test
    void readOnlyMisalignedAndWrongSize() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(192, 64);
            assertMessage(IllegalArgumentException.class, "FloatMatrix.wrap: read-only memory" + EXPECTED,
                    () -> FloatMatrix.wrap(memory.asSlice(0, 128).asReadOnly(), 2, 3));
            assertMessage(IllegalArgumentException.class, "FloatMatrix.wrap: memory not aligned to 64 bytes" + EXPECTED,
                    () -> FloatMatrix.wrap(memory.asSlice(4, 128), 2, 3));
            assertMessage(IllegalArgumentException.class, "FloatMatrix.wrap: 192 bytes" + EXPECTED,
                    () -> FloatMatrix.wrap(memory, 2, 3));
            assertMessage(IllegalArgumentException.class, "FloatMatrix.wrap: 24 bytes" + EXPECTED,
                    () -> FloatMatrix.wrap(memory.asSlice(0, 24), 2, 3));
            assertMessage(IllegalArgumentException.class,
                    "FloatMatrix: shape is (0, 3), expected at least one row and one column",
                    () -> FloatMatrix.wrap(memory, 0, 3));
        }
    }

    @Test
    void paddingThatIsNotPositiveZero() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(128, 64);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 16 + 15, -0f);
            assertMessage(IllegalArgumentException.class,
                    "FloatMatrix.wrap: padding of row 1 at column 15 is not +0.0; fill the padding with zeros",
                    () -> FloatMatrix.wrap(memory, 2, 3));
        }
    }
}
