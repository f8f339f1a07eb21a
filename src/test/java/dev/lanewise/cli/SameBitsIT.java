// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same command gives the same weights for every vector width and JIT tier, each in a fresh JVM.
class SameBitsIT {
    private static final List<String> OPTIONS = List.of("", "-Dlanewise.lanes=auto", "-XX:UseAVX=1", "-XX:UseAVX=2",
            "-XX:UseAVX=3", "-Dlanewise.lanes=0", "-Dlanewise.lanes=128", "-Dlanewise.lanes=256",
            "-Dlanewise.lanes=512", "-Xint", "-Xint -Dlanewise.lanes=0", "-XX:TieredStopAtLevel=1",
            "-XX:TieredStopAtLevel=1 -Dlanewise.lanes=128");

    @TempDir
    Path folder;

    @Test
    void regression() throws Exception {
        assertOneHash("train", "--data", "synthetic:200x5", "--epochs", "2", "--batch-size", "16", "--json");
    }

    @Test
    void classification() throws Exception {
        String data = Files.writeString(folder.resolve("x.csv"), rows()).toString();
        assertOneHash("train", "--data", data, "--label", "y", "--epochs", "2", "--batch-size", "16", "--json");
    }

    /// 200 rows of 19 features and 3 classes.
    private static String rows() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c < 19; c++) {
            text.append('f').append(c).append(',');
        }
        text.append("y\n");
        for (int r = 0; r < 200; r++) {
            for (int c = 0; c < 19; c++) {
                text.append((r * 31 + c * c * 17 + r * c * 7) % 101 / 8.0 - r % 3).append(',');
            }
            text.append(r % 3).append('\n');
        }
        return text.toString();
    }

    private static void assertOneHash(String... command) throws Exception {
        TreeMap<String, String> hashes = new TreeMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Callable<Launched>> runs = OPTIONS.stream()
                    .map(options -> (Callable<Launched>) () -> Launched.withOptions(options, command)).toList();
            List<Future<Launched>> results = pool.invokeAll(runs);
            for (int i = 0; i < OPTIONS.size(); i++) {
                Launched run = results.get(i).get().succeeded();
                hashes.put(OPTIONS.get(i) + " (" + Json.text(run.out(), "kernels") + ")",
                        Json.text(run.out(), "weights_sha256"));
            }
        }
        assertEquals(1, hashes.values().stream().distinct().count(), () -> "different weights: " + hashes);
        assertTrue(hashes.keySet().stream().anyMatch(key -> key.endsWith("(scalar)")), hashes.keySet().toString());
        assertTrue(hashes.keySet().stream().anyMatch(key -> key.endsWith("(simd-512 fma)")),
                hashes.keySet().toString());
    }
}
