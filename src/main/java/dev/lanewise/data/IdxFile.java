// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.FloatMatrix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One IDX file of unsigned bytes: its header, checked against what the file can hold, then its bytes.
///
/// The format: two zero bytes, the code of the element type, the number of dimensions, each dimension as a big-endian
/// unsigned 32-bit number, the elements in row-major order.
final class IdxFile implements Closeable {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int MAX_DIMENSIONS = 3;
    private static final int MAX_ITEM_BYTES = Integer.MAX_VALUE - FloatMatrix.LANES;

    private final DataFile file;
    private final UnpackedFile bytes;
    private final long[] shape;
    private final long size;
    private final int headerBytes;

    /// Opens `path` and reads its header.
    ///
    /// **Throws** [DataFormatException] unless it is an IDX file of unsigned bytes with `dimensions` dimensions, whose
    /// elements the file can hold.
    IdxFile(Path path, int dimensions) throws IOException {
        file = new DataFile(path);
        bytes = new UnpackedFile(file);
        try {
            readMagic(dimensions);
            headerBytes = 4 + 4 * dimensions;
            byte[] header = new byte[4 * dimensions];
            int count = bytes.read(header, 0, header.length);
            if (count < header.length) {
                throw error("the header ends after " + (4 + count) + " bytes", headerBytes + " bytes");
            }
            shape = IntStream.range(0, dimensions).mapToLong(i -> bigEndian(header, 4 * i)).toArray();
            size = checkedSize();
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private void readMagic(int dimensions) throws IOException {
        byte[] magic = new byte[4];
        int count = bytes.read(magic, 0, 4);
        if (count < 4 || magic[0] != 0 || magic[1] != 0) {
            String kind = count == 4 && magic[2] == 0 && magic[3] == 0
                    ? "little-endian numbers"
                    : Signature.of(magic, count);
            throw error("not an IDX file" + (kind == null ? "" : ", looks like " + kind),
                    "it to begin with the bytes 00 00 08 0" + dimensions + (count < 4 ? "" : ", found " + hex(magic)));
        }
        if (magic[2] != UNSIGNED_BYTE) {
            throw error(String.format("element type 0x%02X", magic[2] & 0xFF) + typeName(magic[2]),
                    "0x08 (unsigned byte); the others, 0x09, 0x0B, 0x0C, 0x0D and 0x0E, are not supported");
        }
        int given = magic[3] & 0xFF;
        if (given != dimensions) {
            throw error(given + (given == 1 ? " dimension" : " dimensions"),
                    dimensions + (dimensions == 1 ? " (labels)" : " (images, rows, columns)")
                            + (given >= 1 && given <= MAX_DIMENSIONS ? "; are images and labels swapped?" : ""));
        }
    }

    private static String typeName(byte code) {
        String name = switch (code) {
            case 0x09 -> "signed byte";
            case 0x0B -> "16-bit integer";
            case 0x0C -> "32-bit integer";
            case 0x0D -> "float";
            case 0x0E -> "double";
            default -> "unknown";
        };
        return " (" + name + ")";
    }

    private static String hex(byte[] magic) {
        return IntStream.range(0, magic.length).mapToObj(i -> String.format("%02x", magic[i] & 0xFF))
                .collect(Collectors.joining(" "));
    }

    private static long bigEndian(byte[] from, int at) {
        return ((from[at] & 0xFFL) << 24) | ((from[at + 1] & 0xFFL) << 16) | ((from[at + 2] & 0xFFL) << 8)
                | (from[at + 3] & 0xFFL);
    }

    /// The number of elements, after every check that can be made before memory is taken for them.
    private long checkedSize() throws IOException {
        long product = product(shape);
        long room = bytes.maxBytes() - headerBytes;
        long swapped = product(
                Arrays.stream(shape).map(n -> Integer.toUnsignedLong(Integer.reverseBytes((int) n))).toArray());
        String hint = swapped > 0 && swapped <= room ? "; are the numbers little-endian?" : "";
        if (product == 0) {
            throw error("a dimension is 0 in " + shapeText(), "at least 1" + hint);
        }
        if (product < 0) {
            throw error("dimensions " + shapeText() + " overflow 63 bits", "a file of that size" + hint);
        }
        if (product > room || (!bytes.isGzip() && file.isRegular() && product < room)) {
            throw error("dimensions " + shapeText() + " make " + (headerBytes + product) + " bytes",
                    bytes.isGzip()
                            ? "at most " + bytes.maxBytes() + " from " + file.size() + " bytes of gzip" + hint
                            : "the " + file.size() + " bytes of the file" + hint);
        }
        if (shape[0] > Integer.MAX_VALUE || product / shape[0] > MAX_ITEM_BYTES) {
            throw error("dimensions " + shapeText() + " are too large",
                    "at most " + Integer.MAX_VALUE + " items of at most " + MAX_ITEM_BYTES + " bytes");
        }
        if (bytes.isGzip() && !bytes.mayHold(headerBytes + product)) {
            diagnose(product);
        }
        return product;
    }

    /// Reads a gzip file whose last bytes already say that it is not of the right size, to tell what is wrong with it.
    private void diagnose(long product) throws IOException {
        byte[] scratch = new byte[1 << 16];
        long count = 0;
        int got;
        do {
            got = bytes.read(scratch, 0, scratch.length);
            count += got;
        } while (got > 0 && count <= product);
        file.requireUnchanged();
        throw count < product ? tooShort(product, count) : tooLong(product);
    }

    private DataFormatException tooShort(long product, long count) {
        return error("ends after " + (headerBytes + count) + " bytes",
                (headerBytes + product) + " for dimensions " + shapeText());
    }

    private DataFormatException tooLong(long product) {
        return error("has more than the " + (headerBytes + product) + " bytes of its dimensions " + shapeText(),
                "nothing behind the last item");
    }

    /// The product, or -1 if it does not fit a `long`.
    private static long product(long[] factors) {
        try {
            return Arrays.stream(factors).reduce(1, Math::multiplyExact);
        } catch (ArithmeticException e) {
            return -1;
        }
    }

    private String shapeText() {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    }

    /// Number of items: images or labels.
    int items() {
        return (int) shape[0];
    }

    /// Bytes of an item.
    int itemBytes() {
        return (int) (size / shape[0]);
    }

    /// Reads the next `length` bytes, the first of them being number `before` of the items.
    ///
    /// **Throws** [DataFormatException] if there are fewer.
    void read(byte[] to, int length, long before) throws IOException {
        int count = bytes.read(to, 0, length);
        if (count < length) {
            file.requireUnchanged();
            throw tooShort(size, before + count);
        }
    }

    /// Checks that nothing follows the items and that the file has not changed meanwhile.
    void finish() throws IOException {
        if (bytes.read(new byte[1], 0, 1) > 0) {
            file.requireUnchanged();
            throw tooLong(size);
        }
        file.requireUnchanged();
    }

    /// An error of the file as a whole.
    DataFormatException error(String problem, String expected) {
        return file.place().error(problem, expected);
    }

    String name() {
        return file.name();
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
