// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active kernels for rows of data against their scalar specification, bit for bit.
@Tag("lanes")
class DataTwinTest {
    private static final int TABLE_ROWS = 9;
    private static final int ROWS_BEFORE = 2;
    private static final int ROWS_BEHIND = 1;
    private static final int FROM = 1;
    private static final int FIRST = 1;

    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private interface Call {
        void run(MemorySegment to, int toStride, MemorySegment index, int rows);
    }

    /// The destination after `call`, poisoned before: two rows in front, one behind, and `slack` columns beyond the
    /// padding of each row are not to be written.
    private static float[] result(GuardedMemory memory, int rows, int toStride, int[] index, Call call) {
        float[] poison = new float[(ROWS_BEFORE + rows + ROWS_BEHIND) * toStride];
        Arrays.fill(poison, -77f);
        MemorySegment to = memory.floats(poison);
        call.run(to, toStride, memory.ints(index), rows);
        return GuardedMemory.read(to);
    }

    private static void assertWritten(float[] to, int toStride, int rows, int cols, String what) {
        int padded = LinearCase.padded(cols);
        for (int i = 0; i < to.length; i++) {
            int row = i / toStride - ROWS_BEFORE;
            boolean outside = row < 0 || row >= rows || i % toStride >= padded;
            if (outside) {
                assertEquals(-77f, to[i], what + ": float " + i + " is not for this call to write");
            } else if (i % toStride >= cols) {
                assertEquals(0, Float.floatToRawIntBits(to[i]), what + ": padding at float " + i);
            }
        }
    }

    @Test
    void everyByteIsWidenedToTheFloatOfTheSpecification() {
        byte[] all = new byte[256];
        for (int b = 0; b < 256; b++) {
            all[b] = (byte) b;
        }
        for (float scale : new float[]{1f / 255f, 1f, 1f / 16f, 0.1f, Float.MIN_VALUE, 1e37f}) {
            try (GuardedMemory memory = new GuardedMemory()) {
                MemorySegment to = memory.floats(256);
                Kernels.DATA.widen(to, 256, 0, memory.bytes(all, 1, 256, 256), 256, memory.ints(), 0, 0, 1, 256, scale);
                for (int b = 0; b < 256; b++) {
                    assertEquals(Float.floatToRawIntBits((float) b * scale),
                            Float.floatToRawIntBits(GuardedMemory.read(to)[b]), b + " * " + scale);
                }
                memory.assertGuardsIntact("scale " + scale);
            }
        }
    }

    @Test
    void anyShapeAndAnyPartOfABatch() {
        for (int rows : new int[]{1, 2, 3, 7}) {
            for (int cols : new int[]{1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 257, 784, 1021}) {
                RandomGenerator random = RandomStreams.stream(Floats.seed(), "DataTwinTest", rows, cols);
                int[] index = cols % 2 == 0 ? new int[0]
                        : random.ints(FROM + FIRST + rows, 0, TABLE_ROWS).toArray();
                int toStride = LinearCase.padded(cols) + 16 * random.nextInt(2);
                String what = rows + " rows, " + cols + " columns, index " + Arrays.toString(index);
                byte[] bytes = new byte[TABLE_ROWS * cols];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
                float[] floats = Floats.withSpecial(random, TABLE_ROWS * cols, 20);
                try (GuardedMemory memory = new GuardedMemory()) {
                    int byteStride = (cols + 63) & -64;
                    MemorySegment table = memory.bytes(bytes, TABLE_ROWS, cols, byteStride);
                    compare(memory, rows, cols, toStride, index, "widen of " + what,
                            kernels -> (to, stride, entries, n) -> kernels.widen(to, stride, ROWS_BEFORE, table,
                                    byteStride, entries, FROM, FIRST, n, cols, 1f / 255f));
                    int xStride = LinearCase.padded(cols) + 16;
                    MemorySegment x = memory.matrix(floats, TABLE_ROWS, cols, xStride, 0f);
                    compare(memory, rows, cols, toStride, index, "gather of " + what,
                            kernels -> (to, stride, entries, n) -> kernels.gather(to, stride, ROWS_BEFORE, x, xStride,
                                    entries, FROM, FIRST, n, cols));
                    memory.assertGuardsIntact(what);
                }
            }
        }
    }

    @Test
    void aColumnWithoutPaddingIsSpreadOrCopied() {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "DataTwinTest column");
        for (int rows : new int[]{1, 2, 7}) {
            for (int toStride : new int[]{1, 16}) {
                for (int[] index : new int[][]{{}, random.ints(FROM + FIRST + rows, 0, TABLE_ROWS).toArray()}) {
                    float[] floats = Floats.withSpecial(random, TABLE_ROWS, 20);
                    try (GuardedMemory memory = new GuardedMemory()) {
                        MemorySegment x = memory.floats(floats);
                        String what = rows + " rows, stride " + toStride + ", index " + Arrays.toString(index);
                        float[] expected = new float[(ROWS_BEFORE + rows + ROWS_BEHIND) * toStride];
                        Arrays.fill(expected, -77f);
                        for (int r = 0; r < rows; r++) {
                            int row = FROM + FIRST + r;
                            expected[(ROWS_BEFORE + r) * toStride] = floats[index.length == 0 ? row : index[row]];
                        }
                        for (DataKernels kernels : new DataKernels[]{new ScalarKernels().data(), Kernels.DATA}) {
                            Floats.assertSameBits(expected, result(memory, rows, toStride, index,
                                    (to, stride, entries, n) -> kernels.gather(to, stride, ROWS_BEFORE, x, 1, entries,
                                            FROM, FIRST, n, 1)),
                                    what);
                        }
                        memory.assertGuardsIntact(what);
                    }
                }
            }
        }
    }

    private interface Operation {
        Call by(DataKernels kernels);
    }

    private static void compare(GuardedMemory memory, int rows, int cols, int toStride, int[] index, String what,
            Operation operation) {
        float[] expected = result(memory, rows, toStride, index, operation.by(new ScalarKernels().data()));
        float[] actual = result(memory, rows, toStride, index, operation.by(Kernels.DATA));
        Floats.assertSameBits(expected, actual, what);
        assertWritten(actual, toStride, rows, cols, what);
    }
}
