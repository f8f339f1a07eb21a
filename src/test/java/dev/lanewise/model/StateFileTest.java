// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Sequential;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// State dicts in files of their own, and those that others have written.
@ExtendWith(NoLeak.class)
class StateFileTest {
    private static final String LINEAR = "'0.weight':{'dtype':'F32','shape':[1,2],'data_offsets':[0,8]},"
            + "'0.bias':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}";

    @TempDir
    Path folder;

    private static Sequential net(long seed) {
        return Sequential.named().add("body", new Sequential(new Linear(3, 20), new BatchNorm1d(20)))
                .add("head", new Linear(20, 2)).build().init(seed);
    }

    /// A file without a word of ours.
    private Path foreign(String header, float... values) throws IOException {
        byte[] json = ("{" + header.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return Files.write(folder.resolve("foreign.safetensors"), bytes.array());
    }

    @Test
    void aModuleComesBackWithItsBuffers() throws IOException {
        Path file = folder.resolve("state.safetensors");
        try (Sequential net = net(1); Sequential other = net(2)) {
            StateFile.write(file, StateDict.of(net), false);
            assertThrows(OutputRefusedException.class, () -> StateFile.write(file, StateDict.of(other), false));
            try (SavedState saved = StateFile.read(file)) {
                assertEquals(List.of("body.0.weight", "body.0.bias", "body.1.weight", "body.1.bias",
                        "body.1.running_mean", "body.1.running_var", "body.1.num_batches_tracked", "head.weight",
                        "head.bias"), saved.tensors().stream().map(NamedTensor::name).toList());
                StateDict.load(other, saved.tensors());
                assertEquals(WeightsHash.sha256(StateDict.of(net)), WeightsHash.sha256(StateDict.of(other)));
                saved.close();
            }
            Path again = folder.resolve("again.safetensors");
            StateFile.write(again, StateDict.of(other), false);
            assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
        }
    }

    @Test
    void whatOthersWriteIsRead() throws IOException {
        Path file = foreign(LINEAR, 1, 2, 3);
        try (Sequential net = new Sequential(new Linear(2, 1)); SavedState saved = StateFile.read(file)) {
            StateDict.load(net, saved.tensors());
            assertArrayEquals(new float[]{1, 2}, net.getParameter("0.weight").value().row(0));
            assertEquals(3, net.getParameter("0.bias").value().get(0, 0));
        }
        String remedy = assertThrows(ModelFormatException.class, () -> ModelFile.read(file)).getMessage();
        assertTrue(remedy.contains("StateFile"), remedy);
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        assertThrows(NoSuchFileException.class, () -> StateFile.read(folder.resolve("none")));
        assertThrows(NoSuchFileException.class, () -> StateFile.read(folder));
        assertThrows(NoSuchFileException.class, () -> OptimizerFile.read(folder));
        for (Path file : List.of(
                foreign("'a':{'dtype':'F32','shape':[1,1,1],'data_offsets':[0,4]}", 1),
                Files.copy(foreign(LINEAR, 1, Float.NaN, 3), folder.resolve("nan")),
                Files.copy(foreign(LINEAR, 1, 2), folder.resolve("short")),
                Files.copy(foreign("'a':{'dtype':'F16','shape':[2],'data_offsets':[0,4]}", 1),
                        folder.resolve("half")))) {
            assertThrows(ModelFormatException.class, () -> StateFile.read(file), file.toString());
        }
        assertEquals(0, OffHeap.openBytes());
    }
}
