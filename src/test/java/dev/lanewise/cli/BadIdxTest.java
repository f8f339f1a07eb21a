// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad IDX files: each exits with its code and exactly one line.
class BadIdxTest {
    private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
    private static final byte[] GOOD = images(0x803, 20, 3, 3);
    private static final String SHAPE = ", expected 3 (images, rows, columns)";
    private static final String MAGIC = "expected it to begin with the bytes 00 00 08 03";
    private static final String TYPE = "expected 0x08 (unsigned byte); the others, 0x09, 0x0B, 0x0C, 0x0D and 0x0E, "
            + "are not supported";

    @TempDir
    Path folder;

    @BeforeEach
    void writeGoodFiles() throws IOException {
        Files.write(folder.resolve(TRAIN_IMAGES), GOOD);
        Files.write(folder.resolve(TRAIN_LABELS), labels(20, 2));
        Files.write(folder.resolve(TEST_IMAGES), images(0x803, 10, 3, 3));
        Files.write(folder.resolve(TEST_LABELS), labels(10, 2));
    }

    private CliRun train() {
        return CliRun.of("train", "--data", "idx:" + folder, "--epochs", "1");
    }

    /// The numbers big-endian, then bytes for as many items as the first dimension says (at most 20) of 9 pixels.
    private static byte[] images(int... header) {
        int items = header.length > 1 ? Math.clamp(header[1], 0, 20) : 0;
        ByteBuffer bytes = ByteBuffer.allocate(4 * header.length + 9 * items);
        for (int number : header) {
            bytes.putInt(number);
        }
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.put((byte) (7 * i));
        }
        return bytes.array();
    }

    private static byte[] labels(int items, int classes) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + items).putInt(0x801).putInt(items);
        for (int i = 0; i < items; i++) {
            bytes.put((byte) (i % classes));
        }
        return bytes.array();
    }

    private static byte[] littleEndian() {
        ByteBuffer bytes = ByteBuffer.allocate(196).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.putInt(0x803).putInt(20).putInt(3).putInt(3).array();
    }

    private static byte[] gzip(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            for (byte[] part : parts) {
                zip.write(part);
            }
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    static Stream<Arguments> imageFiles() {
        return Stream.of(arguments(new byte[]{0, 0}, "not an IDX file, " + MAGIC),
                arguments(images(0x01020803, 20, 3, 3), "not an IDX file, " + MAGIC + ", found 01 02 08 03"),
                arguments(littleEndian(),
                        "not an IDX file, looks like little-endian numbers, " + MAGIC + ", found 03 08 00 00"),
                arguments(images(0xA03, 20, 3, 3), "element type 0x0A (unknown), " + TYPE),
                arguments(images(0xE03, 20, 3, 3), "element type 0x0E (double), " + TYPE),
                arguments(images(0x800), "0 dimensions" + SHAPE),
                arguments(images(0x8ff, 20, 3, 3), "255 dimensions" + SHAPE),
                arguments(labels(20, 2), "1 dimension" + SHAPE + "; are images and labels swapped?"),
                arguments(Arrays.copyOf(GOOD, 10), "the header ends after 10 bytes, expected 16 bytes"),
                arguments(images(0x803, 0, 3, 3), "a dimension is 0 in 0 x 3 x 3, expected at least 1"),
                arguments(images(0x803, 0x80000000, 3, 3),
                        "dimensions 2147483648 x 3 x 3 make 19327352848 bytes, expected the 16 bytes of the file"),
                arguments(images(0x803, -1, -1, -1),
                        "dimensions 4294967295 x 4294967295 x 4294967295 overflow 63 bits, "
                                + "expected a file of that size"),
                arguments(images(0x803, 60000, 65536, 1),
                        "dimensions 60000 x 65536 x 1 make 3932160016 bytes, expected the 196 bytes of the file"),
                arguments(Arrays.copyOf(GOOD, 195),
                        "dimensions 20 x 3 x 3 make 196 bytes, expected the 195 bytes of the file"),
                arguments(Arrays.copyOf(GOOD, 197),
                        "dimensions 20 x 3 x 3 make 196 bytes, expected the 197 bytes of the file"),
                arguments(gzip(GOOD, new byte[1 << 20]), "has more than the 196 bytes of its dimensions 20 x 3 x 3, "
                        + "expected nothing behind the last item"),
                arguments(join(gzip(GOOD), new byte[3]),
                        "bytes follow the gzip data, expected one gzip member and nothing behind it"),
                arguments(join(gzip(GOOD), gzip(GOOD)),
                        "a second gzip member follows the first, expected one gzip member and nothing behind it"),
                arguments(Arrays.copyOf(gzip(GOOD), 40),
                        "gzip data ends in the middle, expected a complete file"));
    }

    @ParameterizedTest
    @MethodSource("imageFiles")
    void imageFileIsRefused(byte[] bytes, String message) throws IOException {
        Path file = Files.write(folder.resolve(TRAIN_IMAGES), bytes);
        train().failed(65, file + ": " + message);
    }

    @Test
    void countsMustAgree() throws IOException {
        Path file = Files.write(folder.resolve(TRAIN_LABELS), labels(19, 2));
        train().failed(65,
                folder.resolve(TRAIN_IMAGES) + ": 20 images, expected as many as the 19 labels in " + file);
    }

    @Test
    void labelsMustBeInRange() throws IOException {
        byte[] labels = labels(20, 2);
        labels[27] = 15;
        Path file = Files.write(folder.resolve(TRAIN_LABELS), labels);
        train().failed(65, file + ":20: label is out of range (got '15'), expected 0 to 9 for 10 classes "
                + "(more classes need examples of each)");
    }

    @Test
    void testLabelsMustBeThoseOfTraining() throws IOException {
        Path file = Files.write(folder.resolve(TEST_LABELS), labels(10, 6));
        train().failed(65, file + ":3: label is out of range (got '2'), expected 0 to 1 for 2 classes");
    }

    @Test
    void oneClassIsNoClassification() throws IOException {
        Path file = Files.write(folder.resolve(TRAIN_LABELS), labels(20, 1));
        train().failed(65, file + ": only one class: 0, expected labels of at least 2 classes");
    }

    @Test
    void imagesMustHaveOneSize() throws IOException {
        Path file = Files.write(folder.resolve(TEST_IMAGES),
                Arrays.copyOf(images(0x803, 10, 2, 2), 16 + 40));
        train().failed(65,
                file + ": images of 4 pixels, expected 9 as in " + folder.resolve(TRAIN_IMAGES));
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.delete(folder.resolve(TRAIN_LABELS));
        train().failed(66, folder.resolve(TRAIN_LABELS)
                + ": no such file, nor train-labels.idx1-ubyte, nor either with .gz");
        CliRun.of("train", "--data", "idx:" + folder + "/no").failed(66, folder + "/no: no such folder");
        Path file = folder.resolve(TRAIN_IMAGES);
        CliRun.of("train", "--data", "idx:" + file).failed(66,
                file + ": is not a folder, expected one with the four files of MNIST");
    }

    @Test
    void gzipIsKnownByItsContent() throws IOException {
        Files.write(folder.resolve(TRAIN_IMAGES), gzip(GOOD));
        Path model = folder.resolveSibling(folder.getFileName() + ".safetensors");
        CliRun run = CliRun.of("train", "--data", "idx:" + folder, "--epochs", "1", "--out", model.toString());
        assertTrue(run.succeeded().err().contains("\ntask classification: ".substring(1)), run.err());
        try {
            Files.delete(folder.resolve(TRAIN_IMAGES));
            Files.write(folder.resolve(TEST_LABELS), labels(10, 3));
            CliRun.of("evaluate", model.toString(), "--data", "idx:" + folder).failed(65,
                    "--data: label of row 3 was not seen in training (got '2'), expected one of 0, 1");
        } finally {
            Files.delete(model);
        }
    }
}
