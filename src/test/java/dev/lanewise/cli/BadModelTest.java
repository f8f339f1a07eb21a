// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static dev.lanewise.cli.ModelBytes.BIAS;
import static dev.lanewise.cli.ModelBytes.GOOD;
import static dev.lanewise.cli.ModelBytes.METADATA;
import static dev.lanewise.cli.ModelBytes.WEIGHT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bad model files: each exits with its code and exactly one line.
class BadModelTest {
    private static final String AGAIN = "; copy or save the model again";
    private static final String SAVE = "; convert to safetensors (Python: safetensors.torch.save_file)";
    private static final String WHOLE = ", expected a whole number from 0 to 9223372036854775807" + AGAIN;
    private static final String PRODUCT = ", expected a product below 2^61" + AGAIN;
    private static final String LAYERS = "the tensors do not fit the layers of lanewise.config: missing ";

    @TempDir
    Path folder;
    private Path model;
    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        model = folder.resolve("m.safetensors");
        data = Files.writeString(folder.resolve("x.csv"), "a,b\n1,2\n3,1\n");
    }

    private CliRun predict(byte[] bytes) throws IOException {
        Files.write(model, bytes);
        return CliRun.of("predict", model.toString(), "--data", data.toString());
    }

    @Test
    void goodOneIsTaken() throws IOException {
        String expected = "prediction,probability\n1,0.7310586\n0,0.8807971\n";
        assertEquals(expected, predict(GOOD.file()).succeeded().out());
        assertEquals(expected, predict(GOOD.with("{\"__meta", " \n{\"__meta").file()).succeeded().out());
    }

    static Stream<Arguments> headers() {
        return Stream.of(header(GOOD.with("\"pt\"", "1"), "metadata 'format' is 1, expected a text"),
                header(GOOD.with("\"shape\":[2],", "\"x\":1,\"shape\":[2],"),
                        "tensor '0.bias' has the field 'x', expected dtype, shape and data_offsets only"),
                header(GOOD.with("\"dtype\":\"F32\",\"shape\":[2],", "\"shape\":[2],"),
                        "tensor '0.bias' lacks dtype, expected dtype, shape and two data_offsets"),
                header(GOOD.with(BIAS, WEIGHT), "'0.weight' stands twice in one object, expected once"),
                header(GOOD.with("\"shape\":[2],", "\"dtype\":\"F32\",\"shape\":[2],"),
                        "'dtype' stands twice in one object, expected once"),
                header(GOOD.with(WEIGHT, METADATA), "'__metadata__' stands twice in one object, expected once"),
                header(GOOD.with("\"format\":\"pt\"", "\"format\":\"pt\",\"format\":\"pt\""),
                        "'format' stands twice in one object, expected once"),
                header(new ModelBytes("{", new byte[24]), "not JSON near character 1"),
                header(GOOD.with(BIAS + "}", BIAS + "}{}"), "more JSON follows the end, expected nothing"),
                header(GOOD.with("{\"__meta", "{/*x*/\"__meta"), "not JSON near character 2"),
                header(GOOD.with("\"", "'"), "not JSON near character 2"),
                header(GOOD.with("[16,24]", "[16,20,24]"),
                        "data_offsets of tensor '0.bias' has more than 2 numbers, expected at most that"),
                header(GOOD.with("0.bias", "n".repeat(5000)), "too long or too deep, expected names of at most 4096 "
                        + "characters, numbers of 64, texts of 8388608, and 4 levels"),
                header(GOOD.with("0.bias", "\\ud800"),
                        "the name '\\ud800' has half a surrogate pair, expected text that UTF-8 can hold"),
                header(new ModelBytes("{\"__metadata__\":" + "[".repeat(200_000), new byte[0]),
                        "__metadata__ is an array, expected an object"),
                header(new ModelBytes(IntStream.range(0, 100_000)
                        .mapToObj(i -> "\"t" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}")
                        .collect(Collectors.joining(",", "{", "}")), new byte[1]),
                        "more than 65536 tensors, expected at most that"));
    }

    private static Arguments header(ModelBytes file, String message) {
        return arguments(file, "header: " + message + AGAIN);
    }

    static Stream<Arguments> contents() {
        return Stream.of(arguments(new ModelBytes("{}", new byte[0]),
                "no tensors in the file, expected the weights of a model" + AGAIN),
                arguments(GOOD.with(METADATA, "\"__metadata__\":null"),
                        "no lanewise metadata beside the tensors '0.weight', '0.bias', expected lanewise.format, "
                                + "lanewise.config, lanewise.labels, lanewise.scaling; save the model with "
                                + "lanewise train --out, or add this metadata; StateFile reads tensors alone"),
                arguments(GOOD.with("[16,24]", "[12,20]").resized(20), "tensor '0.bias': data_offsets are [12, 20] and "
                        + "overlap the tensor before, expected them to begin at 16" + AGAIN),
                arguments(GOOD.with("[16,24]", "[20,28]").resized(28), "tensor '0.bias': data_offsets are [20, 28] and "
                        + "leave a hole behind the tensor before, expected them to begin at 16" + AGAIN),
                arguments(GOOD.with("[0,16]", "[4,20]").with("[16,24]", "[20,28]").resized(28),
                        "tensor '0.weight': data_offsets are [4, 20] and leave a hole behind the tensor before, "
                                + "expected them to begin at 0" + AGAIN),
                arguments(GOOD.resized(25), "the tensors take 24 bytes, but the file has 25 bytes of data" + AGAIN),
                arguments(GOOD.resized(23), "tensor '0.bias': data_offsets are [16, 24], expected ascending ones up to "
                        + "23, the bytes of data in the file" + AGAIN),
                arguments(GOOD.with("[16,24]", "[24,16]"), "tensor '0.bias': data_offsets are [24, 16], expected "
                        + "ascending ones up to 24, the bytes of data in the file" + AGAIN),
                arguments(GOOD.with(BIAS, BIAS + ",\"z\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[16,16]}"),
                        LAYERS + "none, unexpected 'z'"),
                arguments(GOOD.with("0.bias", ""), LAYERS + "'0.bias', unexpected ''"),
                arguments(GOOD.with("0.bias", "../../etc/x"), LAYERS + "'0.bias', unexpected '../../etc/x'"),
                arguments(GOOD.with("0.bias", "a\\u0000b"), LAYERS + "'0.bias', unexpected 'a\\u0000b'"),
                arguments(GOOD.with(ModelBytes.floats(1, Float.NaN, 0, 1, 0, 0)),
                        "tensor '0.weight': the value at row 0,"
                                + " column 1 is NaN, expected finite weights; train again with a smaller learning rate"),
                arguments(GOOD.with(ModelBytes.floats(1, 0, 0, 1, 0, Float.POSITIVE_INFINITY)),
                        "tensor '0.bias': the value at row 0, column 1 is Infinity, expected finite weights; train again "
                                + "with a smaller learning rate"),
                arguments(GOOD.with("[2,2]", "[4,1]"),
                        "tensor '0.weight': shape is [4, 1], expected [2, 2] as the layers "
                                + "of lanewise.config say"),
                arguments(GOOD.with("[0,1]", "[0,1,2]"), "lanewise.labels: more than 2 labels, expected one for each "
                        + "class (none for regression)" + AGAIN));
    }

    @ParameterizedTest
    @MethodSource({"headers", "contents"})
    void isRefused(ModelBytes file, String message) throws IOException {
        predict(file.file()).failed(65, model + ": " + message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8})
    void cutBeforeTheHeader(int length) throws IOException {
        byte[] bytes = new byte[length];
        if (length > 0) {
            bytes[0] = 5;
        }
        predict(bytes).failed(65, model + ": the file has " + length
                + " bytes, expected a length of 8 bytes and a header" + AGAIN);
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000, 100_000_001, Long.MIN_VALUE, -1, 0})
    void headerLengthBeyondTheFile(long length) throws IOException {
        int bytes = GOOD.file().length;
        predict(GOOD.file(length)).failed(65, model + ": the header length is " + Long.toUnsignedString(length)
                + ", expected 1 to " + (bytes - 8) + " in a file of " + bytes + " bytes" + AGAIN);
    }

    @Test
    void headerInAnotherEncoding() throws IOException {
        predict(GOOD.with("\"pt\"", "\"p\u00ff\"").file(ISO_8859_1)).failed(65,
                model + ": header: the text is not UTF-8" + AGAIN);
        predict(GOOD.file(UTF_16LE)).failed(65, model + ": header: not JSON near character 2" + AGAIN);
        predict(GOOD.with("{\"__meta", "\ufeff{\"__meta").file()).failed(65,
                model + ": header: it begins with byte 239, expected '{' (123)" + AGAIN);
        predict(new ModelBytes("[]", new byte[24]).file()).failed(65,
                model + ": header: it begins with byte 91, expected '{' (123)" + AGAIN);
        ModelBytes padded = GOOD.with(BIAS + "}", BIAS + "}\0\0");
        predict(padded.file()).failed(65,
                model + ": header: not JSON near character " + (padded.header().length() - 1) + AGAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-4", "16.0", "16e0", "'16'"})
    void offsetsAreWholeNumbers(String offset) throws IOException {
        predict(GOOD.with("[16,24]", "[" + offset.replace('\'', '"') + ",24]").file()).failed(65,
                model + ": header: a number in data_offsets of tensor '0.bias' is " + offset + WHOLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-2", "18446744073709551615"})
    void sizesAreWholeNumbers(String size) throws IOException {
        predict(GOOD.with("\"shape\":[2]", "\"shape\":[0," + size + ",2]").file()).failed(65,
                model + ": header: a number in shape of tensor '0.bias' is " + size + WHOLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[2, 9223372036854775807]", "[4194305, 4194305, 211106198978564]"})
    void productOfSizesMustNotWrapAround(String shape) throws IOException {
        predict(GOOD.with("\"shape\":[2]", "\"shape\":" + shape).file()).failed(65,
                model + ": tensor '0.bias': shape is " + shape + PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"F33", "f32", "BF16", "F64", "I64"})
    void weightsAreFloat32(String type) throws IOException {
        predict(GOOD.with("\"dtype\":\"F32\",\"shape\":[2]", "\"dtype\":\"" + type + "\",\"shape\":[2]").file()).failed(
                65, model + ": tensor '0.bias': dtype is '" + type + "', expected 'F32'; save the weights as float32");
    }

    static Stream<Arguments> otherKinds() {
        String zip = "PK\u0003\u0004" + "\0".repeat(22);
        return Stream.of(arguments(zip + "\r\0\0\0model/data.pklxxxx", "it looks like a PyTorch pickle" + SAVE),
                arguments("\u0080\u0002ccopy_reg\n", "it looks like a PyTorch pickle" + SAVE),
                arguments(zip + "\u0005\0\0\0a.npyxxxx", "it looks like NumPy arrays (.npz)" + SAVE),
                arguments("\u0089HDF\r\n\u001a\nxxxxxx", "it looks like HDF5" + SAVE),
                arguments("a,b,y\n1,2,0\n", "it looks like text; give the model file that --out named"));
    }

    @ParameterizedTest
    @MethodSource("otherKinds")
    void anotherKindOfFileIsNamed(String latin1, String message) throws IOException {
        predict(latin1.getBytes(ISO_8859_1)).failed(65, model + ": not a safetensors file: " + message);
    }

    @Test
    void newerFormatIsAConfigurationFault() throws IOException {
        predict(GOOD.with("\"lanewise.format\":\"1\"", "\"lanewise.format\":\"2\"").file()).failed(78,
                model + ": lanewise.format is 2, this Lanewise reads 1; use a newer Lanewise");
    }

    @Test
    void missingModelIsNamed() throws IOException {
        predict(GOOD.file()).succeeded();
        CliRun.of("predict", folder + "/no", "--data", data.toString()).failed(66, folder + "/no: no such file");
        CliRun.of("predict", data + "/no", "--data", data.toString()).failed(66, data + "/no: no such file");
        CliRun.of("evaluate", folder.toString(), "--data", "digits").failed(66,
                folder + ": it is a directory, expected a model file");
    }

    @Test
    void featuresMustBeThoseOfTheModel() throws IOException {
        Files.writeString(data, "a,c\n1,2\n", UTF_8);
        predict(GOOD.file()).failed(65, data + ":1: a column is missing: b, expected the model's features a, b");
        Files.writeString(data, "a,b,c\n1,2,3\n");
        predict(GOOD.file()).failed(65,
                data + ":1:3(c): the model has no such feature, expected no columns but a, b and the label");
        Files.write(model, GOOD.file());
        CliRun.of("predict", model.toString(), "--data", "digits").failed(65,
                "--data: the model expects 2 features, row 1 has 64");
    }

    @Test
    void labelsMustBeThoseOfTheModel() throws IOException {
        Files.write(model, GOOD.file());
        Files.writeString(data, "y,b,a\n0,1,2\n7,1,2\n");
        CliRun.of("evaluate", model.toString(), "--data", data.toString()).failed(65,
                data + ":3:1(y): label was not seen in training (got '7'), expected one of 0, 1");
        CliRun.of("evaluate", model.toString(), "--data", data.toString(), "--label", "a").failed(2,
                "--label: the model has this column as a feature (got 'a'), expected a column that is none");
        CliRun.of("evaluate", model.toString(), "--data", data.toString(), "--label", "z").failed(2,
                "--label: no column 'z' in " + data + ", its columns are y, b, a");
        CliRun.of("evaluate", model.toString(), "--data", "synthetic:10x2").failed(65,
                "--data: its labels are numbers, expected classes as the model is a classification");
    }
}
