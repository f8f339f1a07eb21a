// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.OffHeapMemoryException;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.Hardtanh;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Softmax;
import dev.lanewise.nn.Softplus;
import dev.lanewise.nn.Tanh;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is, byte for byte, what the format says, and comes back bit for bit.
class ModelFileTest {
    @TempDir
    Path directory;
    private long openBefore;

    @BeforeEach
    void countBytes() {
        openBefore = OffHeap.openBytes();
    }

    @AfterEach
    void nothingStaysOpen() {
        assertEquals(openBefore, OffHeap.openBytes());
    }

    @Test
    void bytesAreThoseOfTheFormat() throws IOException {
        Path file = directory.resolve("m.safetensors");
        List<NamedTensor> tensors = Samples.tensors();
        ModelFile.write(file, tensors, Samples.config(), false);
        Samples.close(tensors);
        assertArrayEquals(Samples.golden(), Files.readAllBytes(file));
    }

    @Test
    void goldenFileReadsBack() throws IOException {
        Path file = Samples.write(directory, Samples.golden());
        try (LoadedModel model = ModelFile.read(file)) {
            assertEquals(Samples.config(), model.config());
            assertEquals(List.of("0.weight", "0.bias"), model.tensors().stream().map(NamedTensor::name).toList());
            assertEquals(List.of(2, 3), model.tensors().get(0).shape());
            assertEquals(List.of(2), model.tensors().get(1).shape());
            FloatMatrix weight = model.tensors().get(0).values();
            FloatMatrix bias = model.tensors().get(1).values();
            int[] bits = {Samples.bits(weight, 0, 0), Samples.bits(weight, 0, 1), Samples.bits(weight, 0, 2),
                    Samples.bits(weight, 1, 0), Samples.bits(weight, 1, 1), Samples.bits(weight, 1, 2),
                    Samples.bits(bias, 0, 0), Samples.bits(bias, 0, 1)};
            assertArrayEquals(Samples.BITS, bits);
            for (int col = 3; col < weight.stride(); col++) {
                assertEquals(0, weight.segment().get(java.lang.foreign.ValueLayout.JAVA_INT, col * 4L), "padding");
            }
        }
    }

    @Test
    void hashIsThatOfNamesAndValues() {
        // sha256sum of the names, zero bytes and values, made by hand
        List<NamedTensor> tensors = Samples.tensors();
        assertEquals("375d31a113fc221865f86149f38c81c31116a20ca98d1fe4e518c347fce816c4", WeightsHash.sha256(tensors));
        String before = WeightsHash.sha256(tensors);
        tensors.getFirst().values().set(0, 0, Math.nextUp(1f));
        assertNotEquals(before, WeightsHash.sha256(tensors));
        Samples.close(tensors);
    }

    @Test
    void everyNanIsOne() {
        int[] nans = {0x7fc00000, 0x7f800001, 0xffc12345, 0xffffffff, 0x7fffffff, 0x7f800000};
        FloatMatrix values = Samples.matrix(2, 3, nans, 0);
        List<NamedTensor> tensors = List.of(NamedTensor.matrix("0.weight", values));
        byte[] bytes = new byte[24];
        new TensorBytes(tensors.getFirst()).next().get(bytes);
        assertEquals("0000c07f".repeat(5) + "0000807f", HexFormat.of().formatHex(bytes));
        String hash = WeightsHash.sha256(tensors);
        Samples.set(values, 0, 1, 0x7fc00000);
        assertEquals(hash, WeightsHash.sha256(tensors));
        Samples.close(tensors);
    }

    /// What could not be read back replaces nothing.
    @Test
    void valuesThatAreNotFiniteAreNotWritten() throws IOException {
        FloatMatrix values = FloatMatrix.allocate(2, 3);
        List<NamedTensor> tensors = List.of(NamedTensor.matrix("0.weight", values));
        Path model = directory.resolve("m.safetensors");
        Path state = directory.resolve("s.safetensors");
        ModelFile.write(model, tensors, Samples.regression(3, 2), false);
        StateFile.write(state, tensors, false);
        byte[] before = Files.readAllBytes(model);
        byte[] stateBefore = Files.readAllBytes(state);
        for (float bad : new float[]{Float.NaN, Float.NEGATIVE_INFINITY}) {
            values.set(1, 2, bad);
            assertMessage(IllegalStateException.class,
                    "ModelFile.write: 0.weight has a value that is not finite, expected"
                            + " finite values; nothing was written to " + model
                            + "; restore an earlier state, or train again with a smaller learning rate",
                    () -> ModelFile.write(model, tensors, Samples.regression(3, 2), true));
            assertMessage(IllegalStateException.class,
                    "StateFile.write: 0.weight has a value that is not finite, expected"
                            + " finite values; nothing was written to " + state
                            + "; restore an earlier state, or train again with a smaller learning rate",
                    () -> StateFile.write(state, tensors, true));
        }
        assertArrayEquals(before, Files.readAllBytes(model));
        assertArrayEquals(stateBefore, Files.readAllBytes(state));
        Samples.close(tensors);
    }

