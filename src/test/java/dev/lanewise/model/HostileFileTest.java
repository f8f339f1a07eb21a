// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.memory.OffHeap;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of wrong safetensors file: which message it gets.
class HostileFileTest {
    private static final String AGAIN = "; copy or save the model again";
    private static final String WHOLE = ", expected a whole number from 0 to 9223372036854775807";
    private static final String LIMITS = "too long or too deep, expected names of at most 4096 characters, numbers "
            + "of 64, texts of 8388608, and 4 levels";
    private static final String KIND = "not a safetensors file: it looks like ";
    private static final String CONVERT = "; convert to safetensors (Python: safetensors.torch.save_file)";
    private static final String DATA = ", the bytes of data in the file";
    private static final byte[] NONE = {};
    private static final byte[] EIGHT = new byte[8];

    @TempDir
    Path directory;

    private static Arguments row(String name, byte[] file, String message) {
        return Arguments.of(Quoted.of(name), file, message);
    }

    /// A file with header `json`, 8 bytes of data behind it.
    private static Arguments json(String json, String message) {
        return row(json, Samples.file(json, EIGHT), message);
    }

    /// A file of one tensor `x` with these fields, 8 bytes of data behind the header.
    private static Arguments tensor(String fields, String message) {
        return json("{\"x\":{" + fields + "}}", message);
    }

