// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.memory.OffHeap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of wrong metadata in a sound safetensors file, and of weights that do not fit it: which message it gets.
class ConfigFormatTest {
    private static final String AGAIN = "; copy or save the model again";
    private static final String LAYER = "{\"type\":\"Linear\",\"in\":3,\"out\":2,\"bias\":true}";
    private static final String KNOWN = "lanewise.format, lanewise.config, lanewise.labels, lanewise.scaling";

    @TempDir
    Path directory;

    /// The sample's file with `from`, which must be in its header, replaced.
    private static Arguments header(String from, String to, String message) {
        if (!Samples.header().contains(from)) {
            throw new IllegalArgumentException("the sample has no " + from);
        }
        return Arguments.of(from + " -> " + to, Samples.file(Samples.header().replace(from, to), Samples.data()),
                message);
    }

    /// The sample's file with `from` replaced in one of the three texts.
    private static Arguments text(String from, String to, String message) {
        String config = Samples.CONFIG.replace(from, to);
        String labels = Samples.LABELS.replace(from, to);
        String scaling = Samples.SCALING.replace(from, to);
        if ((config + labels + scaling).equals(Samples.CONFIG + Samples.LABELS + Samples.SCALING)) {
            throw new IllegalArgumentException("the sample has no " + from);
        }
        String header = "{" + Samples.metadata(config, labels, scaling) + "," + Samples.TENSORS + "}";
        return Arguments.of(from + " -> " + to, Samples.file(header, Samples.data()), message);
    }

    private static Arguments config(String from, String to, String message) {
        return text(from, to, "lanewise.config: " + message + AGAIN);
    }

    private static final String TYPES = "expected one of Linear, Dropout, BatchNorm1d, LayerNorm, GELU, ReLU, Sigmoid, Tanh, SELU, SiLU, Mish"
            + ", LogSigmoid, ReLU6, Softmax, LogSoftmax, Flatten, LeakyReLU, ELU, Softplus, Hardtanh";

    private static Arguments layer(String layer, String message) {
        return config(LAYER, layer, message);
    }

    private static Arguments labels(String labels, String message) {
        return text(Samples.LABELS, labels, message);
    }

    private static Arguments scaling(String from, String to, String message) {
        return text(from, to, "lanewise.scaling: " + message);
    }

    static Stream<Arguments> metadata() {
        String foreign = "no lanewise metadata beside the tensors '0.weight', '0.bias', expected " + KNOWN
                + "; save the model with lanewise train --out, or add this metadata; StateFile reads tensors alone";
        return Stream.of(header(Samples.metadata() + ",", "", foreign),
                header(Samples.metadata(), "\"__metadata__\":null", foreign),
                header(Samples.metadata(), "\"__metadata__\":{}", foreign),
                header(Samples.metadata(), "\"__metadata__\":{\"format\":\"pt\"}", foreign),
                header("\"format\":\"pt\",", "", "metadata: format is missing, expected 'pt'"),
                header("\"format\":\"pt\"", "\"format\":\"np\"", "metadata: format is 'np', expected 'pt'"),
                header("\"lanewise.format\":\"1\",", "",
                        "metadata: lanewise.format is missing, expected the number of a version"),
                header("\"lanewise.format\":\"1\"", "\"lanewise.format\":\"1.0\"",
                        "metadata: lanewise.format is '1.0', expected the number of a version"),
                header("\"lanewise.format\":\"1\"", "\"lanewise.format\":\"\u0661\"",
                        "metadata: lanewise.format is '\u0661', expected the number of a version"),
                header("lanewise.config", "author", "metadata: lanewise.config is missing"),
                header("lanewise.labels", "author", "metadata: lanewise.labels is missing"),
                header("lanewise.scaling", "author", "metadata: lanewise.scaling is missing"),
                header("\"format\"", "\"lanewise.seed\":\"7\",\"format\"",
                        "metadata: 'lanewise.seed' is unknown, expected " + KNOWN));
    }