    /// Shapes around the size of a chunk, wider and narrower than it.
    @Test
    void everyShapeReadsBackBitForBit() throws IOException {
        int chunk = TensorBytes.CHUNK_FLOATS;
        int[][] shapes = {{1, 1}, {1, chunk - 1}, {1, chunk}, {2, chunk + 1}, {chunk + 1, 1}, {300, 109},
                {3, 2 * chunk + 17}, {16, 16}};
        Random random = new Random(7);
        for (int[] shape : shapes) {
            Path file = directory.resolve("shape.safetensors");
            FloatMatrix values = FloatMatrix.allocate(shape[0], shape[1]);
            for (int row = 0; row < shape[0]; row++) {
                for (int col = 0; col < shape[1]; col++) {
                    int bits = random.nextInt();
                    Samples.set(values, row, col, (bits & 0x7f800000) == 0x7f800000 ? bits ^ 0x40000000 : bits);
                }
            }
            List<NamedTensor> tensors = List.of(NamedTensor.matrix("0.weight", values));
            ModelFile.write(file, tensors, Samples.regression(shape[1], shape[0]), true);
            try (LoadedModel model = ModelFile.read(file)) {
                FloatMatrix read = model.tensors().getFirst().values();
                assertEquals(-1, values.segment().mismatch(read.segment()), "seed 7, shape " + Arrays.toString(shape));
                assertEquals(WeightsHash.sha256(tensors), WeightsHash.sha256(model.tensors()));
            }
            Samples.close(tensors);
        }
    }