    private static Arguments offsets(String offsets, String message) {
        return tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + offsets, message);
    }

    private static Arguments shape(String shape, String message) {
        return tensor("\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]", message);
    }

    private static Arguments dtype(String dtype, String shown) {
        return tensor("\"dtype\":\"" + dtype + "\",\"shape\":[2],\"data_offsets\":[0,8]",
                "tensor 'x': dtype is " + shown + ", expected 'F32'; save the weights as float32");
    }

    private static String one(String name, String shape, int begin, int end) {
        return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + "," + end
                + "]}";
    }

    private static Arguments layout(String first, String second, int dataBytes, String message) {
        return row(first + second, Samples.file("{" + first + "," + second + "}", new byte[dataBytes]), message);
    }

    static Stream<Arguments> lengths() {
        byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
        return Stream.of( //
                row("empty", NONE, "the file has 0 bytes, expected a length of 8 bytes and a header" + AGAIN),
                row("7 bytes", new byte[7], "the file has 7 bytes, expected a length of 8 bytes and a header" + AGAIN),
                row("length only", Samples.file(8, NONE, NONE),
                        "the file has 8 bytes, expected a length of 8 bytes and a header" + AGAIN),
                row("more than the file", Samples.file(11, header, EIGHT),
                        "the header length is 11, expected 1 to 10 in a file of 18 bytes" + AGAIN),
                row("2^63", Samples.file(Long.MIN_VALUE, header, EIGHT),
                        "the header length is 9223372036854775808, expected 1 to 10 in a file of 18 bytes" + AGAIN),
                row("2^64-1", Samples.file(-1, header, EIGHT),
                        "the header length is 18446744073709551615, expected 1 to 10 in a file of 18 bytes" + AGAIN),
                row("100,000,001", Samples.file(100_000_001, header, EIGHT),
                        "the header length is 100000001, expected 1 to 10 in a file of 18 bytes" + AGAIN),
                row("0", Samples.file(0, header, EIGHT),
                        "the header length is 0, expected 1 to 10 in a file of 18 bytes" + AGAIN),
                row("all zero", new byte[400],
                        "the header length is 0, expected 1 to 392 in a file of 400 bytes" + AGAIN));
    }

    static Stream<Arguments> headers() {
        return Stream.of( //
                row("not UTF-8", Samples.file("{\"\u00ff\":1}".getBytes(StandardCharsets.ISO_8859_1), EIGHT),
                        "header: the text is not UTF-8" + AGAIN),
                row("overlong UTF-8", Samples.file(HexFormat.of().parseHex("7b22c0af22"), EIGHT),
                        "header: the text is not UTF-8" + AGAIN),
                row("surrogate in UTF-8", Samples.file(HexFormat.of().parseHex("7b22eda08022"), EIGHT),
                        "header: the text is not UTF-8" + AGAIN),
                row("UTF-16 little", Samples.file("{}".getBytes(StandardCharsets.UTF_16LE), EIGHT),
                        "header: not JSON near character 2" + AGAIN),
                row("UTF-16 big", Samples.file("{}".getBytes(StandardCharsets.UTF_16BE), EIGHT),
                        "header: it begins with byte 0, expected '{' (123)" + AGAIN),
                row("UTF-32", Samples.file("{}".getBytes(Charset.forName("UTF-32LE")), EIGHT),
                        "header: not JSON near character 2" + AGAIN),
                row("BOM", Samples.file("\ufeff{}", EIGHT),
                        "header: it begins with byte 239, expected '{' (123)" + AGAIN),
                json("{", "header: not JSON near character 1" + AGAIN),
                json("[]", "header: it begins with byte 91, expected '{' (123)" + AGAIN),
                json(" []", "header: the header is an array, expected an object" + AGAIN),
                json("7", "header: it begins with byte 55, expected '{' (123)" + AGAIN),
                json("    ", "header: the header is missing, expected an object" + AGAIN),
                json("{}{}", "header: more JSON follows the end, expected nothing" + AGAIN),
                json("{}x", "header: not JSON near character 3" + AGAIN),
                json("{}\0\0", "header: not JSON near character 3" + AGAIN),
                json("{/* */}", "header: not JSON near character 2" + AGAIN),
                json("{'a':1}", "header: not JSON near character 2" + AGAIN),
                json("{a:1}", "header: not JSON near character 2" + AGAIN),
                json("{\"__metadata__\":null,}", "header: not JSON near character 22" + AGAIN),
                json("{\"a\":\"\n\"}", "header: not JSON near character 7" + AGAIN),
                json("{\"a\":NaN}", "header: not JSON near character 8" + AGAIN),
                json("{\"a\":1}", "header: tensor 'a' is 1, expected an object" + AGAIN),
                row("no tensors", Samples.file("{}", NONE),
                        "no tensors in the file, expected the weights of a model" + AGAIN),
                row("no tensors, metadata", Samples.file("{" + Samples.metadata() + "}", NONE),
                        "no tensors in the file, expected the weights of a model" + AGAIN),
                json("{\"\\ud800\":1}",
                        "header: the name '\\ud800' has half a surrogate pair, expected text that UTF-8 can hold"
                                + AGAIN),
                json("{\"" + "n".repeat(1 << 20) + "\":1}", "header: " + LIMITS + AGAIN),
                json("[".repeat(200_000), "header: it begins with byte 91, expected '{' (123)" + AGAIN),
                json("{\"a\":".repeat(200_000),
                        "header: tensor 'a' has the field 'a', expected dtype, shape and data_offsets only" + AGAIN),
                json("{\"x\":{\"shape\":" + "[".repeat(200_000),
                        "header: a number in shape of tensor 'x' is an array" + WHOLE + AGAIN),
                json("{\"__metadata__\":7}", "header: __metadata__ is 7, expected an object" + AGAIN),
                json("{\"__metadata__\":{\"a\":7}}", "header: metadata 'a' is 7, expected a text" + AGAIN),
                json("{\"__metadata__\":{\"a\":null}}", "header: metadata 'a' is null, expected a text" + AGAIN),
                json("{\"__metadata__\":{\"a\":\"\\udc00\"}}",
                        "header: metadata 'a' has half a surrogate pair, expected text that UTF-8 can hold" + AGAIN),
                json("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}",
                        "header: 'a' stands twice in one object, expected once" + AGAIN),
                json("{\"__metadata__\":{},\"__metadata__\":{}}",
                        "header: '__metadata__' stands twice in one object, expected once" + AGAIN),
                json("{\"__metadata__\":{" + IntStream.range(0, 1025).mapToObj(i -> "\"k" + i + "\":\"\"")
                        .collect(Collectors.joining(",")) + "}}",
                        "header: more than 1024 entries in __metadata__, expected at most that" + AGAIN),
                json("{\"__metadata__\":{\"a\":\"" + "t".repeat((8 << 20) + 1) + "\"}}", "header: " + LIMITS + AGAIN));
    }

    static Stream<Arguments> tensors() {
        return Stream.of( //
                json("{" + one("x", "[2]", 0, 8) + "," + one("x", "[2]", 0, 8) + "}",
                        "header: 'x' stands twice in one object, expected once" + AGAIN),
                tensor("\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]",
                        "header: 'dtype' stands twice in one object, expected once" + AGAIN),
                tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"extra\":1",
                        "header: tensor 'x' has the field 'extra', expected dtype, shape and data_offsets only"
                                + AGAIN),
                tensor("\"shape\":[2],\"data_offsets\":[0,8]",
                        "header: tensor 'x' lacks dtype, expected dtype, shape and two data_offsets" + AGAIN),
                tensor("\"dtype\":\"F32\",\"data_offsets\":[0,8]",
                        "header: tensor 'x' lacks shape, expected dtype, shape and two data_offsets" + AGAIN),
                tensor("\"dtype\":\"F32\",\"shape\":[2]",
                        "header: tensor 'x' lacks two data_offsets, expected dtype, shape and two data_offsets"
                                + AGAIN),
                dtype("F33", "'F33'"), dtype("f32", "'f32'"),
                dtype("BF16", "'BF16'"), dtype("F64", "'F64'"), dtype("I64", "'I64'"), dtype("BOOL", "'BOOL'"),
                dtype("\\u001b[31m" + "F".repeat(50), "'\\u001b[31m" + "F".repeat(35) + "...'"),
                offsets("[-8,0]", "header: a number in data_offsets of tensor 'x' is -8" + WHOLE + AGAIN),
                offsets("[8,0]",
                        "tensor 'x': data_offsets are [8, 0], expected ascending ones up to 8" + DATA
                                + AGAIN),
                offsets("[0.0,8]", "header: a number in data_offsets of tensor 'x' is 0.0" + WHOLE + AGAIN),
                offsets("[0,8e0]", "header: a number in data_offsets of tensor 'x' is 8e0" + WHOLE + AGAIN),
                offsets("[\"0\",8]", "header: a number in data_offsets of tensor 'x' is '0'" + WHOLE + AGAIN),
                offsets("[0,8,8]",
                        "header: data_offsets of tensor 'x' has more than 2 numbers, expected at most that" + AGAIN),
                offsets("[8]",
                        "header: tensor 'x' lacks two data_offsets, expected dtype, shape and two data_offsets"
                                + AGAIN),
                offsets("[]",
                        "header: tensor 'x' lacks two data_offsets, expected dtype, shape and two data_offsets"
                                + AGAIN),
                offsets("8", "header: data_offsets of tensor 'x' is 8, expected an array" + AGAIN),
                offsets("[-0,8]", "header: a number in data_offsets of tensor 'x' is -0" + WHOLE + AGAIN),
                offsets("[00,8]", "header: not JSON near character 49" + AGAIN),
                offsets("[0,18446744073709551615]",
                        "header: a number in data_offsets of tensor 'x' is 18446744073709551615" + WHOLE + AGAIN),
                offsets("[0," + "9".repeat(70) + "]", "header: " + LIMITS + AGAIN),
                offsets("[0,16]",
                        "tensor 'x': data_offsets are [0, 16], expected ascending ones up to 8" + DATA
                                + AGAIN),
                offsets("[0,4]", "tensor 'x': data_offsets [0, 4] hold 4 bytes, expected 8 for F32 [2]" + AGAIN),
                shape("[-2]", "header: a number in shape of tensor 'x' is -2" + WHOLE + AGAIN),
                shape("[2,9223372036854775807]",
                        "tensor 'x': shape is [2, 9223372036854775807], expected a product below 2^61" + AGAIN),
                shape("[4194305,4194305,211106198978564]",
                        "tensor 'x': shape is [4194305, 4194305, 211106198978564], expected a product below 2^61"
                                + AGAIN),
                shape("[0,18446744073709551615,2]",
                        "header: a number in shape of tensor 'x' is 18446744073709551615" + WHOLE + AGAIN),
                shape("[0,9223372036854775807,2]",
                        "tensor 'x': shape is [0, 9223372036854775807, 2], expected a product below 2^61" + AGAIN),
                shape("[3]", "tensor 'x': data_offsets [0, 8] hold 8 bytes, expected 12 for F32 [3]" + AGAIN),
                shape("[2.0]", "header: a number in shape of tensor 'x' is 2.0" + WHOLE + AGAIN),
                shape("[1,1,1,1,1,1,1,1,2]",
                        "header: shape of tensor 'x' has more than 8 numbers, expected at most that" + AGAIN),
                shape("[0]", "tensor 'x': data_offsets [0, 8] hold 8 bytes, expected 0 for F32 [0]" + AGAIN),
                layout(one("x", "[2]", 0, 8), one("y", "[2]", 4, 12), 12,
                        "tensor 'y': data_offsets are [4, 12] and overlap the tensor before, "
                                + "expected them to begin at 8"
                                + AGAIN),
                layout(one("x", "[2]", 0, 8), one("y", "[2]", 0, 8), 8,
                        "tensor 'y': data_offsets are [0, 8] and overlap the tensor before, expected them to begin at 8"
                                + AGAIN),
                layout(one("x", "[2]", 0, 8), one("y", "[1]", 12, 16), 16,
                        "tensor 'y': data_offsets are [12, 16] and leave a hole behind the tensor before, "
                                + "expected them to begin at 8"
                                + AGAIN),
                layout(one("x", "[1]", 4, 8), one("y", "[1]", 8, 12), 12,
                        "tensor 'x': data_offsets are [4, 8] and leave a hole behind the tensor before, "
                                + "expected them to begin at 0"
                                + AGAIN),
                layout(one("x", "[1]", 0, 4), one("y", "[1]", 4, 8), 9,
                        "the tensors take 8 bytes, but the file has 9 bytes of data" + AGAIN),
                layout(one("x", "[1]", 0, 4), one("y", "[1]", 4, 8), 7,
                        "tensor 'y': data_offsets are [4, 8], expected ascending ones up to 7" + DATA
                                + AGAIN),
                layout(one("x", "[1]", 0, 4), one("y", "[0]", 2, 2), 4,
                        "tensor 'y': data_offsets are [2, 2] and overlap the tensor before, expected them to begin at 4"
                                + AGAIN));
    }

    static Stream<Arguments> otherKinds() {
        List<Arguments> rows = new ArrayList<>();
        rows.add(row("torch.save", zip("archive/data.pkl"), KIND + "a PyTorch pickle" + CONVERT));
        rows.add(row("old torch.save", hex("80028a0a6cfc9c46f9206aa850192e8002"), KIND + "a PyTorch pickle" + CONVERT));
        rows.add(row("npz", zip("w1.npy"), KIND + "NumPy arrays (.npz)" + CONVERT));
        rows.add(row("npy", hex("934e554d5059010076007b"), KIND + "a NumPy array (.npy)" + CONVERT));
        rows.add(row("zip", zip("m.safetensors"), KIND + "a zip archive; extract the model first"));
        rows.add(row("zip cut", Arrays.copyOf(zip("w1.npy"), 20), KIND + "a zip archive; extract the model first"));
        rows.add(row("HDF5", hex("894844460d0a1a0a0000000000080800"), KIND + "HDF5" + CONVERT));
        byte[] gzip = new byte[600_000]; // its first bytes are a header length that would do
        System.arraycopy(hex("1f8b0800000000000003"), 0, gzip, 0, 10);
        rows.add(row("gzip", gzip, KIND + "gzip; decompress it first"));
        rows.add(row("CSV", "a,b,label\n1,2,0\n".getBytes(StandardCharsets.UTF_8),
                KIND + "text; give the model file that --out named"));
        rows.add(row("random", hex("f1e2d3c4b5a6978869"),
                "the header length is 9842518810263020273, expected 1 to 1 in a file of 9 bytes" + AGAIN));
        return rows.stream();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /// The start of a zip archive whose first file has this name.
    private static byte[] zip(String name) {
        byte[] file = new byte[200];
        System.arraycopy(hex("504b0304"), 0, file, 0, 4);
        file[26] = (byte) name.length();
        System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, file, 30, name.length());
        return file;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"lengths", "headers", "tensors", "otherKinds"})
    void isRefusedWithItsMessage(String name, byte[] bytes, String message) throws IOException {
        Path file = Samples.write(directory, bytes);
        long open = OffHeap.openBytes();
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file));
        assertEquals(file + ": " + message, e.getMessage());
        assertEquals(file.toString(), e.file());
        assertEquals(open, OffHeap.openBytes());
    }

    @Test
    void tooManyTensorsAreRefused() throws IOException {
        String header = IntStream.range(0, 100_000).mapToObj(i -> one("t" + i, "[0]", 0, 0))
                .collect(Collectors.joining(",", "{", "}"));
        Path file = Samples.write(directory, Samples.file(header, NONE));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file));
        assertEquals(file + ": header: more than 65536 tensors, expected at most that" + AGAIN, e.getMessage());
    }

    /// Names from a file are looked up, never used as paths, and shown without their power over a terminal.
    @Test
    void tensorsOfAnotherModelAreListed() throws IOException {
        String[] names = {"", "../../etc/x", "a\\u0000b", "\\u202e", "n".repeat(50), "six", "seven"};
        StringBuilder header = new StringBuilder("{" + Samples.metadata());
        for (int i = 0; i < names.length; i++) {
            header.append(',').append(one(names[i], "[1]", 4 * i, 4 * i + 4));
        }
        Path file = Samples.write(directory, Samples.file(header.append('}').toString(), new byte[28]));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file));
        assertEquals(file
                + ": the tensors do not fit the layers of lanewise.config: missing '0.weight', '0.bias', "
                + "unexpected '', '../../etc/x', 'a\\u0000b', '\\u202e', "
                + "'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...' and 2 more",
                e.getMessage());
    }

    @Test
    void offsetAndTensorAreInTheException() throws IOException {
        String header = "{" + one("x", "[2]", 0, 8) + "," + one("y", "[2]", 4, 12) + "}";
        Path file = Samples.write(directory, Samples.file(header, new byte[12]));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file));
        assertEquals("y", e.tensor());
        assertEquals(8 + header.length() + 4, e.offset());
    }

    /// Legal, and no alias: an empty tensor takes no byte of its neighbour.
    @ParameterizedTest
    @CsvSource({"0, 0, 0", "4, 0, 4", "4, 4, 0"})
    void emptyTensorsAreAcceptedBetweenOthers(int empty, int first, int second) throws IOException {
        String header = "{" + one("x", "[1]", first, first + 4) + "," + one("none", "[3,0]", empty, empty) + ","
                + one("y", "[1]", second, second + 4) + "}";
        if (first == second) {
            header = "{" + one("none", "[3,0]", 0, 0) + "," + one("y", "[2]", 0, 8) + "}";
        }
        Path file = Samples.write(directory, Samples.file(header, EIGHT));
        try (FileChannel channel = FileChannel.open(file)) {
            SafetensorsHeader read = HeaderReader.read(channel, file);
            assertEquals(new SafetensorsHeader.Entry("none", List.of(3L, 0L), empty, empty),
                    read.tensors().get("none"));
        }
    }

    static Stream<Arguments> unusual() {
        byte[] data = Samples.data();
        String header = Samples.header();
        return Stream.of( //
                Arguments.of("white space first", Samples.file(" \t\r\n" + header, data)),
                Arguments.of("not aligned", Samples.file(header + " ".repeat(3 - (header.length() & 1)), data)),
                Arguments.of("aligned otherwise", Samples.file(header + "\n \n  ", data)),
                Arguments.of("tensors in another order",
                        Samples.file("{" + one("0.bias", "[2]", 24, 32) + "," + one("0.weight", "[2,3]", 0, 24) + ","
                                + Samples.metadata() + "}", data)),
                Arguments.of("metadata of others", Samples.file(
                        header.replace("\"format\"", "\"author\":\"somebody\",\"format\""), data)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusual")
    void isReadThoughUnusual(String name, byte[] bytes) throws IOException {
        try (LoadedModel model = ModelFile.read(Samples.write(directory, bytes))) {
            assertEquals(Samples.config(), model.config());
            List<NamedTensor> tensors = Samples.tensors();
            assertEquals(WeightsHash.sha256(tensors), WeightsHash.sha256(model.tensors()));
            Samples.close(tensors);
        }
    }
}
