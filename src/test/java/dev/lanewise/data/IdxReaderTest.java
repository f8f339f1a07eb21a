// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static dev.lanewise.data.IdxBytes.concat;
import static dev.lanewise.data.IdxBytes.counting;
import static dev.lanewise.data.IdxBytes.cut;
import static dev.lanewise.data.IdxBytes.gzip;
import static dev.lanewise.data.IdxBytes.idx;
import static dev.lanewise.data.IdxBytes.images;
import static dev.lanewise.data.IdxBytes.labels;
import static dev.lanewise.data.IdxBytes.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.OffHeapMemoryException;
import dev.lanewise.memory.RandomTables;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class IdxReaderTest {
    private static final byte[] THREE = labels(0, 2, 1);

    @TempDir
    Path dir;

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(dir.resolve(name), content);
    }

    private String messageOf(IOException e) {
        return String.valueOf(e.getMessage()).replace(dir + "/", "");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsPlainAndGzipByContent(boolean packed) throws IOException {
        byte[] images = images(3);
        Path imageFile = write("images", packed ? gzip(images) : images);
        Path labelFile = write("labels.gz", packed ? THREE : gzip(THREE));
        try (Dataset data = IdxReader.read(imageFile, labelFile)) {
            assertEquals("Dataset (3, 6) with 3 classes", data.toString());
            for (int r = 0; r < 3; r++) {
                for (int c = 0; c < 6; c++) {
                    assertEquals((6 * r + c) * (1f / 255f), ((FloatMatrix) data.features()).get(r, c));
                }
            }
            assertEquals(2, ((ClassLabels) data.targets()).get(1));
        }
        try (Dataset data = IdxReader.read(imageFile, labelFile, 7);
                Dataset bytes = IdxReader.read(imageFile, labelFile, FeatureStorage.BYTES)) {
            assertEquals(7, data.classes());
            assertEquals(3, bytes.classes());
            assertSameFeatures(data, bytes);
        }
    }

    private static void assertSameFeatures(Dataset floats, Dataset bytes) {
        try (FloatMatrix widened = ((ByteMatrix) bytes.features()).toFloats()) {
            RandomTables.assertSameBits((FloatMatrix) floats.features(), widened, "features");
        }
        ClassLabels expected = (ClassLabels) floats.targets();
        ClassLabels actual = (ClassLabels) bytes.targets();
        assertArrayEquals(expected.segment().toArray(ValueLayout.JAVA_INT),
                actual.segment().toArray(ValueLayout.JAVA_INT), "labels");
    }

    @ParameterizedTest
    @CsvSource({"70000, 1, 1", "700, 19, 20", "130, 64, 64", "3, 400, 700"})
    void filesOfManyChunks(int items, int height, int width) throws IOException {
        int cols = height * width;
        byte[] body = new byte[items * cols];
        RandomTables.random(41).nextBytes(body);
        int[] classes = new int[items];
        for (int i = 0; i < items; i++) {
            classes[i] = i * 31 % 7;
        }
        Path images = write("images", gzip(idx(new int[]{items, height, width}, body)));
        Path labels = write("labels", labels(classes));
        try (Dataset floats = IdxReader.read(images, labels, 7);
                Dataset bytes = IdxReader.read(images, labels, 7, FeatureStorage.BYTES)) {
            assertSameFeatures(floats, bytes);
            ByteMatrix x = (ByteMatrix) bytes.features();
            for (int i = 0; i < body.length; i++) {
                if ((body[i] & 0xFF) != x.getByte(i / cols, i % cols)) {
                    assertEquals(body[i] & 0xFF, x.getByte(i / cols, i % cols), "byte " + i);
                }
            }
            assertEquals(classes[items - 1], ((ClassLabels) bytes.targets()).get(items - 1));
            assertEquals(items * (long) x.stride() + 4L * items, bytes.bytesOffHeap());
        }
    }

    @Test
    void aBadTestSetIsNamedAndAWorseTrainingSetFirst() throws IOException {
        write("train-labels-idx1-ubyte", THREE);
        write("train-images-idx3-ubyte", images(3));
        write("t10k-labels-idx1-ubyte", labels(1, 1));
        byte[] damaged = gzip(images(2));
        write("t10k-images-idx3-ubyte", with(damaged, -8, damaged[damaged.length - 8] ^ 1));
        String problem = ": gzip data is damaged: the checksum or the length does not fit, expected an intact file";
        for (FeatureStorage storage : FeatureStorage.values()) {
            assertEquals("t10k-images-idx3-ubyte" + problem,
                    messageOf(assertThrows(DataFormatException.class, () -> IdxReader.read(dir, storage))));
        }
        damaged = gzip(images(3));
        write("train-images-idx3-ubyte", with(damaged, -8, damaged[damaged.length - 8] ^ 1));
        assertEquals("train-images-idx3-ubyte" + problem,
                messageOf(assertThrows(DataFormatException.class, () -> IdxReader.read(dir))));
    }

    @Test
    void everyByteIsScaledByMultiplication() throws IOException {
        Path images = write("images", idx(new int[]{2, 16, 16}, concat(counting(256), counting(256))));
        try (Dataset data = IdxReader.read(images, write("labels", labels(0, 1)))) {
            float[] row = ((FloatMatrix) data.features()).row(1);
            for (int b = 0; b < 256; b++) {
                assertEquals(b * (1f / 255f), row[b]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-idx%d-ubyte", ".idx%d-ubyte", "-idx%d-ubyte.gz", ".idx%d-ubyte.gz"})
    void findsTheFourFilesOfMnist(String form) throws IOException {
        write("train-images" + form.formatted(3), images(3));
        write("train-labels" + form.formatted(1), THREE);
        write("t10k-images" + form.formatted(3), gzip(images(2)));
        write("t10k-labels" + form.formatted(1), gzip(labels(1, 1)));
        try (TrainTest data = IdxReader.read(dir);
                Dataset test = IdxReader.readTest(dir, 10);
                TrainTest bytes = IdxReader.read(dir, FeatureStorage.BYTES);
                Dataset testBytes = IdxReader.readTest(dir, 10, FeatureStorage.BYTES)) {
            assertSameFeatures(data.train(), bytes.train());
            assertSameFeatures(data.test(), bytes.test());
            assertSameFeatures(test, testBytes);
            assertEquals("TrainTest: Dataset (3, 6) with 3 classes and Dataset (2, 6) with 3 classes",
                    data.toString());
            assertEquals("Dataset (2, 6) with 10 classes", test.toString());
        }
    }

    @Test
    void moreThanTenClassesNeedExamplesEverywhere() throws IOException {
        Path images = write("train-images-idx3-ubyte", images(12));
        int[] twelve = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        Path labels = write("train-labels-idx1-ubyte", labels(twelve));
        write("t10k-images-idx3-ubyte", images(2));
        write("t10k-labels-idx1-ubyte", labels(11, 10));
        try (TrainTest data = IdxReader.read(dir)) {
            assertEquals(12, data.train().classes());
        }
        write("t10k-labels-idx1-ubyte", labels(0, 10));
        assertEquals("train-labels-idx1-ubyte:12: label is out of range (got '11'), expected 0 to 10 for 11 classes "
                + "(more classes need examples in both label files)",
                messageOf(assertThrows(DataFormatException.class, () -> IdxReader.read(dir))));
        twelve[9] = 200;
        write("train-labels-idx1-ubyte", labels(twelve));
        DataFormatException e = assertThrows(DataFormatException.class, () -> IdxReader.read(images, labels));
        assertEquals("train-labels-idx1-ubyte:10: label is out of range (got '200'), expected 0 to 11 for 12 classes "
                + "(more classes need examples of each)", messageOf(e));
        assertEquals(10, e.row());
        assertEquals("200", e.value().orElseThrow());
    }

    static Stream<Arguments> badImages() {
        byte[] good = images(3);
        byte[] little = concat(new byte[]{0, 0, 8, 3}, new byte[]{3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0}, counting(18));
        byte[] packed = gzip(good);
        return Stream.of(
                bad("empty", new byte[0], "not an IDX file, expected it to begin with the bytes 00 00 08 03"),
                bad("3 bytes", new byte[]{0, 0, 8}, "not an IDX file, expected it to begin with the bytes 00 00 08 03"),
                bad("text", "a,b,c\n1,2,3\n".getBytes(StandardCharsets.US_ASCII),
                        "not an IDX file, expected it to begin with the bytes 00 00 08 03, found 61 2c 62 2c"),
                bad("PNG", new byte[]{(byte) 0x89, 'P', 'N', 'G', 13, 10},
                        "not an IDX file, looks like a PNG image, "
                                + "expected it to begin with the bytes 00 00 08 03, found 89 50 4e 47"),
                bad("little-endian magic", with(with(with(with(good, 0, 3), 1, 8), 2, 0), 3, 0),
                        "not an IDX file, looks like little-endian numbers, "
                                + "expected it to begin with the bytes 00 00 08 03, found 03 08 00 00"),
                bad("unknown type", with(good, 2, 0x0A), "element type 0x0A (unknown), expected 0x08 (unsigned byte); "
                        + "the others, 0x09, 0x0B, 0x0C, 0x0D and 0x0E, are not supported"),
                bad("doubles", with(good, 2, 0x0E), "element type 0x0E (double), expected 0x08 (unsigned byte); "
                        + "the others, 0x09, 0x0B, 0x0C, 0x0D and 0x0E, are not supported"),
                bad("no dimension", with(good, 3, 0), "0 dimensions, expected 3 (images, rows, columns)"),
                bad("255 dimensions", with(good, 3, 255), "255 dimensions, expected 3 (images, rows, columns)"),
                bad("labels", THREE,
                        "1 dimension, expected 3 (images, rows, columns); are images and labels swapped?"),
                bad("header cut", cut(good, 15), "the header ends after 15 bytes, expected 16 bytes"),
                bad("zero images", idx(new int[]{0, 2, 3}), "a dimension is 0 in 0 x 2 x 3, expected at least 1"),
                bad("zero rows", idx(new int[]{3, 0, 3}), "a dimension is 0 in 3 x 0 x 3, expected at least 1"),
                bad("negative as int", idx(new int[]{0x80000000, 1, 1}),
                        "dimensions 2147483648 x 1 x 1 make 2147483664 bytes, expected the 16 bytes of the file"),
                bad("overflow of 31 bits", idx(new int[]{60000, 40000, 1}),
                        "dimensions 60000 x 40000 x 1 make 2400000016 bytes, expected the 16 bytes of the file"),
                bad("overflow of 63 bits", idx(new int[]{-1, -1, -1}),
                        "dimensions 4294967295 x 4294967295 x 4294967295 overflow 63 bits, expected a file of that size"),
                bad("little-endian dimensions", little, "dimensions 50331648 x 33554432 x 50331648 overflow 63 bits, "
                        + "expected a file of that size; are the numbers little-endian?"),
                bad("shorter", cut(good, 33), "dimensions 3 x 2 x 3 make 34 bytes, expected the 33 bytes of the file"),
                bad("longer", concat(good, new byte[1]),
                        "dimensions 3 x 2 x 3 make 34 bytes, expected the 35 bytes of the file"),
                bad("another count", images(4), "4 images, expected as many as the 3 labels in labels"),
                bad("gzip, shorter", gzip(cut(good, 33)), "ends after 33 bytes, expected 34 for dimensions 3 x 2 x 3"),
                bad("gzip, longer", gzip(concat(good, new byte[9])),
                        "has more than the 34 bytes of its dimensions 3 x 2 x 3, expected nothing behind the last item"),
                bad("gzip, header cut", gzip(cut(good, 15)), "the header ends after 15 bytes, expected 16 bytes"),
                bad("gzip, cut", cut(packed, packed.length - 9),
                        "gzip data ends in the middle, expected a complete file"),
                bad("gzip, trailer cut", cut(packed, packed.length - 1),
                        "gzip data ends in the middle, expected a complete file"),
                bad("gzip, header alone", cut(packed, 7), "gzip data ends in the middle, expected a complete file"),
                bad("gzip, wrong checksum", with(packed, -8, packed[packed.length - 8] ^ 1),
                        "gzip data is damaged: the checksum or the length does not fit, expected an intact file"),
                bad("gzip, wrong length", with(packed, -4, 99),
                        "gzip data is damaged: the checksum or the length does not fit, expected an intact file"),
                bad("gzip, bad block", with(packed, 10, 7),
                        "gzip data is damaged: invalid block type, expected an intact file"),
                bad("gzip, unknown method", with(packed, 2, 7),
                        "gzip data is damaged: the header is not of the known kind, expected an intact file"),
                bad("second member", concat(packed, gzip(new byte[5])), "a second gzip member follows the first, "
                        + "expected one gzip member and nothing behind it"),
                bad("garbage behind", concat(packed, new byte[]{1}),
                        "bytes follow the gzip data, expected one gzip member and nothing behind it"),
                bad("garbage that ends like the length", concat(packed, new byte[]{34, 0, 0, 0}),
                        "bytes follow the gzip data, expected one gzip member and nothing behind it"),
                bad("gzip claiming a terabyte", gzip(idx(new int[]{1 << 20, 1 << 10, 1 << 10})),
                        "dimensions 1048576 x 1024 x 1024 make 1099511627792 bytes, "
                                + "expected at most 31992 from 31 bytes of gzip"));
    }

    private static Arguments bad(String name, byte[] images, String message) {
        return Arguments.of(name, images, "images: " + message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badImages")
    void badImagesAreNamedAndRefused(String name, byte[] images, String message) throws IOException {
        Path imageFile = write("images", images);
        Path labelFile = write("labels", THREE);
        assertEquals(message,
                messageOf(assertThrows(DataFormatException.class, () -> IdxReader.read(imageFile, labelFile))), name);
    }

    static Stream<Arguments> badLabels() {
        return Stream.of(
                bad(images(3), 0, "labels: 3 dimensions, expected 1 (labels); are images and labels swapped?"),
                bad(labels(0, 1), 0, "images: 3 images, expected as many as the 2 labels in labels"),
                bad(labels(0, 3, 1), 3, "labels:2: label is out of range (got '3'), expected 0 to 2 for 3 classes"),
                bad(labels(0, 1, 255), 10,
                        "labels:3: label is out of range (got '255'), expected 0 to 9 for 10 classes"),
                bad(labels(0, 1, 255), 0, "labels:3: label is out of range (got '255'), expected 0 to 9 for 10 classes "
                        + "(more classes need examples of each)"),
                bad(labels(3, 3, 3), 0, "labels: only one class: 3, expected labels of at least 2 classes"),
                bad(gzip(cut(THREE, 10)), 0, "labels: ends after 10 bytes, expected 11 for dimensions 3"));
    }

    private static Arguments bad(byte[] labels, int classes, String message) {
        return Arguments.of(message, labels, classes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badLabels")
    void badLabelsAreNamedAndRefused(String message, byte[] labels, int classes) throws IOException {
        Path imageFile = write("images", images(3));
        Path labelFile = write("labels", labels);
        assertEquals(message, messageOf(
                assertThrows(DataFormatException.class, () -> IdxReader.read(imageFile, labelFile, classes))));
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        assertEquals("train-images-idx3-ubyte: no such file, nor train-images.idx3-ubyte, nor either with .gz",
                messageOf(assertThrows(NoSuchFileException.class, () -> IdxReader.read(dir))));
        write("train-images-idx3-ubyte", images(3));
        Files.createDirectory(dir.resolve("train-labels-idx1-ubyte"));
        write("t10k-images-idx3-ubyte", images(2));
        assertEquals("t10k-labels-idx1-ubyte: no such file, nor t10k-labels.idx1-ubyte, nor either with .gz",
                messageOf(assertThrows(NoSuchFileException.class, () -> IdxReader.read(dir))));
        write("t10k-labels-idx1-ubyte", labels(1, 0));
        assertEquals("train-labels-idx1-ubyte: is a directory, expected a file",
                messageOf(assertThrows(NoSuchFileException.class, () -> IdxReader.read(dir))));
        assertEquals("nowhere: no such folder", messageOf(
                assertThrows(NoSuchFileException.class, () -> IdxReader.readTest(dir.resolve("nowhere"), 10))));
        assertEquals("t10k-images-idx3-ubyte: is not a folder, expected one with the four files of MNIST",
                messageOf(assertThrows(NoSuchFileException.class,
                        () -> IdxReader.readTest(dir.resolve("t10k-images-idx3-ubyte"), 10))));
        assertEquals("a\\nb: no such file", messageOf(assertThrows(NoSuchFileException.class,
                () -> IdxReader.read(dir.resolve("a\nb"), dir.resolve("c")))));
    }

    @Test
    void testImagesMustHaveTheShapeOfTheTrainingImages() throws IOException {
        write("train-images-idx3-ubyte", images(3));
        write("train-labels-idx1-ubyte", THREE);
        write("t10k-images-idx3-ubyte", idx(new int[]{1, 1, 2}, new byte[2]));
        write("t10k-labels-idx1-ubyte", labels(1));
        assertEquals("t10k-images-idx3-ubyte: images of 2 pixels, expected 6 as in train-images-idx3-ubyte",
                messageOf(assertThrows(DataFormatException.class, () -> IdxReader.read(dir))));
    }

    @Test
    void aGzipFileThatReallyIsHugeIsRefusedByTheBudget() throws IOException {
        byte[] bomb = gzip(idx(new int[]{1 << 16, 8, 8}, new byte[1 << 22]));
        assertTrue(bomb.length < 1 << 15);
        Path images = write("images", bomb);
        Path labels = write("labels", gzip(labels(new int[1 << 16])));
        long budget = OffHeap.budgetBytes();
        try {
            OffHeap.setBudgetBytes(OffHeap.openBytes() + (1 << 20));
            assertThrows(OffHeapMemoryException.class, () -> IdxReader.read(images, labels, 10));
            assertThrows(OffHeapMemoryException.class,
                    () -> IdxReader.read(images, labels, 10, FeatureStorage.BYTES));
        } finally {
            OffHeap.setBudgetBytes(budget);
        }
    }

    @Test
    void gzipHeadersMayCarryNamesAndExtras() throws IOException {
        byte[] packed = gzip(images(3));
        byte[] header = {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 'n', 0, 'c', 'c', 0, 7, 7};
        byte[] body = java.util.Arrays.copyOfRange(packed, 10, packed.length);
        try (Dataset data = IdxReader.read(write("images", concat(header, body)), write("labels", THREE))) {
            assertEquals(3, data.rows());
        }
    }

    @Test
    void mnistIsRead() throws IOException {
        String folder = System.getenv("LANEWISE_DATA");
        assumeTrue(folder != null, "LANEWISE_DATA is not set: MNIST is not read");
        try (TrainTest mnist = IdxReader.read(Path.of(folder, "mnist"))) {
            assertEquals(
                    "TrainTest: Dataset (60000, 784) with 10 classes and Dataset (10000, 784) with 10 classes",
                    mnist.toString());
            ClassLabels labels = (ClassLabels) mnist.train().targets();
            int[] counts = new int[10];
            for (int r = 0; r < labels.rows(); r++) {
                counts[labels.get(r)]++;
            }
            assertArrayEquals(new int[]{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, counts);
            FloatMatrix x = (FloatMatrix) mnist.train().features();
            double sum = 0;
            for (int r = 0; r < x.rows(); r++) {
                for (float v : x.row(r)) {
                    sum += v;
                }
            }
            assertEquals(0.1306604762738429, sum / (60000.0 * 784), 1e-6, "the mean pixel of MNIST is well known");
        }
    }
}