    @Test
    void layersWithoutParametersComeBack() throws IOException {
        Path file = directory.resolve("mlp.safetensors");
        try (Sequential net = new Sequential(new Linear(4, 18), new ReLU(), new Dropout(0.1f), new Linear(18, 3),
                new Tanh(), new LeakyReLU(0.1f), new ELU(0.7f), new Softplus(2, 10.5f), new Hardtanh(-2, 3),
                new GELU(GELU.Approximate.TANH), new Softmax(), new Linear(3, 1), new Sigmoid()).init(2);
                FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1, -2, 3, -4}, {0, 0.5f, 0, -0.25f}})) {
            List<LayerConfig> layers = IntStream.range(0, net.size()).mapToObj(net::get).map(LayerConfig::of).toList();
            ModelFile.write(file, StateDict.of(net), new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(),
                    layers, List.of(), null), false);
            try (LoadedModel model = ModelFile.read(file); Sequential read = StateDict.module(model)) {
                assertEquals(layers, model.config().layers());
                assertEquals(net.toString(), read.toString());
                assertEquals(net.eval().forward(x).get(1, 0), read.forward(x).get(1, 0));
            }
        }
    }

    @Test
    void equalContentGivesEqualFiles() throws IOException {
        byte[][] files = new byte[2][];
        for (int i = 0; i < 2; i++) {
            Path file = directory.resolve("equal" + i + ".safetensors");
            List<NamedTensor> tensors = Samples.tensors();
            ModelFile.write(file, tensors, Samples.config(), false);
            Samples.close(tensors);
            files[i] = Files.readAllBytes(file);
        }
        assertArrayEquals(files[0], files[1]);
    }

    @Test
    void everyFloatOfTheScalingComesBack() throws IOException {
        Random random = new Random(11);
        float[] mean = new float[2000];
        float[] factor = new float[mean.length];
        for (int i = 0; i < mean.length; i++) {
            int bits = random.nextInt();
            mean[i] = Float.intBitsToFloat((bits & 0x7f800000) == 0x7f800000 ? bits ^ 0x40000000 : bits);
            factor[i] = Math.abs(mean[i]);
        }
        ModelConfig config = new ModelConfig(Task.REGRESSION, DataKind.CSV, "y", List.of(),
                List.of(new LinearConfig(mean.length, 1, true)), List.of(), StandardScaler.of(mean, factor));
        List<NamedTensor> tensors = List.of(NamedTensor.matrix("0.weight", FloatMatrix.allocate(1, mean.length)),
                NamedTensor.vector("0.bias", FloatMatrix.allocate(1, 1)));
        Path file = directory.resolve("scaling.safetensors");
        ModelFile.write(file, tensors, config, false);
        Samples.close(tensors);
        try (LoadedModel model = ModelFile.read(file)) {
            assertEquals(config, model.config(), "seed 11");
        }
    }

    @Test
    void tensorsMustBeThoseOfTheConfig() {
        List<NamedTensor> tensors = Samples.tensors();
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ModelFile
                .write(directory.resolve("m"), tensors.reversed(), Samples.config(), false));
        assertEquals("ModelFile.write: tensors are '0.bias [2]', '0.weight [2, 3]', expected '0.weight [2, 3]', "
                + "'0.bias [2]' as the layers of the config say", e.getMessage());
        Samples.close(tensors);
        assertThrows(IllegalStateException.class,
                () -> ModelFile.write(directory.resolve("m"), tensors, Samples.config(), false));
        assertEquals(0, directory.toFile().list().length, "nothing is left");
    }

    @Test
    void headerThatNobodyCouldReadIsNotWritten() {
        List<String> features = List.of("a".repeat(5 << 20), "b".repeat(5 << 20));
        ModelConfig config = new ModelConfig(Task.REGRESSION, DataKind.CSV, "y", features,
                List.of(new LinearConfig(2, 1, false)), List.of(), null);
        List<NamedTensor> tensors = List.of(NamedTensor.matrix("0.weight", FloatMatrix.allocate(1, 2)));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> ModelFile.write(directory.resolve("m"), tensors, config, false));
        Samples.close(tensors);
        assertEquals("ModelFile.write: lanewise.config takes 10485882 characters, expected at most 8388608; "
                + "shorten the feature names", e.getMessage());
    }

    @Test
    void memoryThatIsRefusedLeavesNothingOpen() throws IOException {
        Path file = Samples.write(directory, Samples.golden());
        long budget = OffHeap.budgetBytes();
        try {
            OffHeap.setBudgetBytes(OffHeap.openBytes() + FloatMatrix.bytes(2, 3));
            assertThrows(OffHeapMemoryException.class, () -> ModelFile.read(file));
        } finally {
            OffHeap.setBudgetBytes(budget);
        }
    }

    @Test
    void whatIsNoFileIsRefused() throws Exception {
        assertThrows(NoSuchFileException.class, () -> ModelFile.read(directory.resolve("none")));
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> ModelFile.read(directory));
        assertEquals("it is a directory, expected a model file", e.getReason());
        Path pipe = directory.resolve("pipe");
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/mkfifo")), "no mkfifo here");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals(pipe + ": it is a pipe, socket or device, expected a model file",
                assertThrows(ModelFormatException.class, () -> ModelFile.read(pipe)).getMessage());
    }

    /// The file through another implementation of the format, written from its published description.
    @Test
    void pythonReadsTheFile() throws Exception {
        Path file = Samples.write(directory, Samples.golden());
        List<NamedTensor> tensors = Samples.tensors();
        ModelFile.write(file, tensors, Samples.config(), true);
        String hash = WeightsHash.sha256(tensors);
        Samples.close(tensors);
        Path script = directory.resolve("read.py");
        try (InputStream in = ModelFileTest.class.getResourceAsStream("read_safetensors.py")) {
            Files.copy(in, script);
        }
        Process python;
        try {
            python = new ProcessBuilder("python3", script.toString(), file.toString()).redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("python3 is not here: " + e.getMessage());
            return;
        }
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(python.waitFor(60, TimeUnit.SECONDS));
        assertEquals("""
                metadata format lanewise.format lanewise.config lanewise.labels lanewise.scaling
                config classification csv kind größe "b" km/h 😀 Linear 3 2 True
                labels -1 9007199254740993
                scaling 0.10000000149011612 -0.0 1.401298464324817e-45
                0.weight [2, 3] 1.0 -2.0 0.5 -0.0 1.401298464324817e-45 3.4028234663852886e+38
                0.bias [2] 3.0 -4.0
                sha256 %s
                """.formatted(hash), output);
        assertEquals(0, python.exitValue());
    }
}