    static Stream<Arguments> configs() {
        return Stream.of( //
                config(Samples.CONFIG, "", "the text is missing, expected an object"),
                config(Samples.CONFIG, "[]", "the text is an array, expected an object"),
                config(Samples.CONFIG, "{}", "task is missing"),
                config(Samples.CONFIG, Samples.CONFIG + "{}", "more JSON follows the end, expected nothing"),
                config("\"task\":\"classification\",", "", "task is missing"),
                config("\"data\":\"csv\",", "", "data is missing"),
                config("\"label\":\"kind\",", "", "label is missing"),
                config("\"features\":[\"a\",\"größe \\\"b\\\" km/h 😀\",\"c\"],", "", "features is missing"),
                config(",\"layers\":[" + LAYER + "]", "", "layers is missing"),
                config("classification", "clustering",
                        "task is 'clustering', expected one of classification, regression"),
                config("\"csv\"", "\"parquet\"",
                        "data is 'parquet', expected one of csv, idx, digits, synthetic, memory"),
                config("\"kind\"", "null", "label is null, expected a text"),
                config("[\"a\"", "[1", "a name in features is 1, expected a text"),
                config("\"data\"", "\"task\"", "'task' stands twice in one object, expected once"),
                config("\"data\"", "\"seed\"", "'seed' is unknown, expected task, data, label, features, layers"),
                config("[" + LAYER + "]", "[]", "there are no layers, expected at least one"),
                config("[" + LAYER + "]", LAYER, "layers is an object, expected an array"),
                config("[" + LAYER + "]", "[[[[[]]]]]", "layer 0 is an array, expected an object"),
                layer("{\"type\":\"Conv2d\"}", "layer 0 has type 'Conv2d', " + TYPES),
                layer("{\"type\":\"GELU\"}",
                        "layer 0 has 'type', expected 'type' and 'approximate' ('none' or 'tanh')"),
                layer("{\"type\":\"GELU\",\"approximate\":\"erf\"}",
                        "layer 0 has 'type', 'approximate', expected 'type' and 'approximate' ('none' or 'tanh')"),
                layer("{\"type\":\"ELU\"}", "layer 0 has 'type', expected 'type' and 'alpha' (finite numbers)"),
                layer("{\"type\":\"ELU\",\"beta\":1}",
                        "layer 0 has 'type', 'beta', expected 'type' and 'alpha' (finite numbers)"),
                layer("{\"type\":\"ELU\",\"alpha\":1,\"p\":1}",
                        "layer 0 has 'type', 'alpha', 'p', expected 'type' and 'alpha' (finite numbers)"),
                layer("{\"type\":\"LeakyReLU\",\"negative_slope\":true}",
                        "layer 0 has 'type', 'negative_slope', expected 'type' and 'negative_slope' (finite numbers)"),
                layer("{\"type\":\"LeakyReLU\",\"negative_slope\":1e39}",
                        "layer 0: 'negative_slope' is 1e39, expected a finite float"),
                layer("{\"type\":\"Softplus\",\"beta\":0,\"threshold\":20}",
                        "layer 0: Softplus: beta is 0, expected any other number"),
                layer("{\"type\":\"Hardtanh\",\"min_val\":1,\"max_val\":1}",
                        "layer 0: Hardtanh: minVal is 1.0 and maxVal is 1.0, expected a greater maxVal"),
                layer("{\"in\":3}", "layer 0 has type missing, " + TYPES),
                layer("{\"type\":\"ReLU\"},{\"type\":\"Dropout\",\"p\":1}",
                        "no layer is linear, expected at least one"),
                layer("{\"type\":\"ReLU\",\"p\":0.5}", "layer 0 has 'type', 'p', expected nothing but 'type'"),
                layer("{\"type\":\"Dropout\"}", "layer 0 has 'type', expected 'type' and 'p' (a number from 0 to 1)"),
                layer("{\"type\":\"Dropout\",\"p\":1.5}",
                        "layer 0 has 'type', 'p', expected 'type' and 'p' (a number from 0 to 1)"),
                layer("{\"type\":\"Dropout\",\"p\":1e99}", "layer 0: 'p' is 1e99, expected a finite float"),
                layer("{\"type\":\"Linear\",\"in\":3,\"out\":2}", "layer 0 has 'type', 'in', 'out', expected 'type', "
                        + "'in' and 'out' (whole numbers) and 'bias' (true or false)"),
                layer("{\"type\":\"Linear\",\"in\":3,\"out\":2,\"bias\":1}", "layer 0 has 'type', 'in', 'out', 'bias', "
                        + "expected 'type', 'in' and 'out' (whole numbers) and 'bias' (true or false)"),
                layer("{\"type\":\"Linear\",\"in\":0,\"out\":2,\"bias\":true}",
                        "layer 0: 'in' is 0, expected a whole number from 1 to 2147483632"),
                layer("{\"type\":\"Linear\",\"in\":3,\"out\":2147483633,\"bias\":true}",
                        "layer 0: 'out' is 2147483633, expected a whole number from 1 to 2147483632"),
                layer("{\"type\":\"Linear\",\"in\":3,\"out\":2e0,\"bias\":true}",
                        "layer 0: 'out' is 2e0, expected a whole number from 1 to 2147483632"));
    }

