// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Fit;
import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Model files of nested and named modules.
@ExtendWith({NoLeak.class, RandomTables.class})
class NestedModelFileTest {
    private static final LayerConfig LINEAR = new LinearConfig(2, 2, true);

    @TempDir
    Path folder;

    private static Sequential net() {
        return Sequential.named()
                .add("body", new Sequential(new Linear(3, 20), new BatchNorm1d(20), new ReLU(),
                        Sequential.named().add("drop", new Dropout(0.3f)).add("again", new Linear(20, 20)).build()))
                .add("head", new Linear(20, 2)).build().init(3);
    }

    private static ModelConfig config(Sequential net) {
        return ModelConfig.of(net, Task.REGRESSION, DataKind.MEMORY, "", List.of(), List.of(), null);
    }

    @Test
    void namesAndNestingComeBack() throws IOException {
        Path file = folder.resolve("m.safetensors");
        try (FloatMatrix x = RandomTables.floats(RandomTables.random(17), 9, 3); Sequential net = net()) {
            net.forward(x);
            ModelFile.write(file, StateDict.of(net), config(net), false);
            try (LoadedModel loaded = ModelFile.read(file); Sequential again = StateDict.module(loaded)) {
                assertEquals(config(net), loaded.config());
                assertEquals(List.of("body.0", "body.1", "body.2", "body.3.drop", "body.3.again", "head"),
                        loaded.config().names());
                assertEquals(net.toString(), again.toString());
                assertEquals(List.copyOf(net.namedState().sequencedKeySet()),
                        List.copyOf(again.namedState().sequencedKeySet()));
                assertEquals(WeightsHash.sha256(StateDict.of(net)), WeightsHash.sha256(StateDict.of(again)));
                try (FloatMatrix expected = Fit.predict(net, x); FloatMatrix actual = Fit.predict(again, x)) {
                    assertArrayEquals(RandomTables.bits(expected), RandomTables.bits(actual));
                }
            }
            String header = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertTrue(header.contains("\"body.0.weight\":{\"dtype\":\"F32\",\"shape\":[20,3],"), header);
            assertTrue(header.contains("\"body.1.num_batches_tracked\":"), header);
            assertTrue(header.contains("\"body.3.again.bias\":"), header);
        }
    }

    /// Files of flat models are those of before, byte for byte.
    @Test
    void positionsAreNotWritten() {
        try (Sequential flat = new Sequential(new Linear(3, 2), new ReLU(), new Linear(2, 2));
                Sequential partly = new Sequential(new Linear(3, 2), new Sequential(new ReLU(), new Linear(2, 2)))) {
            ModelConfig config = config(flat);
            assertEquals(
                    new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(), config.layers(), List.of(), null),
                    config);
            assertTrue(!ConfigWriter.metadata(config).get(ConfigWriter.CONFIG).contains("name"));
            assertTrue(ConfigWriter.metadata(config(partly)).get(ConfigWriter.CONFIG).endsWith(
                    "\"layers\":[{\"type\":\"Linear\",\"in\":3,\"out\":2,\"bias\":true},{\"type\":\"ReLU\",\"name\":\"1.0\"},"
                            + "{\"type\":\"Linear\",\"name\":\"1.1\",\"in\":2,\"out\":2,\"bias\":true}]}"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"a..b c|a layer is named 'a..b'",
            "'' a|a layer is named ''",
            ".a b|a layer is named '.a'", "a a|'a' has the name of another layer or module",
            "a a.b|'a' has the name of another layer or module", "a.b a|'a' has the name of another layer or module",
            "a.0 a.0|'a.0' has the name of another layer or module", "a.x.0 b a.x.1|layer 'a.x.1' does not follow",
            "a.x.0 a.y a.x.1|layer 'a.x.1' does not follow", "0 1 0|layer '0' does not follow"})
    void namesThatAreNone(String names, String message) {
        List<String> given = List.of(names.replace("''", "").split(" ", -1));
        List<LayerConfig> layers = given.stream().map(name -> LINEAR).toList();
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(), layers, given, List.of(), null));
        assertTrue(refused.getMessage().startsWith("ModelConfig: " + message), refused.getMessage());
    }

    @Test
    void tooDeepOrTooFew() {
        String deep = "a.".repeat(32) + "a";
        assertMessage(IllegalArgumentException.class,
                "ModelConfig: a layer is named " + Quoted.of(deep) + ", expected at most 32"
                        + " names of modules with points between them, 256 characters in all",
                () -> new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(), List.of(LINEAR), List.of(deep),
                        List.of(), null));
        assertMessage(IllegalArgumentException.class, "ModelConfig: 2 names given for 1 layers, expected one for each",
                () -> new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(), List.of(LINEAR),
                        List.of("a", "b"), List.of(), null));
    }

    @Test
    void wrongNamesInAFile() throws IOException {
        Path file = folder.resolve("m.safetensors");
        try (Sequential net = new Sequential(new Sequential(new Linear(3, 2)))) {
            ModelFile.write(file, StateDict.of(net), config(net), false);
        }
        byte[] whole = Files.readAllBytes(file);
        for (String[] change : List.of(new String[]{"\\\"name\\\":\\\"0.0\\\"", "\\\"name\\\":\\\"0.1\\\"",
                "the tensors do not fit the layers of lanewise.config: missing '0.1.weight'"},
                new String[]{"\\\"name\\\":\\\"0.0\\\"", "\\\"name\\\":\\\"0..\\\"",
                        "metadata: a layer is named '0..'"},
                new String[]{"\\\"name\\\":\\\"0.0\\\"", "\\\"name\\\":  1234",
                        "layer 0 has the name 1234, expected a text"})) {
            String text = new String(whole, StandardCharsets.ISO_8859_1);
            String damaged = text.replace(change[0], change[1]);
            int missing = text.length() - damaged.length();
            damaged = damaged.replace(",\\\"in\\\"", " ".repeat(missing) + ",\\\"in\\\"");
            Files.write(file, damaged.getBytes(StandardCharsets.ISO_8859_1));
            ModelFormatException refused = assertThrows(ModelFormatException.class,
                    () -> ModelFile.read(file).close());
            assertTrue(refused.getMessage().contains(change[2]), refused.getMessage());
        }
    }
}
