// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Normalizations and their buffers in model files.
class NormFileTest {
    @TempDir
    Path folder;

    @AfterEach
    void nothingIsOpen() {
        assertEquals(0, OffHeap.openBytes());
    }

    private static Sequential net() {
        return new Sequential(new LayerNorm(3), new Linear(3, 2), new BatchNorm1d(2),
                new BatchNorm1d(2, 1e-3f, null, false, true), new BatchNorm1d(2, 0.25f, 1f, true, false), new ReLU(),
                new LayerNorm(2, 0, true, false), new LayerNorm(2, 1e-5f, false, true), new Linear(2, 1));
    }

    private static ModelConfig config(Sequential net) {
        return config(IntStream.range(0, net.size()).mapToObj(i -> LayerConfig.of(net.get(i))).toList());
    }

    private static ModelConfig config(List<LayerConfig> layers) {
        return new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(), layers, List.of(), null);
    }

    private Path saved(Sequential net) throws IOException {
        Path file = folder.resolve("m.safetensors");
        ModelFile.write(file, StateDict.of(net), config(net), true);
        return file;
    }

    @Test
    void comesBackWithItsStatistics() throws IOException {
        try (Sequential net = net().init(4);
                FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1, 2, 4}, {3, -1, 0}, {0, 0, 1}})) {
            net.forward(x);
            net.forward(x);
            ((BatchNorm1d) net.get(3)).numBatchesTracked().count(0x1_7FC0_0001_7F80L);
            Path file = saved(net);
            float[][] expected = net.eval().forward(x).matrix().toArray();
            try (LoadedModel model = ModelFile.read(file); Module made = StateDict.module(model)) {
                assertEquals(net.toString(), made.toString());
                assertEquals(WeightsHash.sha256(StateDict.of(net)), WeightsHash.sha256(StateDict.of(made)));
                assertArrayEquals(expected, made.forward(x).matrix().toArray());
                assertEquals(0x1_7FC0_0001_7F80L,
                        ((BatchNorm1d) ((Sequential) made).get(3)).numBatchesTracked().count());
                assertEquals(2, ((BatchNorm1d) ((Sequential) made).get(2)).numBatchesTracked().count());
                assertEquals("", StateDict.firstNotFinite(model.tensors()));
            }
        }
    }

    /// What PyTorch's `state_dict` and safetensors have.
    @Test
    void hasPyTorchsNamesTypesAndBytes() throws IOException {
        try (Sequential net = new Sequential(new Linear(1, 1), new BatchNorm1d(1))) {
            ((BatchNorm1d) net.get(1)).numBatchesTracked().count(0x0102_0304_0506_0708L);
            assertEquals(List.of("0.weight [1, 1]", "0.bias [1]", "1.weight [1]", "1.bias [1]", "1.running_mean [1]",
                    "1.running_var [1]", "1.num_batches_tracked []"),
                    StateDict.of(net).stream().map(t -> t.name() + " " + t.shape()).toList());
            byte[] bytes = Files.readAllBytes(saved(net));
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            assertTrue(
                    text.contains(
                            "\"1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]}"),
                    text);
            assertTrue(text.contains("{\\\"type\\\":\\\"BatchNorm1d\\\",\\\"features\\\":1,\\\"eps\\\":1.0E-5,"
                    + "\\\"momentum\\\":0.1,\\\"affine\\\":true,\\\"track_running_stats\\\":true}"), text);
            assertTrue(text.endsWith("\u0008\u0007\u0006\u0005\u0004\u0003\u0002\u0001"));
        }
    }

    @Test
    void refusesOtherTypesAndSettings() throws IOException {
        try (Sequential net = new Sequential(new Linear(1, 1), new BatchNorm1d(1), new LayerNorm(1))) {
            net.parameters().forEach(p -> p.fill(1)); // bytes that are neither spaces nor braces
            String text = new String(Files.readAllBytes(saved(net)), StandardCharsets.ISO_8859_1);
            assertRefused(text.replace("\"dtype\":\"I64\",\"shape\":[]", "\"dtype\":\"I64\",\"shape\":[1]"),
                    "tensor '1.num_batches_tracked': dtype is 'I64', expected 'F32'; save the weights as float32");
            assertRefused(text.replace("\"dtype\":\"I64\"", "\"dtype\":\"F32\""),
                    "tensor '1.num_batches_tracked': data_offsets [24, 32] hold 8 bytes, expected 4 for F32 []");
            assertRefused(text.replace("\\\"momentum\\\":0.1", "\\\"momentum\\\":-.1"), "lanewise.config: ");
            assertRefused(text.replace("\\\"momentum\\\":0.1", "\\\"momentum\\\":\\\"\\\""), "layer 1 has 'type'");
            assertRefused(text.replace("\\\"elementwise_affine\\\":true", "\\\"elementwise_affine\\\":null"),
                    "lanewise.config: ");
        }
    }

    private void assertRefused(String text, String message) throws IOException {
        int header = text.lastIndexOf('}') + 1;
        Path file = Files.write(folder.resolve("bad.safetensors"),
                Samples.file(Samples.padded(text.substring(8, header)),
                        text.substring(header).stripLeading().getBytes(StandardCharsets.ISO_8859_1)));
        String said = String
                .valueOf(assertThrows(ModelFormatException.class, () -> ModelFile.read(file)).getMessage());
        assertTrue(said.contains(message), said);
    }

    @Test
    void sizesHaveToFit() {
        LayerConfig norm = new BatchNormConfig(3, 1e-5f, null, true, true);
        assertEquals("ModelConfig: layer 1 normalizes 3 values, expected 2 as the layers around it",
                assertThrows(IllegalArgumentException.class,
                        () -> config(List.of(new LinearConfig(4, 2, true), norm))).getMessage());
        assertEquals("ModelConfig: layer 0 normalizes 3 values, expected 4 as the layers around it",
                assertThrows(IllegalArgumentException.class,
                        () -> config(List.of(norm, new LinearConfig(4, 2, true)))).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new LayerNormConfig(0, 1e-5f, true, true));
    }

    @Test
    void refusesAStateWithoutItsBuffers() {
        try (Sequential net = net(); Sequential other = net()) {
            List<NamedTensor> tensors = StateDict.of(net).stream().filter(t -> !t.isCounter()).toList();
            assertTrue(assertThrows(IllegalArgumentException.class, () -> StateDict.load(other, tensors)).getMessage()
                    .contains("missing '2.num_batches_tracked', '3.num_batches_tracked'"));
        }
    }
}