    static Stream<Arguments> parts() {
        String misfit = "expected an array";
        return Stream.of( //
                labels("{}", "lanewise.labels: the text is an object, " + misfit + AGAIN),
                labels("[0,1.5]", "lanewise.labels: a label is 1.5, expected a whole number from "
                        + "-9223372036854775808 to 9223372036854775807" + AGAIN),
                labels("[0,1,2]",
                        "lanewise.labels: more than 2 labels, expected one for each class (none for regression)"
                                + AGAIN),
                labels("[0]", "metadata: 1 labels given for classification with 2 outputs, expected 2"),
                labels("[1,1]", "metadata: label 1 follows 1, expected ascending distinct labels"),
                labels("[1,0]", "metadata: label 0 follows 1, expected ascending distinct labels"),
                text("classification", "regression",
                        "lanewise.labels: more than 0 labels, expected one for each class (none for regression)"
                                + AGAIN),
                text("\"a\",", "", "metadata: 2 feature names given, expected 3 as the first layer takes, or none"),
                text("\"c\"", "\"a\"", "metadata: two features are named 'a', expected distinct names"),
                text(LAYER, LAYER + "," + LAYER,
                        "metadata: layer 1 takes 3 values, expected 2, the outputs of layer 0"),
                scaling("\"standard\"", "\"robust\"",
                        "kind is 'robust', mean is given, inv_std is given, expected kind "
                                + "'none' without them or 'standard' with both" + AGAIN),
                scaling("\"standard\"", "\"none\"", "kind is 'none', mean is given, inv_std is given, expected kind "
                        + "'none' without them or 'standard' with both" + AGAIN),
                scaling("\"kind\":\"standard\",", "", "kind is missing, mean is given, inv_std is given, expected kind "
                        + "'none' without them or 'standard' with both" + AGAIN),
                scaling("\"mean\":[0.1,-0.0,1.4E-45],", "", "kind is 'standard', mean is missing, inv_std is given, "
                        + "expected kind 'none' without them or 'standard' with both" + AGAIN),
                scaling("\"mean\"", "\"median\"", "'median' is unknown, expected kind, mean, inv_std" + AGAIN),
                scaling("[0.1,", "[0.1,0.1,", "mean has more than 3 values, expected one for each feature" + AGAIN),
                scaling("[0.1,", "[",
                        "2 means and 3 scales given, expected one of each for every column"),
                scaling("[0.1,", "[1e39,", "a value of mean is 1e39, expected a finite float" + AGAIN),
                scaling("[0.1,", "[\"0.1\",", "a value of mean is '0.1', expected a finite float" + AGAIN),
                scaling("[1.0E-5,", "[-1,",
                        "column 0 has mean 0.1 and scale -1.0, expected finite numbers and a scale of "
                                + "0 or more"),
                scaling("[0.1,", "[NaN,", "not JSON near character 30" + AGAIN));
    }

