// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The largest headers that are read at all do not exhaust a heap of 64 MB, and claims of more cost nothing.
class SmallHeapTest {
    @TempDir
    Path directory;

    @Test
    void everyClaimIsCheckedBeforeMemoryIsTaken() throws Exception {
        int most = 16 << 20;
        byte[] names = fill("{\"__metadata__\":{\"lanewise.config\":\"{", "\\u0022", most);
        byte[] list = fill("{\"__metadata__\":{\"lanewise.config\":\"" + "c".repeat(8 << 20) + "\",\"a\":\"", "a",
                most);
        byte[] spaces = fill("{", " ", most);
        byte[] tensors = manyTensors(most);
        String[] files = { //
                save("escapes", Samples.file(most, names, new byte[8])),
                save("texts", Samples.file(most, list, new byte[8])),
                save("spaces", Samples.file(most, spaces, new byte[8])),
                save("tensors", Samples.file(most, tensors, new byte[8])),
                save("length", Samples.file(most, new byte[]{'{'}, new byte[8])),
                save("shape",
                        Samples.file("{\"x\":{\"dtype\":\"F32\",\"shape\":[2000000000,2000000000],"
                                + "\"data_offsets\":[0,16000000000000000000]}}", new byte[8])),
                save("layers",
                        Samples.file("{" + Samples.metadata(Samples.CONFIG.replace("\"out\":2", "\"out\":2000000000"),
                                Samples.LABELS, Samples.SCALING) + "," + Samples.TENSORS + "}", Samples.data()))};
        String output = run(files);
        assertEquals("ModelFormatException\n".repeat(files.length), output);
    }

    private String save(String name, byte[] bytes) throws IOException {
        return java.nio.file.Files.write(directory.resolve(name), bytes).toString();
    }

    private static byte[] fill(String start, String piece, int length) {
        byte[] bytes = new byte[length];
        byte[] head = start.getBytes(StandardCharsets.US_ASCII);
        byte[] body = piece.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, bytes, 0, head.length);
        for (int i = head.length; i < length; i++) {
            bytes[i] = body[(i - head.length) % body.length];
        }
        return bytes;
    }

    /// As many entries as are allowed, with long names, and then one more.
    private static byte[] manyTensors(int length) {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= SafetensorsHeader.MOST_TENSORS; i++) {
            header.append("\"").append(i).append("n".repeat(180))
                    .append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},");
        }
        byte[] bytes = header.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] padded = Arrays.copyOf(bytes, length);
        Arrays.fill(padded, bytes.length, length, (byte) ' ');
        return padded;
    }

    private String run(String[] files) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                Stream.of(OtherJvm.java(), "-Xmx64m", "-cp", OtherJvm.classPath(), Reads.class.getName()),
                Stream.of(files)).toList();
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(java.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, java.exitValue(), output);
        return output;
    }

    /// Prints the kind of exception that every file of the command line gets.
    static final class Reads {
        private Reads() {
        }

        public static void main(String[] files) throws IOException {
            for (String file : files) {
                try (LoadedModel model = ModelFile.read(Path.of(file))) {
                    System.out.println("read " + model.config());
                } catch (ModelFormatException e) {
                    System.out.println(e.getClass().getSimpleName());
                }
            }
        }
    }
}
