// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.memory.OffHeap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage at every place of a small file: it is refused with one of the two exceptions, or what is read is a sound
/// model that can be written and read again.
class DamagedFileTest {
    private static final long SEED = Long.getLong("lanewise.seed", 20261);

    @TempDir
    Path directory;

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] golden = Samples.golden();
        for (int length = 0; length < golden.length; length++) {
            Path file = Samples.write(directory, Arrays.copyOf(golden, length));
            assertThrows(ModelFormatException.class, () -> ModelFile.read(file), "cut to " + length + " bytes");
        }
    }

    @Test
    void everyDamagedByteIsRefusedOrHarmless() throws IOException {
        byte[] golden = Samples.golden();
        int read = 0;
        for (int i = 0; i < golden.length; i++) {
            for (int mask : new int[]{1, 2, 4, 8, 16, 32, 64, 128, 255}) {
                byte[] damaged = golden.clone();
                damaged[i] ^= (byte) mask;
                read += isSoundOrRefused(damaged, "byte " + i + " ^ " + mask) ? 1 : 0;
            }
        }
        assertTrue(read > 0, "weights have bits whose change nobody can notice");
    }

    @Test
    void zeroedPagesAreRefused() throws IOException {
        byte[] golden = Samples.golden();
        for (int from = 0; from < golden.length - Samples.data().length; from += 64) {
            byte[] damaged = golden.clone();
            Arrays.fill(damaged, from, Math.min(from + 64, damaged.length), (byte) 0);
            Path file = Samples.write(directory, damaged);
            assertThrows(ModelFormatException.class, () -> ModelFile.read(file), "zeros from " + from);
        }
    }

    /// Parts moved, doubled and replaced by pieces of JSON, the header's length right or wrong.
    @Test
    void spliceOfPiecesIsRefusedOrHarmless() throws IOException {
        Random random = new Random(SEED);
        String[] pieces = {"{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "-1", "0", "1e9", "null", "true",
                "18446744073709551616", "\"__metadata__\":{}", Samples.TENSORS, Samples.metadata(), "\"F64\"", " ",
                "\0", "\uffff", "[0,8]", "\"shape\":[2]", "9999999999"};
        for (int round = 0; round < 1500; round++) {
            StringBuilder header = new StringBuilder(Samples.header());
            for (int edit = random.nextInt(3); edit >= 0; edit--) {
                int from = random.nextInt(header.length());
                int to = Math.min(header.length(), from + random.nextInt(12));
                if (random.nextBoolean()) {
                    header.replace(from, to, pieces[random.nextInt(pieces.length)]);
                } else {
                    header.insert(random.nextInt(header.length()), header.substring(from, to));
                }
            }
            byte[] bytes = header.toString().getBytes(StandardCharsets.UTF_8);
            long length = random.nextInt(4) == 0 ? random.nextInt(2000) - 4 : bytes.length;
            isSoundOrRefused(Samples.file(length, bytes, Samples.data()), "seed " + SEED + ", round " + round);
        }
    }

    private boolean isSoundOrRefused(byte[] bytes, String what) throws IOException {
        Path file = Samples.write(directory, bytes);
        long open = OffHeap.openBytes();
        try (LoadedModel model = ModelFile.read(file)) {
            Path copy = directory.resolve("copy.safetensors");
            ByteArrayOutputStream content = new ByteArrayOutputStream(); // a file a round need not reach the disk
            new SafetensorsWriter(ConfigWriter.metadata(model.config()), model.tensors())
                    .writeTo(Channels.newChannel(content));
            Files.write(copy, content.toByteArray());
            try (LoadedModel again = ModelFile.read(copy)) {
                assertEquals(model.config(), again.config(), what);
                assertEquals(List.of(2, 3), model.tensors().getFirst().shape(), what);
                assertEquals(WeightsHash.sha256(model.tensors()), WeightsHash.sha256(again.tensors()), what);
            }
            return true;
        } catch (ModelFormatException | ModelVersionException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith(file + ": ") && message.chars().noneMatch(c -> c < ' '), what);
            assertEquals(open, OffHeap.openBytes(), what);
            return false;
        } catch (IOException | RuntimeException e) {
            return fail(what + ": " + e, e);
        }
    }
}
