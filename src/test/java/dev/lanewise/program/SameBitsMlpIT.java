// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// An MLP with dropout and Adam gets the same weights with any number of threads, vector width and JIT tier, each in a
/// fresh JVM.
class SameBitsMlpIT {
    /// Number of threads, then JVM options.
    private static final List<String> RUNS = List.of("1", "2", "3", "4", "7", "1 -XX:UseAVX=1", "3 -XX:UseAVX=1",
            "1 -XX:UseAVX=2", "4 -XX:UseAVX=2", "2 -XX:UseAVX=3", "1 -Dlanewise.lanes=0", "7 -Dlanewise.lanes=0",
            "1 -Dlanewise.lanes=128", "4 -Dlanewise.lanes=128", "7 -Dlanewise.lanes=256", "2 -Dlanewise.lanes=512",
            "1 -Xint -Dlanewise.lanes=0", "4 -Xint", "1 -XX:TieredStopAtLevel=1", "3 -XX:TieredStopAtLevel=1");

    @Test
    void oneHash() throws Exception {
        TreeMap<String, String> hashes = new TreeMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Future<String>> results = pool
                    .invokeAll(RUNS.stream().map(run -> (Callable<String>) () -> run(run)).toList());
            for (int i = 0; i < RUNS.size(); i++) {
                String[] result = results.get(i).get().strip().split("\\|", -1);
                hashes.put(RUNS.get(i) + " (" + result[0] + ")", result[1]);
            }
        }
        assertEquals(1, hashes.values().stream().distinct().count(), () -> "different weights: " + hashes);
        for (String kernels : List.of("(scalar)", "(simd-512 fma)", "(simd-128 fma)")) {
            assertTrue(hashes.keySet().stream().anyMatch(key -> key.endsWith(kernels)), hashes.keySet().toString());
        }
    }

    private static String run(String given) throws Exception {
        String build = System.getProperty("lanewise.build");
        String[] words = given.split(" ", -1);
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java"));
        command.addAll(List.of(words).subList(1, words.length));
        command.addAll(List.of("-p", build + "/classes" + File.pathSeparator + build + "/lib", "--add-modules",
                "ALL-MODULE-PATH", "--patch-module", "dev.lanewise=" + build + "/test-classes",
                "-m", "dev.lanewise/" + MlpProgram.class.getName(), words[0]));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), given);
        return out;
    }
}
