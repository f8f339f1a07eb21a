// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.OffHeapMemoryException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class DatasetTest {
    private static final String OR_IGNORED = ", or -100 (ClassLabels.IGNORED) for a row that does not count";
    private static final float[][] X = {{1, 2}, {3, 4}, {5, 6}};

    @Test
    void everySourceGivesTheSameRows() {
        float[] flat = {1, 2, 3, 4, 5, 6};
        float[] y = {7, 8, 9};
        try (Arena arena = Arena.ofConfined();
                Dataset nested = Dataset.of(X, y);
                Dataset array = Dataset.of(flat, 3, 2, y);
                Dataset heap = Dataset.of(MemorySegment.ofArray(flat), 3, 2, y);
                Dataset nativeMemory = Dataset.of(arena.allocateFrom(ValueLayout.JAVA_FLOAT, flat), 3, 2, y);
                Dataset columns = Dataset.of(X, new float[][]{{7}, {8}, {9}});
                Dataset tables = Dataset.of(FloatMatrix.copyOf(X), FloatMatrix.copyOf(y, 3, 1))) {
            for (Dataset data : new Dataset[]{nested, array, heap, nativeMemory, columns, tables}) {
                assertArrayEquals(X, ((FloatMatrix) data.features()).toArray());
                assertArrayEquals(new float[][]{{7}, {8}, {9}}, ((FloatMatrix) data.targets()).toArray());
                assertEquals(3, data.rows());
                assertEquals(2, data.cols());
                assertEquals(0, data.classes());
                boolean packed = ((FloatMatrix) data.targets()).isPacked();
                assertEquals(3 * 64 + 3 * (packed ? 4 : 64), data.bytesOffHeap());
                assertEquals(data != tables, packed);
                assertEquals("Dataset (3, 2)", data.toString());
            }
        }
    }

    @Test
    void mappedAndReadOnlyMemoryIsCopied(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("floats");
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 24, arena);
            mapped.copyFrom(MemorySegment.ofArray(new float[]{1, 2, 3, 4, 5, 6}));
            try (Dataset data = Dataset.of(mapped.asReadOnly(), 3, 2, new float[3])) {
                mapped.fill((byte) 0);
                assertArrayEquals(X, ((FloatMatrix) data.features()).toArray());
            }
        }
    }

    @Test
    void labelsMakeAClassification() {
        float[] flat = {1, 2, 3, 4, 5, 6};
        int[] labels = {0, 4, 2};
        try (Dataset nested = Dataset.of(X, labels);
                Dataset array = Dataset.of(flat, 3, 2, labels);
                Dataset memory = Dataset.of(MemorySegment.ofArray(flat), 3, 2, labels)) {
            for (Dataset data : new Dataset[]{nested, array, memory}) {
                ClassLabels copy = assertInstanceOf(ClassLabels.class, data.targets());
                assertArrayEquals(labels, new int[]{copy.get(0), copy.get(1), copy.get(2)});
                assertEquals(5, data.classes());
                assertEquals("Dataset (3, 2) with 5 classes", data.toString());
            }
        }
        try (Dataset known = Dataset.of(FloatMatrix.copyOf(X), ClassLabels.copyOf(labels), 7)) {
            assertEquals(7, known.classes());
        }
    }

    static Stream<Arguments> refused() {
        FloatMatrix x = FloatMatrix.wrap(Arena.ofAuto().allocate(3 * 64, 64), 3, 2);
        return Stream.of(
                refused(() -> Dataset.of(X, new float[2]),
                        "Dataset.of: 3 rows of features but 2 targets, expected equal numbers"),
                refused(() -> Dataset.of(X, new int[4]),
                        "Dataset.of: 3 rows of features but 4 targets, expected equal numbers"),
                refused(() -> Dataset.of(X, new int[]{0, 1, -1}),
                        "Dataset.of: label of row 2 is -1, expected a class index, 0 to 2147483646" + OR_IGNORED),
                refused(() -> Dataset.of(X, new int[]{0, Integer.MAX_VALUE, 0}),
                        "Dataset.of: label of row 1 is 2147483647, expected a class index, 0 to 2147483646"
                                + OR_IGNORED),
                refused(() -> Dataset.of(new float[0][], new float[0]),
                        "FloatMatrix: shape is (0, 0), expected at least one row and one column"),
                refused(() -> Dataset.of(X, new int[0]), "ClassLabels: 0 rows given, expected at least 1"),
                refused(() -> Dataset.of(new float[5], 3, 2, new float[3]),
                        "FloatMatrix.copyOf: 20 bytes given, expected 24 for (3, 2) floats"),
                refused(() -> {
                    try (ClassLabels labels = ClassLabels.copyOf(0, 3, 1)) {
                        Dataset.of(x, labels, 3);
                    }
                }, "Dataset.of: label of row 1 is 3, expected 0 to 2 for 3 classes" + OR_IGNORED),
                refused(() -> {
                    try (ClassLabels labels = ClassLabels.copyOf(0, 1, 1)) {
                        Dataset.of(labels, labels);
                    }
                }, "Dataset.of: features are class labels, expected a matrix"),
                refused(() -> withData(data -> data.batches(0)), "Batches: batch size is 0, expected at least 1"),
                refused(() -> withData(data -> data.split(-0.1, 0)),
                        "Dataset.split: test fraction is -0.1, expected 0 or more and less than 1"),
                refused(() -> withData(data -> data.split(1, 0)),
                        "Dataset.split: test fraction is 1.0, expected 0 or more and less than 1"),
                refused(() -> withData(data -> data.split(Double.NaN, 0)),
                        "Dataset.split: test fraction is NaN, expected 0 or more and less than 1"),
                refused(() -> withData(data -> data.split(0.9, 0)), "Dataset.split: test fraction 0.9 of 3 rows "
                        + "leaves no row to train on; give a smaller fraction or more rows"),
                refused(() -> withData(Dataset::select),
                        "FloatMatrix: shape is (0, 2), expected at least one row and one column"));
    }

    private static Arguments refused(Executable call, String message) {
        return Arguments.of(message, call);
    }

    private static void withData(java.util.function.Consumer<Dataset> call) {
        try (Dataset data = Dataset.of(X, new int[]{0, 1, 2})) {
            call.accept(data);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void badArgumentsAreNamedAndLeaveNothingOpen(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void useAfterCloseNamesTheDataset() {
        Dataset data = Dataset.of(X, new int[]{0, 1, 1});
        Batches batches = data.batches(2).shuffle(1);
        assertTrue(batches.iterator().hasNext());
        data.close();
        data.close();
        assertEquals(0, data.bytesOffHeap());
        for (Executable use : new Executable[]{data::features, data::targets, data::fullBatch, () -> data.batches(1),
                () -> data.select(0), () -> data.split(0.5, 0)}) {
            assertEquals("Dataset (3, 2) with 2 classes is closed",
                    assertThrows(IllegalStateException.class, use).getMessage());
        }
        assertEquals("Batches of 2 from 3 rows is closed",
                assertThrows(IllegalStateException.class, batches::iterator).getMessage());
    }

    @Test
    void selectCopiesRowsInTheOrderAskedFor() {
        try (Dataset data = Dataset.of(X, new int[]{0, 1, 2}); Dataset some = data.select(2, 0, 2, 1)) {
            assertArrayEquals(new float[][]{{5, 6}, {1, 2}, {5, 6}, {3, 4}},
                    ((FloatMatrix) some.features()).toArray());
            assertEquals(2, ((ClassLabels) some.targets()).get(2));
            assertEquals(3, some.classes(), "classes are kept even where none is left of one");
            assertThrows(IndexOutOfBoundsException.class, () -> data.select(0, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> data.select(-1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 10, 1000})
    void splitTakesTheFirstOfTheKeyedPermutation(int rows) {
        float[] numbers = new float[rows];
        for (int i = 0; i < rows; i++) {
            numbers[i] = i;
        }
        int testRows = (int) Math.round(0.2 * rows);
        try (Dataset data = Dataset.of(numbers, rows, 1, numbers);
                TrainTest parts = data.split(0.2, 42);
                Arena arena = Arena.ofConfined()) {
            MemorySegment order = arena.allocate(4L * rows, 4);
            RandomStreams.permutation(RandomStreams.stream(42, "split"), order, rows);
            assertEquals(testRows > 0, parts.hasTest());
            assertEquals(rows - testRows, parts.train().rows());
            BitSet seen = new BitSet();
            for (int i = 0; i < rows; i++) {
                Dataset part = i < testRows ? parts.test() : parts.train();
                int row = i < testRows ? i : i - testRows;
                float value = ((FloatMatrix) part.features()).get(row, 0);
                assertEquals(order.getAtIndex(ValueLayout.JAVA_INT, i), value);
                assertEquals(value, ((FloatMatrix) part.targets()).get(row, 0));
                seen.set((int) value);
            }
            assertEquals(rows, seen.cardinality());
        }
    }

    @Test
    void aSplitWithoutTestRowsSaysSo() {
        try (Dataset data = Dataset.of(X, new int[]{0, 1, 2}); TrainTest parts = data.split(0, 5)) {
            assertFalse(parts.hasTest());
            assertEquals("TrainTest.test: there are no test rows; ask hasTest() first",
                    assertThrows(IllegalStateException.class, parts::test).getMessage());
            assertEquals("TrainTest: Dataset (3, 2) with 3 classes and no test rows", parts.toString());
        }
    }

    @Test
    void refusedMemoryLeavesNothingOpen() {
        try (Dataset data = Dataset.of(X, new int[]{0, 1, 2})) {
            long budget = OffHeap.budgetBytes();
            try {
                for (long bytes = 0; bytes < data.bytesOffHeap() + 12; bytes += 4) {
                    OffHeap.setBudgetBytes(OffHeap.openBytes() + bytes);
                    assertThrows(OffHeapMemoryException.class, () -> data.split(0.34, 1).close());
                }
                OffHeap.setBudgetBytes(OffHeap.openBytes() + 3 * 64);
                assertThrows(OffHeapMemoryException.class, () -> Dataset.of(X, new float[3]));
            } finally {
                OffHeap.setBudgetBytes(budget);
            }
            TrainTest parts = data.split(0.34, 1);
            assertTrue(parts.hasTest());
            assertSame(parts.train(), parts.train());
            parts.close();
            parts.close();
        }
    }
}