    static Stream<Arguments> weights() {
        return Stream.of( //
                header("0.bias", "1.bias", "the tensors do not fit the layers of lanewise.config: missing '0.bias', "
                        + "unexpected '1.bias'"),
                header(",\"0.bias\"", ",\"none\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[24,24]},\"0.bias\"",
                        "the tensors do not fit the layers of lanewise.config: missing none, unexpected 'none'"),
                header("[2,3]", "[3,2]", "tensor '0.weight': shape is [3, 2], expected [2, 3] as the layers of "
                        + "lanewise.config say"),
                header("[2,3]", "[6]", "tensor '0.weight': shape is [6], expected [2, 3] as the layers of "
                        + "lanewise.config say"),
                value(3, 0x7fc12345, "tensor '0.weight': the value at row 1, column 0 is NaN, expected finite weights; "
                        + "train again with a smaller learning rate"),
                value(7, 0xff800000, "tensor '0.bias': the value at row 0, column 1 is -Infinity, expected finite "
                        + "weights; train again with a smaller learning rate"));
    }

    private static Arguments value(int index, int bits, String message) {
        byte[] file = Samples.golden();
        int offset = file.length - 32 + 4 * index;
        for (int i = 0; i < 4; i++) {
            file[offset + i] = (byte) (bits >> (8 * i));
        }
        return Arguments.of("value " + index, file, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"metadata", "configs", "parts", "weights"})
    void isRefusedWithItsMessage(String name, byte[] bytes, String message) throws IOException {
        Path file = Samples.write(directory, bytes);
        long open = OffHeap.openBytes();
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.read(file));
        assertEquals(file + ": " + message, e.getMessage());
        assertEquals(open, OffHeap.openBytes());
    }

    @Test
    void anotherVersionIsNamed() throws IOException {
        String header = Samples.header().replace("\"lanewise.format\":\"1\"", "\"lanewise.format\":\"2\"")
                .replace("lanewise.config", "lanewise.network");
        Path file = Samples.write(directory, Samples.file(header, Samples.data()));
        ModelVersionException e = assertThrows(ModelVersionException.class, () -> ModelFile.read(file));
        assertEquals(file + ": lanewise.format is 2, this Lanewise reads 1; use a newer Lanewise", e.getMessage());
        assertEquals(List.of(2L, 1L), List.of(e.found(), e.supported()));
    }

    @Test
    void keysMayStandInAnyOrder() throws IOException {
        String config = "{\"layers\":[{\"bias\":true,\"out\":2,\"in\":3,\"type\":\"Linear\"}],\"features\":[], "
                + "\"label\":\"kind\",\"data\":\"csv\",\"task\":\"classification\"}";
        String scaling = "{\"inv_std\":[1,2,3],\"mean\":[4e0,5,6],\"kind\":\"standard\"}";
        String header = "{" + Samples.metadata(config, "[ 0 , 1 ]", scaling) + "," + Samples.TENSORS + "}";
        try (LoadedModel model = ModelFile.read(Samples.write(directory, Samples.file(header, Samples.data())))) {
            ModelConfig expected = new ModelConfig(Task.CLASSIFICATION, DataKind.CSV, "kind", List.of(),
                    List.of(new LinearConfig(3, 2, true)), List.of(0L, 1L),
                    StandardScaler.of(new float[]{4, 5, 6}, new float[]{1, 2, 3}));
            assertEquals(expected, model.config());
        }
    }
}
